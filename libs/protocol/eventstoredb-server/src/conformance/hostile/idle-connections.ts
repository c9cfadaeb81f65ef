import { once } from 'node:events';
import { connect } from 'node:net';

/** A process that opens connections to a port of this machine and never asks for anything: `<port> <how many>`. */
const [, , port, count] = process.argv;
/** What every HTTP/2 connection begins with, and settings that change nothing (RFC 9113, 3.4). */
const BEGINNING = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

let refused = 0;
for (let opened = 0; opened < Number(count); opened++) {
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => refused++);
  await once(socket, 'connect');
  socket.write(BEGINNING);
  await once(socket, 'data'); // the node's own settings: it has taken the connection
}
console.log(`open, ${refused} refused`);
