import type { Exchange } from './exchange.js';

/** The cookie that holds an authentication token. */
export const authCookie = 'asc_auth_key';

/** The cookies of a request, by lower-case name: a portal's names ignore case, and values are percent-decoded. */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    const value = decoded(pair.slice(equals + 1).trim());
    // ASP.NET drops empty cookies: they count as absent.
    if (equals > 0 && value !== '') cookies.set(pair.slice(0, equals).trim().toLowerCase(), value);
  }
  return cookies;
}

/** Adds a Set-Cookie line with a portal's attributes in a portal's order (CookiesManager.cs). */
export function setCookie(exchange: Exchange, name: string, value: string, expiresAt?: number): void {
  const expires = expiresAt === undefined ? '' : ` expires=${cookieDate(expiresAt)};`;
  const domain = foreignDomain(exchange);
  const secure = exchange.effectiveScheme === 'https' ? ' secure;' : '';
  exchange.setCookies.push(
    `${name}=${encodeURIComponent(value)};${expires}${domain} path=/;${secure} samesite=${sameSite(exchange)}; httponly`,
  );
}

/** Adds the Set-Cookie line that deletes a cookie, only if the request carried it. */
export function deleteCookie(exchange: Exchange, name: string): void {
  if (!exchange.cookies.has(name.toLowerCase())) return;
  const line = `${name}=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/`;
  if (!exchange.setCookies.includes(line)) exchange.setCookies.push(line);
}

const cookieDate = (ms: number): string => new Date(Number.isFinite(ms) ? ms : 253_402_300_799_999).toUTCString();

function sameSite(exchange: Exchange): string {
  const { sameSite: configured, cspDomains } = exchange.portal.settings;
  const https = exchange.effectiveScheme === 'https';
  if (configured === 'none') return https ? 'none' : 'strict';
  if (configured === 'unset') return https && cspDomains ? 'none' : 'strict';
  return configured;
}

// The domain is widened only when a page of another portal of the same base domain asks (CookiesManager.cs).
function foreignDomain(exchange: Exchange): string {
  const origin = exchange.header('origin');
  if (!URL.canParse(origin)) return '';
  const { hostname, host } = new URL(origin);
  const base = exchange.installation.baseDomain;
  return host !== exchange.host && hostname.endsWith(`.${base}`) ? ` domain=.${base};` : '';
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
