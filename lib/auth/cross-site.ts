import type { DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import type { DocSpaceCredentials } from './credentials.js';

/** Methods that change nothing (RFC 9110 section 9.2.1). */
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Whether a browser sent the request from a page of another origin: by `trustedOrigins`, then `Sec-Fetch-Site`
 * (W3C Fetch Metadata), then `Origin` (RFC 6454). Without either header it was no browser; a value that no HTTP can send
 * comes from elsewhere.
 */
export function isCrossSite({ headers }: DocSpaceRequest, trusted: ReadonlySet<string>): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin !== undefined && trusted.has(origin)) return false;
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return origin !== undefined && !isOfHost(origin, host);
}

/** Whether a browser may have added the credentials to an unsafe request that another site made. */
export function isCookieForgery(
  request: DocSpaceRequest & { method?: string },
  credentials: DocSpaceCredentials,
  { trustedOrigins }: DocSpaceAuthConfig,
): boolean {
  if (request.method === undefined || SAFE.includes(request.method)) return false;
  return cameByCookie(request, credentials) && isCrossSite(request, trustedOrigins);
}

/**
 * What stands in the `Authorization` header was put there by the page's own script. Where headers are of no HTTP, cookies
 * that are no text may hold anything.
 */
function cameByCookie({ headers }: DocSpaceRequest, credentials: DocSpaceCredentials): boolean {
  const secret = credentials.reveal();
  const [authorization, cookie]: unknown[] = [headers.authorization, headers.cookie];
  if (typeof authorization === 'string' && authorization.includes(secret)) return false;
  if (typeof cookie === 'string') return cookie.includes(secret) || cookie.includes(encoded(secret));
  return cookie !== undefined;
}

/** Whether the page is one of the server that was asked. */
function isOfHost(origin: unknown, host: unknown): boolean {
  if (typeof origin !== 'string' || typeof host !== 'string') return false;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** Percent-encoded, as browsers are given it; half a surrogate pair has no such form. */
function encoded(secret: string): string {
  return /\p{Surrogate}/u.test(secret) ? secret : encodeURIComponent(secret);
}
