import { Inject, Injectable } from '@nestjs/common';
import { stringifySetCookie } from 'cookie';
import { cookieNameOf } from '../auth/credential-finder.js';
import type { DocSpaceLoginOutcome } from '../auth/login-outcome.js';
import { isLoopback } from '../docspace-auth.checks.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';

/** A response of Express (with `req`) or of Fastify (with `request`), as far as cookies need it. */
export interface CookieResponse {
  /** Node's own, which Express has: adds a header beside those of the same name. */
  appendHeader?(name: string, value: string): unknown;
  /** Fastify's, which adds a `set-cookie` beside others. */
  header?(name: string, value: string): unknown;
  /** The request that this answers, on Express. */
  req?: CookieRequest;
  /** The request that this answers, on Fastify. */
  request?: CookieRequest;
}

interface CookieRequest {
  protocol?: string;
  headers?: { host?: string | undefined; origin?: string | undefined; [name: string]: unknown };
}

/** The cookie that keeps a browser signed in: HttpOnly, with the attributes of the option `loginCookie`. */
@Injectable()
export class DocSpaceLoginCookie {
  readonly #config: DocSpaceAuthConfig;

  constructor(@Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    this.#config = config;
  }

  /** Sets the cookie for a complete login, for as long as its token lives; does nothing while a second step is open. */
  set(response: CookieResponse, outcome: DocSpaceLoginOutcome, portal?: string): void {
    if (outcome.status !== 'authenticated') return;
    const { token, expiresAt } = outcome;
    const maxAge = expiresAt && Math.max(Math.floor((expiresAt.getTime() - Date.now()) / 1000), 0);
    this.#write(response, token, maxAge, portal);
  }

  /** Clears the cookie. Ends no session: `DocSpaceSessions.end` does. */
  clear(response: CookieResponse, portal?: string): void {
    this.#write(response, '', 0, portal);
  }

  #write(response: CookieResponse, value: string, maxAge: number | undefined, portal: string | undefined): void {
    const { sameSite = 'lax', domain, path = '/', secure } = this.#config.loginCookie;
    const name = cookieNameOf(this.#config, portal);
    const isPrefixed = name.startsWith('__');
    const cookie = stringifySetCookie({
      name,
      value,
      path,
      sameSite,
      httpOnly: true,
      secure: isPrefixed || (secure ?? !isPlainLoopback(response.req ?? response.request)),
      ...(maxAge !== undefined && { maxAge }),
      ...(domain !== undefined && { domain }),
    });
    if (response.appendHeader) response.appendHeader('Set-Cookie', cookie);
    else if (response.header) response.header('Set-Cookie', cookie);
    else throw new TypeError('DocSpaceLoginCookie: needs a response of Express or Fastify, which takes headers');
  }
}

/**
 * Plain http to this very machine, as in development. A proxy in front of it may name it by its inner address, but then
 * it says so, or the page's origin does; whoever forges either gets a cookie that is the more secret.
 */
function isPlainLoopback(request: CookieRequest | undefined): boolean {
  const { host = '', origin, forwarded, 'x-forwarded-proto': outer = 'http' } = request?.headers ?? {};
  if (request?.protocol !== 'http' || outer !== 'http' || forwarded !== undefined) return false;
  return isLoopbackHttp(`http://${host}`) && (origin === undefined || isLoopbackHttp(origin));
}

function isLoopbackHttp(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && isLoopback(url.hostname);
}
