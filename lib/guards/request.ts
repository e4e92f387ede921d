import type { ExecutionContext } from '@nestjs/common';
import type { DocSpaceContextReader } from '../docspace-auth.options.js';
import { graphqlRequest } from './graphql-request.js';
import { type GuardedRequest, messageRequest } from './guarded-request.js';
import { socketRequest } from './socket-request.js';

/** The kinds that this package can read by itself; a message of a microservice has no place for credentials that all transports share. */
const OWN: Readonly<Record<string, (context: ExecutionContext) => GuardedRequest>> = {
  http: (context) => context.switchToHttp().getRequest<GuardedRequest>(),
  graphql: graphqlRequest,
  ws: (context) => socketRequest(context.switchToWs().getClient<object>()),
};

/**
 * The request of an execution context: over HTTP and GraphQL over HTTP the request itself; for a message on a connection
 * that lasts, an object of this message alone, on which no earlier one left a user.
 * @throws TypeError for a kind of context that nobody can read: such a call is refused, not let through.
 */
export function requestOf(
  context: ExecutionContext,
  readers: Readonly<Record<string, DocSpaceContextReader>>,
): GuardedRequest {
  const type = context.getType<string>();
  const given = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (given) return messageRequest(given(context) ?? { headers: {} });
  const own = Object.hasOwn(OWN, type) ? OWN[type] : undefined;
  if (own) return own(context);
  throw new TypeError(
    `DocSpaceAuthGuard: where do credentials stand in a context of type "${type}"? Give DocSpaceAuthModule the option contexts: { ${type}: (context) => ({ headers: … }) }`,
  );
}

/**
 * The request of an HTTP context.
 * @throws TypeError for every other kind.
 */
export function httpRequestOf(context: ExecutionContext, who: string): GuardedRequest {
  const type = context.getType<string>();
  if (type === 'http') return context.switchToHttp().getRequest<GuardedRequest>();
  throw new TypeError(`${who}: works over HTTP only, not in a context of type "${type}"`);
}
