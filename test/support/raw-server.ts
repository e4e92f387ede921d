import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the server received, to the letter. */
export interface RawRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names; every value of a name that stands more than once. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/** A canned answer. `raw` goes to the socket as it is, and ends it; `body` is framed as HTTP. */
export type RawAnswer =
  { status?: number; headers?: Record<string, string | string[]>; body?: string | Buffer } | { raw: string };

/** Makes an answer of a request; undefined where it writes the response itself, or never answers. */
export type Answering = (request: RawRequest, response: ServerResponse) => RawAnswer | undefined;

/** A plain HTTP server that plays a portal, or what stands in its place; nothing is intercepted. */
export class RawServer implements AsyncDisposable {
  /** Everything received since the start, oldest first. */
  readonly requests: RawRequest[] = [];
  readonly #server: Server;
  #answer: Answering;

  private constructor(answer: Answering, tls?: { key: string; cert: string }) {
    this.#answer = answer;
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#play(request, response);
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener);
    // Only clients let go of connections.
    this.#server.keepAliveTimeout = 0;
  }

  /** Listens on a free port of the loopback interface. Answers 200 with nothing until told otherwise. */
  static async start(answer: RawAnswer | Answering = {}, tls?: { key: string; cert: string }): Promise<RawServer> {
    const server = new RawServer(answering(answer), tls);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** Its base URL. */
  get url(): string {
    const scheme = 'key' in this.#server ? 'https' : 'http';
    return `${scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The last request. */
  get last(): RawRequest {
    const last = this.requests.at(-1);
    if (!last) throw new Error('the server has received nothing');
    return last;
  }

  /** Answers so from now on. */
  answer(answer: RawAnswer | Answering): void {
    this.#answer = answering(answer);
  }

  /** Closes every connection, also those that wait for an answer. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #play(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request: RawRequest = {
      method: message.method ?? '',
      url: message.url ?? '',
      headers: message.headersDistinct as Record<string, string[]>,
      body: await text(message),
    };
    this.requests.push(request);
    const answer = this.#answer(request, response);
    if (!answer) return;
    if ('raw' in answer) response.socket?.end(answer.raw);
    else response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  }
}

const answering = (answer: RawAnswer | Answering): Answering => (typeof answer === 'function' ? answer : () => answer);
