import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GOOD } from './credential-fuzzer.js';

const YES = '{"response":true,"count":1,"links":[],"status":0,"statusCode":200}';
const NO = YES.replace('true', 'false');
const HEADERS = { 'content-type': 'application/json', 'content-length': String(YES.length) };

const COOKIE = `asc_auth_key=${encodeURIComponent(GOOD.token)}`;
const AUTHORIZATIONS = [
  `Bearer ${GOOD['api-key']}`,
  `Bearer ${GOOD.jwt}`,
  `Basic ${Buffer.from(GOOD.basic).toString('base64')}`,
];
const KNOWN = new Set(['accept', 'accept-encoding', 'user-agent', 'connection', 'host']);

/** A portal that knows one of each kind of credentials, and notes what is no question of ours. Keeps no request. */
export class KnowingPortal implements AsyncDisposable {
  asked = 0;
  readonly strange: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    this.asked++;
    const { cookie, authorization } = request.headers;
    const isKnown = cookie === COOKIE || AUTHORIZATIONS.includes(authorization ?? '');
    this.#judge(request);
    const body = isKnown ? YES : NO;
    response.writeHead(200, { ...HEADERS, 'content-length': String(body.length) }).end(body);
  });

  static async start(): Promise<KnowingPortal> {
    const portal = new KnowingPortal();
    await new Promise<void>((resolve) => portal.#server.listen(0, '127.0.0.1', resolve));
    return portal;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** One question, one credential, no other header. */
  #judge({ method, url, headers: { cookie, authorization, ...others } }: IncomingMessage): void {
    const isWhole =
      (cookie === undefined) !== (authorization === undefined) &&
      /^asc_auth_key=[\w.!~*'()%-]+$|^(Bearer|Basic) [\w.~+/=-]+$/.test(cookie ?? authorization ?? '');
    const more = Object.keys(others).filter((name) => !KNOWN.has(name));
    if (method !== 'GET' || url !== '/api/2.0/authentication' || !isWhole || more.length > 0)
      this.strange.push(`${method} ${url} ${cookie ?? authorization} ${more.join()}`);
  }
}
