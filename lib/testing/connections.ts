import { keyFor } from './confirm.js';
import { zonedDate } from './dates.js';
import type { Result } from './envelopes.js';
import type { Exchange } from './exchange.js';
import { accessDenied, itemNotFound } from './failure.js';
import type { LoginEvent } from './portal.js';
import type { Call, Route } from './routes.js';
import { eventOfCookie } from './schemes.js';
import { signedIn } from './signed-in.js';
import { signIn } from './sign-in.js';

const base = '/api/2.0/security/activeconnections';

/** The list of a user's log-ins, and the ways to end them: the only ones that work with a header. */
export const connectionRoutes: readonly Route[] = [
  { method: 'GET', path: base, access: 'signed-in', run: list },
  { method: 'PUT', path: `${base}/logout/{id}`, access: 'signed-in', run: endOne },
  { method: 'PUT', path: `${base}/logoutallexceptthis`, access: 'signed-in', run: endOthers },
  { method: 'PUT', path: `${base}/logoutall/{userId}`, access: 'signed-in', run: endAll },
  { method: 'PUT', path: `${base}/logoutallchangepassword`, access: 'signed-in', run: endAllAndChangePassword },
];

function list({ exchange }: Call): Result {
  const items = ownEvents(exchange).map((event) => ({
    id: event.id,
    tenantId: exchange.portal.settings.tenantId,
    userId: event.accountId,
    mobile: false,
    ip: event.address,
    date: zonedDate(event.at),
  }));
  return { response: { loginEvent: eventOfCookie(exchange)?.id ?? 0, items } };
}

function endOne({ exchange, parameter }: Call): Result {
  const event = exchange.portal.events.get(Number(parameter));
  if (!event) return { response: false };
  if (event.accountId !== signedIn(exchange).id) throw accessDenied();
  event.active = false;
  return { response: true };
}

/** With a token in the header alone "this" is unknown, and every session ends. */
function endOthers({ exchange }: Call): Result {
  const own = eventOfCookie(exchange);
  for (const event of ownEvents(exchange)) event.active = event === own;
  const { firstName, lastName } = signedIn(exchange);
  return { response: `${firstName} ${lastName}` };
}

function endAll({ exchange, parameter }: Call): Result {
  const caller = signedIn(exchange);
  const account = exchange.portal.users.byId(parameter.toLowerCase());
  if (!account) throw itemNotFound('The user could not be found');
  if (account !== caller && caller.role !== 'admin') throw accessDenied();
  account.tokenIndex += 1;
  if (account === caller) signIn(exchange, account, false);
  return {};
}

function endAllAndChangePassword({ exchange }: Call): Result {
  const account = signedIn(exchange);
  const { id: uid, email } = account;
  account.tokenIndex += 1;
  signIn(exchange, account, false);
  const key = keyFor({ type: 'PasswordChange', email, uid, first: '' }, exchange.portal);
  const query = `type=PasswordChange&key=${key}&email=${encodeURIComponent(email)}&uid=${uid}`;
  return { response: `${exchange.root}/confirm/PasswordChange?${query}` };
}

function ownEvents(exchange: Exchange): LoginEvent[] {
  const { id } = signedIn(exchange);
  return [...exchange.portal.events.values()].filter((event) => event.active && event.accountId === id);
}
