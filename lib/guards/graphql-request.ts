import type { ExecutionContext } from '@nestjs/common';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import { type GuardedRequest, handshakeRequest } from './guarded-request.js';

/** A connection of graphql-ws: the upgrade request, and what the client said when it opened the connection. */
export interface GraphqlConnection {
  connectionParams?: Readonly<Record<string, unknown>> | undefined;
  extra?: { request?: DocSpaceRequest } | undefined;
}

/** A GraphQL context, as Nest's drivers make it; over a connection `req` may be the connection. */
interface GraphqlContext extends GraphqlConnection {
  req?: Partial<GuardedRequest> & GraphqlConnection;
  /** Of Mercurius. */
  reply?: { request?: GuardedRequest };
}

/**
 * The request behind a resolver: the HTTP request itself, or a view of the connection's handshake.
 * @throws TypeError where the context has neither.
 */
export function graphqlRequest(context: ExecutionContext): GuardedRequest {
  const { connection, request } = partsOf(context);
  if (connection) return connectionRequest(connection, request);
  if (!request)
    throw new TypeError(
      'DocSpaceAuthGuard: the GraphQL context has no request. Let the option "context" of GraphQLModule return { req }, or give DocSpaceAuthModule the option contexts: { graphql: (context) => ({ headers: … }) }',
    );
  return isUpgrade(request) ? handshakeRequest(request) : request;
}

/** The HTTP request behind a resolver; undefined behind a connection, which outlives the call. */
export function graphqlHttpRequest(context: ExecutionContext): GuardedRequest | undefined {
  const { connection, request } = partsOf(context);
  return connection || !request || isUpgrade(request) ? undefined : request;
}

/** A view of a connection's handshake; `connectionParams.authorization` stands in for a header that browsers can't set. */
export function connectionRequest(connection: GraphqlConnection, request?: DocSpaceRequest): GuardedRequest {
  const { extra, connectionParams } = connection;
  return handshakeRequest(extra?.request ?? request ?? { headers: {} }, authorizationOf(connectionParams));
}

function partsOf(context: ExecutionContext): { connection?: GraphqlConnection; request?: GuardedRequest } {
  const own = context.getArgByIndex<GraphqlContext | undefined>(2) ?? {};
  const connection = [own, own.req].find(isConnection);
  const request = isRequest(own.req) ? own.req : own.reply?.request;
  return { ...(connection && { connection }), ...(request && { request }) };
}

const isConnection = (value: GraphqlConnection | undefined): boolean =>
  value?.extra?.request !== undefined || value?.connectionParams !== undefined;

const isRequest = (value: Partial<GuardedRequest> | undefined): value is GuardedRequest => value?.headers !== undefined;

/** An application's own context function may hand out the upgrade request, which lasts as long as the connection. */
const isUpgrade = ({ headers }: DocSpaceRequest): boolean => headers.upgrade !== undefined;

/** The one parameter that is read: others could pretend to be headers that only a browser sets. */
function authorizationOf(parameters: Readonly<Record<string, unknown>> = {}): unknown {
  return Object.entries(parameters).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}
