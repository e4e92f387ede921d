import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FuzzedAnswer, fuzzedAnswer } from './answer-fuzzer.js';

/**
 * A portal that sends the fuzzed answer whose number the user agent names. Keeps nothing but what must not be: requests
 * with more than the client sends by itself.
 */
export class FuzzingPortal implements AsyncDisposable {
  /** Headers that no request of this package has. */
  readonly strange = new Set<string>();
  readonly #server: Server = createServer((request, response) => this.#play(request, response));
  readonly #elsewhere: Server = createServer((_, response) => {
    this.visitsElsewhere++;
    response.end('{"response":true}');
  });
  /** Requests that a redirect led to another host. */
  visitsElsewhere = 0;

  private constructor(private readonly seed: number) {
    // A flood of new connections: each answer that breaks one costs another.
    this.#server.keepAliveTimeout = 60_000;
  }

  static async start(seed: number): Promise<FuzzingPortal> {
    const portal = new FuzzingPortal(seed);
    for (const server of [portal.#server, portal.#elsewhere])
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return portal;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The answer of that number. */
  answer(index: number): FuzzedAnswer {
    return fuzzedAnswer(this.seed, index, `http://127.0.0.1:${(this.#elsewhere.address() as AddressInfo).port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#server, this.#elsewhere]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #play(request: IncomingMessage, response: ServerResponse): void {
    const { 'user-agent': index, cookie, ...others } = request.headers;
    for (const name of Object.keys(others)) if (!KNOWN.has(name)) this.strange.add(name);
    if (cookie !== undefined && cookie !== COOKIE) this.strange.add(cookie);
    request.resume().on('end', () => send(this.answer(Number(index)), response));
  }
}

/** The one cookie that a call with `TOKEN` sends. */
export const TOKEN = 'dG9rZW4=';
const COOKIE = `asc_auth_key=${encodeURIComponent(TOKEN)}`;
const KNOWN = new Set(['accept', 'accept-encoding', 'confirm', 'connection', 'content-length', 'content-type', 'host']);

function send(answer: FuzzedAnswer, response: ServerResponse): void {
  switch (answer.kind) {
    case 'silent':
      return;
    case 'raw':
      response.socket?.end(answer.bytes);
      return;
    case 'framed':
      for (const [name, value] of answer.headers) response.setHeader(name, value);
      response.removeHeader('upgrade');
      response.writeHead(answer.status).end(answer.body);
  }
}
