import { isIP } from 'node:net';
import { types } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceClient } from '../docspace-auth.options.js';
import type { DocSpaceConfirmation } from './confirmation.js';
import type { DocSpaceCredentials } from './credentials.js';
import { DocSpaceProtocolError, DocSpaceRefusedError, DocSpaceUnavailableError } from './errors.js';
import type { Portal } from './portal.js';
import { PortalNotAskedError, PortalTimeoutError } from './resilience.js';
import { Limit, type PortalAnswer } from './transport.js';

/** One question to a portal. */
export interface PortalQuestion {
  /** The route template, for errors. */
  readonly endpoint: string;
  readonly method: 'GET' | 'POST';
  /** The path below the portal's base URL; a constant of this package, never a caller's text. */
  readonly path: string;
  readonly body?: object | undefined;
  readonly credentials?: DocSpaceCredentials | undefined;
  readonly confirmation?: DocSpaceConfirmation | undefined;
  readonly client?: DocSpaceClient | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PRODUCT = 'nestjs-docspace-auth';
/** Errors of Node's HTTP parser and of unzipping: somebody answers, but not in HTTP. */
const UNREADABLE =
  /^(ERR_UNREADABLE$|HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES|Z_|ERR_INVALID_CHAR|ERR_INVALID_PROTOCOL|ERR_FR_)/;
/** The system's words for a connection that never stood. */
const UNCONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Makes every HTTP call of this package. */
@Injectable()
export class PortalClient {
  readonly #timeoutMs: number;

  constructor(@Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    this.#timeoutMs = config.timeoutMs;
  }

  /**
   * Asks: follows no redirect, bounds time (waiting for others included) and size, and asks a GET once more where the
   * first answer got lost.
   * @throws DocSpaceRefusedError for credentials that can't be any, DocSpaceUnavailableError without an answer, DocSpaceProtocolError for one that is no HTTP or too large,
   * the signal's reason when the caller gives up. Never an error of the transport, which would hold the request.
   */
  ask(portal: Portal, question: PortalQuestion): Promise<PortalAnswer> {
    const { endpoint, signal } = question;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (question.credentials?.isWellFormed === false) throw notAsked(endpoint);
      const limit = new Limit();
      const stop = (reason: Error): void => {
        over();
        reject(reason);
        limit.reach(reason);
      };
      const giveUp = (): void => stop(signal?.reason as Error);
      const timer = setTimeout(() => stop(tooLate(endpoint, this.#timeoutMs)), this.#timeoutMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      const over = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
      };
      const answer = portal.resilience.run(question, () => this.#attempt(portal, question, limit));
      void answer.then(over, over);
      answer.then(resolve, reject);
    });
  }

  async #attempt(portal: Portal, question: PortalQuestion, limit: Limit): Promise<PortalAnswer> {
    limit.throwIfReached();
    try {
      return await this.#send(portal, question, limit);
    } catch (error) {
      limit.throwIfReached();
      throw transportError(error, question.endpoint);
    }
  }

  #send(portal: Portal, question: PortalQuestion, limit: Limit): Promise<PortalAnswer> {
    const { method, path, body } = question;
    return portal.transport.send({
      method,
      origin: portal.origin,
      path: portal.basePath + path,
      headers: requestHeaders(portal, question),
      body: body && JSON.stringify(body),
      limit,
    });
  }
}

function requestHeaders(
  portal: Portal,
  { body, credentials, confirmation, client }: PortalQuestion,
): Record<string, string> {
  const { address, userAgent } = client ?? {};
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': userAgent && /^[ -~]{1,512}$/.test(userAgent) ? userAgent : PRODUCT,
  };
  if (body) headers['content-type'] = 'application/json';
  if (address && isIP(address)) headers['x-forwarded-for'] = address;
  return Object.assign(headers, portal.headers, credentials?.headers(), confirmation?.headers());
}

const notAsked = (endpoint: string): DocSpaceRefusedError =>
  new DocSpaceRefusedError('invalid-credentials', `${endpoint}: not asked, nobody has such credentials`, { endpoint });

const tooLate = (endpoint: string, ms: number): PortalTimeoutError =>
  new PortalTimeoutError(`${endpoint}: no complete answer within ${ms} ms`, { endpoint });

/** Of whatever realm: a jest environment has an Error of its own. */
const { isNativeError } = types;

/** Axios has one code for an answer that grew too large and one that broke off; only the first is the portal's doing. */
const isTooLarge = (error: unknown): boolean => isNativeError(error) && error.message.startsWith('maxContentLength');

/** A new error with the code alone: the transport's own holds the request, and with it the password. */
function transportError(error: unknown, endpoint: string): Error {
  const code: unknown = isNativeError(error) && 'code' in error ? error.code : undefined;
  const shown = typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : 'no connection';
  if (UNREADABLE.test(shown) || isTooLarge(error))
    return new DocSpaceProtocolError(`${endpoint}: the answer cannot be read (${shown})`, { endpoint });
  const Unavailable = UNCONNECTED.includes(shown) ? PortalNotAskedError : DocSpaceUnavailableError;
  return new Unavailable(`${endpoint}: no answer from the portal (${shown})`, { endpoint });
}
