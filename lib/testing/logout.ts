import { authCookie, deleteCookie } from './cookies.js';
import type { Exchange } from './exchange.js';
import { eventOfCookie } from './schemes.js';

/** POST /logout. The log-in to end is read from the cookie only: with a header nothing is revoked (AC:374). */
export function logout(exchange: Exchange): string | undefined {
  const { caller, portal } = exchange;
  const event = eventOfCookie(exchange);
  if (event) event.active = false;
  deleteCookie(exchange, authCookie);
  const owner = (event && portal.users.byId(event.accountId)) ?? caller?.account;
  if (owner?.sso !== true || !portal.settings.ssoLogout) return undefined;
  return `/sso/slo?data=${Buffer.from(JSON.stringify({ NameID: owner.email })).toString('base64url')}`;
}
