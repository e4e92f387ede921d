import { answer, emptyAnswer, jsonType, type Answer } from './answer.js';
import { bareProblem } from './envelopes.js';
import type { Exchange } from './exchange.js';
import type { Route } from './routes.js';

const restricted = 'The access to the portal is restricted';
const inMaintenance = new Set(['transferring', 'restoring', 'encryption']);
const sparedByMaintenance = /(settings|@self|portal)\/?$/i;

/** What keeps a request from its action, in the order of a portal's filters; undefined lets it through. */
export function closedGate(exchange: Exchange, route: Route): Answer | undefined {
  return (
    tenantStatus(exchange, route) ?? payment(exchange, route) ?? ipSecurity(exchange) ?? apiKeyScopes(exchange, route)
  );
}

function tenantStatus(exchange: Exchange, route: Route): Answer | undefined {
  if (route.needsNoPortal === true) return undefined;
  const status = exchange.maybePortal?.settings.status;
  if (status === undefined || status === 'remove-pending') return bareProblem(exchange, 404);
  if (status === 'suspended' && route.whenSuspended !== true) return bareProblem(exchange, 404);
  if (inMaintenance.has(status) && !sparedByMaintenance.test(exchange.path)) return bareProblem(exchange, 403);
  return undefined;
}

function payment(exchange: Exchange, route: Route): Answer | undefined {
  const unpaid = exchange.maybePortal?.settings.paid === false;
  return unpaid && route.whenUnpaid !== true ? bareProblem(exchange, 402) : undefined;
}

/** Only signed-in callers are looked at, and never the owner; the answer is plain text unless JSON is asked for. */
function ipSecurity(exchange: Exchange): Answer | undefined {
  const { caller, maybePortal } = exchange;
  if (!caller || caller.account.isOwner || maybePortal?.forbids(exchange.address) !== true) return undefined;
  const asJson = exchange.header('accept').includes('application/json');
  return asJson
    ? answer(exchange, 403, jsonType, JSON.stringify(restricted))
    : answer(exchange, 403, 'text/plain; charset=utf-8', restricted);
}

/** API keys need scopes on anonymous actions too (ApiKeyScopesFilter.cs:46). */
function apiKeyScopes(exchange: Exchange, route: Route): Answer | undefined {
  const scopes = exchange.caller?.scheme === 'api-key' ? exchange.caller.scopes : undefined;
  if (scopes === undefined && !exchange.refusedApiKey) return undefined;
  return hasScope(scopes ?? [], route) ? undefined : bareProblem(exchange, 403);
}

/** The authorization middleware: who may call an action that is not anonymous. Its refusals have no body. */
export function unauthorized(exchange: Exchange, route: Route): Answer | undefined {
  if (route.access === 'anonymous') return undefined;
  const { caller } = exchange;
  if (!caller) return emptyAnswer(exchange, 401);
  const roleMissing = route.access !== 'signed-in' && !route.access.roles.includes(caller.role ?? 'Authenticated');
  if (roleMissing || !hasScope(caller.scopes, route)) return emptyAnswer(exchange, 403);
  return undefined;
}

function hasScope(scopes: readonly string[], route: Route): boolean {
  const accepted = route.method === 'GET' ? ['*:read', '*:write'] : ['*:write'];
  return [...accepted, ...(route.scopes ?? [])].some((scope) => scopes.includes(scope));
}
