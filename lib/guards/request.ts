import type { ExecutionContext } from '@nestjs/common';
import type { DocSpaceRequest } from '../docspace-auth.options.js';

/** A request as guards see it. */
export interface GuardedRequest extends DocSpaceRequest {
  /** Over HTTP. */
  method?: string;
  /** Set by guards. */
  user?: unknown;
  body?: unknown;
}

/**
 * The request of an execution context.
 * @throws TypeError for a kind of context that is not known: such a call is refused, not let through.
 */
export function requestOf(context: ExecutionContext): GuardedRequest {
  const type = context.getType<string>();
  if (type === 'http') return context.switchToHttp().getRequest<GuardedRequest>();
  throw new TypeError(`DocSpaceAuthGuard: cannot read credentials in a context of type "${type}"`);
}
