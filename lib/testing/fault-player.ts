import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import type { DocSpaceEmulatorFault } from './faults.js';

const nginxPage = (status: number): string =>
  `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body>\r\n<center><h1>${status} Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

const chunk = Buffer.alloc(64 * 1024, 'x');

/** What a fault answers in the portal's place; undefined for faults that need the portal's own answer, or give none. */
export function answerInstead(fault: DocSpaceEmulatorFault): Answer | undefined {
  const extra = Object.entries(fault.headers ?? {}).flat();
  if (fault.retryAfter !== undefined) extra.push('Retry-After', String(fault.retryAfter));
  const made = (status: number, type: string, body: string): Answer => {
    const headers = type === '' ? [] : ['Content-Type', type];
    headers.push('Content-Length', String(Buffer.byteLength(body)), ...extra);
    return { status, headers, body };
  };
  const { status, body } = fault;
  switch (fault.kind) {
    case 'status':
      return made(status ?? 503, body === undefined ? '' : 'text/plain; charset=utf-8', body ?? '');
    case 'html':
      return made(status ?? 502, 'text/html', body ?? nginxPage(status ?? 502));
    case 'garbage':
      return made(status ?? 200, 'application/json; charset=utf-8', body ?? '{"response":tru');
    default:
      return undefined;
  }
}

/** Sends the portal's answer the way a fault wants it: byte by byte, or only a part. */
export function sendDamaged(
  response: ServerResponse,
  { status, headers, body }: Answer,
  fault: DocSpaceEmulatorFault,
): void {
  const { socket } = response;
  if (fault.kind === 'cut-headers') {
    socket?.write(`HTTP/1.1 ${status} OK\r\nContent-Type: application/j`, () => socket.destroy());
    return;
  }
  response.writeHead(status, [...headers]);
  if (fault.kind === 'cut-body') {
    response.write(body.slice(0, Math.ceil(body.length / 2)), () => socket?.destroy());
    return;
  }
  drip(response, Buffer.from(body), fault.delayMs ?? 20);
}

function drip(response: ServerResponse, body: Buffer, delayMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (response.destroyed || sent >= body.length) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(body.subarray(sent, sent + 1));
    sent += 1;
  }, delayMs);
  response.on('close', () => clearInterval(timer));
}

/** Sends a body far larger than any answer of a portal, as fast as it is read. */
export function sendHuge(
  response: ServerResponse,
  { status = 200, bytes = 64 * 1024 * 1024, headers }: DocSpaceEmulatorFault,
): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers });
  response.write('{"response":"');
  let left = bytes;
  const pump = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', pump);
        return;
      }
    }
    if (!response.destroyed) response.end('","count":1,"links":[],"status":0,"statusCode":200}');
  };
  pump();
}
