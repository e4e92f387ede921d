import { answer, emptyAnswer, type Answer } from './answer.js';
import { authenticationRoutes } from './authentication.js';
import { bind, BindingFailure, Body } from './binding.js';
import { withConfirmation } from './confirm-scheme.js';
import { failed, success, wrappedProblem } from './envelopes.js';
import type { Exchange } from './exchange.js';
import { badFormat, plain, PortalFailure } from './failure.js';
import { closedGate, unauthorized } from './gates.js';
import { neighbourRoutes } from './neighbours.js';
import { RouteTable, type Match } from './routes.js';
import { authenticate } from './schemes.js';

const table = new RouteTable([...authenticationRoutes, ...neighbourRoutes]);
const largestBody = 30 * 1024 * 1024;

/** Answers a request the way a portal's pipeline does, stage by stage (BaseStartup.cs:584). */
export function respond(exchange: Exchange): Answer {
  try {
    const found = table.find(exchange.method, exchange.path);
    exchange.maybePortal = resolvePortal(exchange);
    if (isPreflight(exchange)) return preflight(exchange);
    exchange.caller = authenticate(exchange);
    return exchange.installation.rateLimiter.refusal(exchange) ?? dispatch(exchange, found);
  } catch (failure) {
    return failure instanceof PortalFailure ? failed(exchange, failure) : emulatorError(failure);
  }
}

/** A mistake of the emulator itself must not look like an answer of a portal. */
function emulatorError(failure: unknown): Answer {
  const body = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'X-Emulator-Error', 'yes'];
  return { status: 500, headers: [...headers, 'Content-Length', String(Buffer.byteLength(body))], body };
}

function dispatch(exchange: Exchange, found: Match): Answer {
  if (found.kind === 'nothing') return emptyAnswer(exchange, 404);
  if (found.kind === 'wrong-method') return emptyAnswer(exchange, 405, ['Allow', found.allow]);
  const { route, parameter } = found;
  if (typeof route.access === 'object') exchange.caller = withConfirmation(exchange, route.access.roles);
  const stopped = unauthorized(exchange, route) ?? closedGate(exchange, route);
  if (stopped) return stopped;
  try {
    if (exchange.body.length > largestBody) throw plain('Request body too large.');
    const body = route.body ? bind(exchange, route.body) : new Body();
    exchange.inAction = true;
    return success(exchange, route.run({ exchange, body, parameter }));
  } catch (failure) {
    if (failure instanceof BindingFailure) return wrappedProblem(exchange, failure.status, failure.errors);
    throw failure;
  }
}

/** Standalone installations look at Origin first, SaaS only when the host names no portal (TenantManager.cs). */
function resolvePortal(exchange: Exchange): Exchange['maybePortal'] {
  const { installation } = exchange;
  const { host } = exchange.query === '' ? exchange : exchange.effectiveUrl;
  const byHost = installation.hosted(host);
  if (!installation.standalone) return byHost ?? byOrigin(exchange);
  return byOrigin(exchange) ?? byHost ?? installation.fallback(host);
}

function byOrigin(exchange: Exchange): Exchange['maybePortal'] {
  const { origin } = exchange.headers;
  if (origin === undefined || origin === '') return undefined;
  if (!URL.canParse(origin)) {
    // `Origin: null` of a sandboxed page takes every endpoint down with it.
    throw badFormat('Invalid URI: The format of the URI could not be determined.', 'System.UriFormatException');
  }
  return exchange.installation.named(new URL(origin).host);
}

const isPreflight = ({ method, headers }: Exchange): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

function preflight(exchange: Exchange): Answer {
  const headers = ['Access-Control-Allow-Methods', exchange.header('access-control-request-method')];
  const asked = exchange.header('access-control-request-headers');
  if (asked !== '') headers.push('Access-Control-Allow-Headers', asked);
  return answer(exchange, 204, '', '', headers);
}
