import type { DocSpaceEmulatorAccount } from './account.js';
import { authCookie, setCookie } from './cookies.js';
import { utcDate, zeroDate, zonedDate } from './dates.js';
import type { Exchange } from './exchange.js';

/** What a portal answers to a login, in printed order; undefined members are left out. */
export interface AuthenticationToken {
  readonly token?: string;
  readonly expires: string;
  readonly sms: boolean;
  readonly phoneNoise?: string;
  readonly tfa: boolean;
  readonly tfaKey?: string;
  readonly confirmUrl?: string;
}

/** One log-in: an event, a token, a cookie. `session` shortens only the cookie; the token lives its whole life. */
export function signIn(exchange: Exchange, account: DocSpaceEmulatorAccount, session: boolean): string {
  const { portal, clientAddress } = exchange;
  const expiresAt = portal.sessionEnd();
  // A log-in from a forbidden address gets event 0, and can't be revoked singly.
  const forbidden = portal.forbids(exchange.address);
  const eventId = forbidden ? 0 : portal.openEvent(account, clientAddress, exchange.header('user-agent')).id;
  const token = portal.writeToken(account, eventId, expiresAt, clientAddress);
  setCookie(exchange, authCookie, token, session ? undefined : expiresAt);
  return token;
}

/** When a token made now expires, as printed; zero for browser sessions and unlimited ones. */
export function tokenExpiry(exchange: Exchange, session: boolean): string {
  const end = exchange.portal.sessionEnd();
  return session || !Number.isFinite(end) ? zeroDate : printedDate(exchange, end);
}

export const printedDate = ({ installation }: Exchange, ms: number): string =>
  installation.dialect.zonedExpiry ? zonedDate(ms) : utcDate(ms);
