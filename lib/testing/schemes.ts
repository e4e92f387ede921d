import { strictBase64 } from './cipher.js';
import { authCookie, deleteCookie } from './cookies.js';
import type { Caller, Exchange } from './exchange.js';
import { badFormat, httpRequest, invalidOperation, plain } from './failure.js';
import { looksLikeJwt } from './jwt.js';
import type { LoginEvent, Portal } from './portal.js';

const everything = ['*:write'];

/** Who makes a request. The Authorization header alone decides which scheme is asked; the comparison is case-sensitive. */
export function authenticate(exchange: Exchange): Caller | undefined {
  const authorization = exchange.headers.authorization ?? '';
  if (authorization.startsWith('Basic ')) return byBasic(exchange, authorization.slice(6));
  if (authorization.startsWith('Bearer ')) {
    const bearer = authorization.slice(7);
    if (bearer.startsWith('sk-')) return byApiKey(exchange, bearer);
    if (looksLikeJwt(bearer)) return byJwt(exchange, bearer);
  }
  return byCookie(exchange, authorization);
}

/** The token a request is judged by: the cookie if there is one, else the header. A stale cookie defeats a good header. */
function byCookie(exchange: Exchange, authorization: string): Caller | undefined {
  const cookie = exchange.headers.cookie === undefined ? undefined : exchange.cookies.get(authCookie);
  const portal = exchange.maybePortal;
  const account = portal && accountOfToken(portal, bare(cookie ?? authorization));
  if (account) return { account, scheme: 'cookie', scopes: everything };
  deleteCookie(exchange, authCookie);
  deleteCookie(exchange, 'socketio.sid');
  return undefined;
}

/** Seven characters are cut wherever the word Bearer occurs, and nothing is trimmed afterwards (CookieAuthHandler.cs). */
function bare(value: string): string {
  const trimmed = value.trim();
  return trimmed.includes('Bearer') ? trimmed.slice(7) : trimmed;
}

/** The account a token stands for, when the token is good. */
export function accountOfToken(portal: Portal, token: string): Caller['account'] | undefined {
  if (token === '') return undefined;
  const claims = portal.tokens.read(token);
  if (claims?.tenantId !== portal.settings.tenantId || claims.tenantIndex !== portal.tokenIndex) return undefined;
  if (claims.expiresAt <= portal.now()) return undefined;
  const account = portal.users.byId(claims.accountId);
  if (account?.status !== 'active' || account.tokenIndex !== claims.accountIndex) return undefined;
  if (claims.eventId !== 0 && portal.events.get(claims.eventId)?.active !== true) return undefined;
  return account;
}

/** The log-in that the request's *cookie* stands for; a header never names one. */
export function eventOfCookie(exchange: Exchange): LoginEvent | undefined {
  const { portal } = exchange;
  const cookie = exchange.cookies.get(authCookie) ?? '';
  const claims = cookie === '' ? undefined : portal.tokens.read(bare(cookie));
  return claims?.tenantId === portal.settings.tenantId ? portal.events.get(claims.eventId) : undefined;
}

/** Basic: by e-mail only, no second factor, no lock-out, and a challenge on every answer that is no exception. */
function byBasic(exchange: Exchange, encoded: string): Caller | undefined {
  exchange.challenge = true;
  const bytes = strictBase64(encoded);
  if (!bytes) {
    throw badFormat(
      'The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.',
    );
  }
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw plain('Unable to get password');
  const email = text.slice(0, colon).toLowerCase();
  const account = exchange.maybePortal?.users.all().find((user) => user.email.toLowerCase() === email);
  // Basic does not trim the password, so blanks around it make another one.
  const password = text.slice(colon + 1);
  const matches = account?.status === 'active' && password === password.trim() && account.hasPassword(password);
  return matches ? { account, scheme: 'basic', scopes: everything } : undefined;
}

/** A key that is no good leaves the caller without scopes, which anonymous actions mind as well. */
function byApiKey(exchange: Exchange, key: string): Caller | undefined {
  const portal = exchange.maybePortal;
  if (!portal) throw plain('Could not resolve current tenant :-(.');
  const known = portal.apiKeys.get(key);
  const live = known?.active === true && known.expiresAt > portal.now();
  const account = live ? portal.users.byId(known.accountId) : undefined;
  exchange.refusedApiKey = account?.status !== 'active';
  if (!known || account?.status !== 'active') return undefined;
  return {
    account,
    scheme: 'api-key',
    scopes: known.scopes.length === 0 || known.scopes.includes('*') ? everything : known.scopes,
  };
}

function byJwt(exchange: Exchange, token: string): Caller | undefined {
  const portal = exchange.maybePortal;
  if (!portal) return undefined;
  const { jwts } = exchange.installation;
  if (portal.settings.jwtValidation) requireIdentityService(portal);
  const claims = jwts.read(token, exchange.root, portal.now(), portal.settings.jwtValidation);
  const account = claims && portal.users.byId(claims.sub);
  if (account?.status !== 'active') return undefined;
  return { account, scheme: 'jwt', scopes: claims?.scope?.split(' ') ?? [] };
}

/** Without its keys no JWT can be judged; without an answer about it, neither. Both are loud, on every endpoint. */
function requireIdentityService({ settings }: Portal): void {
  if (settings.identityService === 'unreachable') throw invalidOperation('IDX20803: Unable to obtain configuration.');
  if (settings.identityService === 'failing') throw httpRequest();
}
