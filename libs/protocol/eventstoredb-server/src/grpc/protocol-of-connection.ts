import type { Socket } from 'node:net';

/** An HTTP/2 connection with prior knowledge starts with `PRI * HTTP/2.0` (RFC 9113, 3.4); no HTTP/1.1 method does. */
const PREFACE = Buffer.from('PRI');
/** A connection that says nothing is given up after this long. */
const SILENT_MS = 30_000;

/** Looks at the first bytes of a connection, puts them back, and tells which protocol it speaks. */
export function whenProtocolIsKnown(socket: Socket, then: (protocol: 'h2' | 'http/1.1') => void): void {
  let head: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), SILENT_MS);
  const stop = () => {
    clearTimeout(timer);
    socket.off('data', look);
    socket.off('close', stop);
  };
  const look = (chunk: Buffer) => {
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < PREFACE.length) return;
    stop();
    socket.pause();
    socket.unshift(head);
    const http2 = head.subarray(0, PREFACE.length).equals(PREFACE);
    then(http2 ? 'h2' : 'http/1.1');
    if (!http2) socket.resume(); // an HTTP/2 session takes what was put back by itself
  };
  socket.on('data', look);
  socket.once('close', stop);
}
