import { request } from 'node:http';
import { DocSpaceEmulator, type DocSpaceEmulatorOptions, type DocSpaceEmulatorUser } from '../../lib/testing/index.js';

/** An answer as it came over the socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly text: string;
}

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string;
}

export const base = '/api/2.0/authentication';
export const id = '66faa6e4-f133-11ea-b126-00ffeec8b4ef';
export const ann = { email: 'u@example.com', password: 'SecurePassword123!', id } satisfies DocSpaceEmulatorUser;
export const right = { userName: ann.email, password: ann.password };

/** A clock that only moves when it is told to. */
export class Clock {
  now = Date.parse('2026-07-14T10:20:30.123Z');
  readonly read = (): number => this.now;
  forward(ms: number): void {
    this.now += ms;
  }
}

/** Starts an emulator with Ann in it, and a clock that stands still. */
export async function startPortal(options: DocSpaceEmulatorOptions = {}): Promise<DocSpaceEmulator> {
  return DocSpaceEmulator.start({ users: [ann], clock: new Clock().read, ...options });
}

/** Starts an emulator whose Ann differs. */
export const startWith = (user: Partial<DocSpaceEmulatorUser>, options: DocSpaceEmulatorOptions = {}) =>
  startPortal({ users: [{ ...ann, ...user }], ...options });

/** Asks over a connection of its own. */
export async function ask(portal: { url: string }, question: Question = {}): Promise<Reply> {
  const { method = 'GET', path = base, body } = question;
  const text = typeof body === 'object' ? JSON.stringify(body) : body;
  const type: Record<string, string> = typeof body === 'object' ? { 'content-type': 'application/json' } : {};
  const length: Record<string, string> =
    text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  const headers = { ...type, ...length, ...question.headers };
  return new Promise((resolve, reject) => {
    const sent = request(portal.url + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { 'set-cookie': cookies = [], ...others } = response.headers;
        const flat = Object.entries(others).map(([name, value]) => [name, String(value)]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(flat) as Record<string, string>,
          cookies,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

export const post = (
  portal: { url: string },
  path: string,
  body?: object | string,
  headers: Record<string, string> = {},
) => ask(portal, { method: 'POST', path: base + path, headers, ...(body === undefined ? {} : { body }) });

export const get = (portal: { url: string }, headers: Record<string, string> = {}, path = base) =>
  ask(portal, { path, headers });

/** The `response` of an envelope. */
export const responseOf = (reply: Reply): Record<string, unknown> & { token?: string; confirmUrl?: string } =>
  (JSON.parse(reply.text) as { response: Record<string, unknown> }).response;

export const tokenOf = (reply: Reply): string => responseOf(reply).token ?? '';

/** Whether the portal says that these headers are somebody's. */
export const isAuthenticated = async (portal: { url: string }, headers: Record<string, string>): Promise<boolean> =>
  (JSON.parse((await get(portal, headers)).text) as { response: boolean }).response;

/** The query of a confirm link, which is what the `confirm` header wants. */
export const confirmHeader = (reply: Reply): string => (responseOf(reply).confirmUrl ?? '').split('?')[1] ?? '';

/** A body with what differs from run to run put out of sight. */
export function printed(text: string): string {
  return text
    .replace(/"traceId":"00-[0-9a-f]{32}-[0-9a-f]{16}-00"/, '"traceId":"00-..."')
    .replace(/"stack":" {3}at [^"]*"/, '"stack":"   at ..."')
    .replace(/"token":"[A-Za-z0-9+/]{150,}={0,2}"/, '"token":"TOK"')
    .replace(/key=\d+\.[A-Z0-9]+/, 'key=KEY')
    .replace(/encemail=[\w-]+/, 'encemail=ENC');
}

/** The error envelope of an exception whose kind is printed. */
export const errorWith = (status: number, message: string, type: string, hresult: number): string =>
  JSON.stringify({ error: { message, type, stack: '   at ...', hresult }, status: 1, statusCode: status });

/** The error envelope of an exception whose kind is not printed. */
export const errorWithout = (status: number, message: string): string =>
  JSON.stringify({ error: { message, type: null, stack: null, hresult: 0 }, status: 1, statusCode: status });

export const unauthenticated = errorWithout(401, 'User authentication failed');
export const tooMany = errorWithout(403, 'Too many login attempts. Please try again later');

/** A success envelope; `links` carry the address that was asked. */
export function envelope(
  portal: { url: string },
  method: string,
  path: string,
  response: unknown,
  status = 200,
): string {
  const shown = response === undefined ? '' : `"response":${JSON.stringify(response)},`;
  const link = JSON.stringify([{ href: portal.url + path, action: method }]);
  return `{${shown}"count":${response === undefined ? 0 : 1},"links":${link},"status":0,"statusCode":${status}}`;
}
