import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { DocSpaceAuthError } from '../../auth/errors.js';
import { sendByNode } from '../../auth/node-request.js';
import { type Asked, type Operation, refusalOf } from '../../auth/refusals.js';
import { Limit, type PortalAnswer } from '../../auth/transport.js';
import { readBody } from '../../auth/wire.js';

/** A question to the portal that is looked at. */
export interface Question {
  readonly operation: Operation;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What came back. */
export interface Reply extends PortalAnswer {
  /** Of an https connection. */
  readonly tls: { readonly protocol: string; readonly validTo: Date } | undefined;
}

/** How a portal is reached from this machine. Certificates are verified. */
export class Patient {
  /** @param headers that tell a portal reached by its internal address which public one is meant. */
  constructor(
    readonly url: URL,
    private readonly options: {
      readonly ca: string | undefined;
      readonly timeoutMs: number;
      readonly signal: AbortSignal;
    },
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Sends once and follows no redirect. Rejects with what the socket says. */
  async send({ path, method = 'GET', headers, body }: Question): Promise<Reply> {
    const { ca } = this.options;
    const request = {
      method,
      origin: this.url.origin,
      path: this.url.pathname.replace(/\/+$/, '') + path,
      headers: {
        accept: 'application/json',
        'user-agent': 'nestjs-docspace-auth doctor',
        ...(body && { 'content-type': 'application/json' }),
        ...this.headers,
        ...headers,
      },
      body: body && JSON.stringify(body),
      limit: this.#limit(),
    };
    let tls: Reply['tls'];
    const answer = await sendByNode(request, { agent: false, ca, answering: ({ socket }) => (tls = tlsOf(socket)) });
    return { ...answer, tls };
  }

  #limit(): Limit {
    const { timeoutMs, signal } = this.options;
    const limit = new Limit();
    const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const reach = (): void => limit.reach(over.reason as Error);
    if (over.aborted) reach();
    else over.addEventListener('abort', reach, { once: true });
    return limit;
  }

  /**
   * The `response` of the answer, an object or a plain value.
   * @throws DocSpaceAuthError for an answer that says no or can't be read; what the socket says without one.
   */
  async ask(question: Question): Promise<unknown> {
    return responseOf(question, await this.send(question));
  }
}

/** Reads an answer as the library does. */
export function responseOf({ operation, path, method = 'GET' }: Question, reply: PortalAnswer): unknown {
  const body = readBody(reply);
  if ((reply.status === 200 || reply.status === 201) && body.shape === 'value') return body.envelope.response;
  const asked: Asked = { ...NOTHING, operation, endpoint: `${method} ${path}` };
  throw refusalOf(asked, reply, body);
}

const NOTHING = { withApiKey: false, withConfirmation: false, withCaptcha: false, withLink: false };

function tlsOf(socket: Socket): Reply['tls'] {
  if (!(socket instanceof TLSSocket)) return undefined;
  return { protocol: socket.getProtocol() ?? 'TLS', validTo: new Date(socket.getPeerCertificate().valid_to) };
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not resolve from this machine',
  EAI_AGAIN: 'the name does not resolve from this machine now',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ABORT_ERR: 'no answer in time',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself: give it with --ca, and in the option http.ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority is not known: give it with --ca, and in the option http.ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority is not known: give it with --ca, and in the option http.ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the server does not send the whole chain, or the authority is not known',
  ERR_UNREADABLE: 'the answer is too long, or packed though nobody asked for that',
  EPROTO: 'TLS does not come about: is it an http port?',
};

/** Why something could not be asked, in a few words. */
export function wordsOf(error: unknown): string {
  if (error instanceof DocSpaceAuthError) return error.message;
  const { code, name } = error as { code?: unknown; name?: unknown };
  const word = name === 'TimeoutError' ? 'ABORT_ERR' : typeof code === 'string' ? code : 'no connection';
  return WORDS[word] === undefined ? word : `${WORDS[word]} (${word})`;
}
