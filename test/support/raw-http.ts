import { connect } from 'node:net';

/** What came back over a socket; status 0 for nothing that is HTTP. */
export interface RawHttpReply {
  readonly status: number;
  readonly text: string;
}

/** Sends bytes as they are, and reads until the other side closes. A reset counts as closed. */
export function sendRaw(url: string, bytes: string | Buffer): Promise<RawHttpReply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const text = Buffer.concat(parts).toString('latin1');
      resolve({ status: Number(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? 0), text });
    });
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

/** A request that asks to close the connection behind it; the lines are header lines to the letter. */
export const requestOf = (lines: readonly string[], start = 'GET / HTTP/1.1', body = ''): string =>
  [start, 'Host: app.example', 'Connection: close', ...lines, '', body].join('\r\n');
