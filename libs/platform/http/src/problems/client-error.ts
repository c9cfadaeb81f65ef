import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '#libs/platform/kernel';
import { HTTP_ERRORS, type HttpErrorCode } from './http-error.js';
import { PROBLEM_TYPE } from './problem.filter.js';

/** Node's codes for requests that are no HTTP, too large, or too slow. */
const NODE_CODES: Readonly<Record<string, HttpErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Answers a request that never became one, then closes: the connection's state is not known. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = NODE_CODES[error.code ?? ''] ?? 'BAD_REQUEST';
  const { status, message } = HTTP_ERRORS[code];
  const title = STATUS_CODES[status];
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: message,
    code,
    requestId: newId(),
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}
