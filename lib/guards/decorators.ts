import { createParamDecorator, type CustomDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { outcomeOf, type DocSpaceLoginOutcome } from '../auth/login-outcome.js';
import { requestOf } from './request.js';

/** Whether a handler wants callers checked. A symbol, so that no other package's metadata is meant. */
export const ACCESS = Symbol('docspace access');
export type Access = 'required' | 'anonymous';

/**
 * Lets everybody in: credentials are neither read nor checked. On a handler it wins over its class.
 * @example
 * @AllowAnonymous()
 * @Get()
 * home() {}
 */
export const AllowAnonymous = (): CustomDecorator<symbol> => SetMetadata(ACCESS, 'anonymous' satisfies Access);

/** What the login posted with this request came to; undefined where no login guard or strategy ran. */
export const LoginOutcome = createParamDecorator(
  (_data: unknown, context: ExecutionContext): DocSpaceLoginOutcome | undefined => outcomeOf(requestOf(context)),
);
