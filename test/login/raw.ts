import { request } from 'node:http';
import type { StartedApp } from '../support/start-app.js';

/** An answer as it came over the socket. */
export interface RawReply {
  readonly status: number;
  readonly cookies: readonly string[];
  readonly body: string;
}

/** Sends headers to the letter, those too that `fetch` keeps to itself. */
export async function raw(
  app: StartedApp,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: object = {},
): Promise<RawReply> {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  return new Promise((resolve, reject) => {
    const sent = request(
      app.url + path,
      {
        method,
        agent: false,
        headers: { 'Content-Type': 'application/json', 'Content-Length': length, ...headers },
      },
      (response) => {
        let received = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        response.on('error', reject).on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            cookies: response.headers['set-cookie'] ?? [],
            body: received,
          });
        });
      },
    );
    sent.on('error', reject).end(text);
  });
}
