import type { ExecutionContext } from '@nestjs/common';
import { DocSpaceSession } from '../auth/docspace-session.js';
import { graphqlHttpRequest } from './graphql-request.js';
import type { GuardedRequest } from './guarded-request.js';

/** What a guard let through where there is no request to put it on: by what the call is known by, and by handler. */
const kept = new WeakMap<object, WeakMap<object, DocSpaceSession>>();

/** Keeps the session that a guard just let through for this handler; undefined forgets what an earlier message left. */
export function keepSession(context: ExecutionContext, session: unknown): void {
  const call = callObject(context);
  if (!call) return;
  const byHandler = kept.get(call) ?? new WeakMap<object, DocSpaceSession>();
  if (session instanceof DocSpaceSession) byHandler.set(context.getHandler(), session);
  else byHandler.delete(context.getHandler());
  kept.set(call, byHandler);
}

/** The session that a guard let through on this call; undefined where none did. */
export function sessionIn(context: ExecutionContext): DocSpaceSession | undefined {
  const user = requestUser(context);
  if (user instanceof DocSpaceSession) return user;
  const call = callObject(context);
  return call && kept.get(call)?.get(context.getHandler());
}

/** Whatever stands on the HTTP request, also of GraphQL, as its user; nothing of a connection is looked at, since it outlives the call. */
export function requestUser(context: ExecutionContext): unknown {
  const type = context.getType<string>();
  if (type === 'http') return context.switchToHttp().getRequest<GuardedRequest>().user;
  return type === 'graphql' ? graphqlHttpRequest(context)?.user : undefined;
}

/** An object of this call alone: a resolver's `info`, a message's context. A socket has none, so there it is the socket. */
function callObject(context: ExecutionContext): object | undefined {
  const [first, second, , fourth] = context.getArgs<unknown[]>();
  switch (context.getType<string>()) {
    case 'http':
      return undefined;
    case 'graphql':
      return objectOf(fourth);
    case 'rpc':
      return objectOf(second);
    default:
      return objectOf(first);
  }
}

const objectOf = (value: unknown): object | undefined =>
  typeof value === 'object' && value !== null ? value : undefined;
