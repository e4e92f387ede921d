import {
  applyDecorators,
  createParamDecorator,
  type CustomDecorator,
  type ExecutionContext,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { DOCSPACE_ROLES, type DocSpaceRole } from '../auth/docspace-user.js';
import { outcomeOf, type DocSpaceLoginOutcome } from '../auth/login-outcome.js';
import { type Access, ACCESS, ROLES } from './access.js';
import { CurrentUserPipe, type FoundSession } from './current-user.pipe.js';
import { DocSpaceRolesGuard } from './docspace-roles.guard.js';
import { sessionIn } from './kept-session.js';
import { httpRequestOf } from './request.js';

/**
 * Lets everybody in: credentials are neither read nor checked. On a handler it wins over its class.
 * @example
 * @AllowAnonymous()
 * @Get()
 * home() {}
 */
export const AllowAnonymous = (): CustomDecorator<symbol> => SetMetadata(ACCESS, 'anonymous' satisfies Access);

/**
 * Checks credentials where there are some, and lets everybody in: without good ones there is no `request.user`. When the
 * portal can't be asked, the answer is 503 all the same, since nobody knows who that is.
 */
export const OptionalAuth = (): CustomDecorator<symbol> => SetMetadata(ACCESS, 'optional' satisfies Access);

/** Undoes `AllowAnonymous` and `OptionalAuth` of the class on a handler. */
export const RequireAuth = (): CustomDecorator<symbol> => SetMetadata(ACCESS, 'required' satisfies Access);

/**
 * Lets in only users who have one of the roles, or one above it: `owner`, `admin`, `room-admin`, `user`, `guest`. Checks the
 * session by itself where no guard before it did. 403 for everybody else who is signed in. A handler's roles replace its
 * class's, and `AllowAnonymous` or `OptionalAuth` on a handler undo its class's.
 * @throws TypeError for no role or an unknown one, when the class is loaded.
 */
export function RequireRoles(...roles: DocSpaceRole[]): MethodDecorator & ClassDecorator {
  const strange = roles.find((role) => !DOCSPACE_ROLES.includes(role));
  if (strange !== undefined || roles.length === 0)
    throw new TypeError(
      `RequireRoles: roles must be some of ${DOCSPACE_ROLES.join(', ')}; given: ${strange ?? 'none'}`,
    );
  return applyDecorators(SetMetadata(ROLES, roles), UseGuards(DocSpaceRolesGuard));
}

/** The session that a guard let through; undefined where none did. */
export const CurrentSession = createParamDecorator(
  (_data: unknown, context: ExecutionContext): DocSpaceSession | undefined => sessionIn(context),
);

const WithContext = createParamDecorator((_data: unknown, context: ExecutionContext): FoundSession => ({
  session: sessionIn(context),
  context,
}));

/** The profile of the session's user, a `DocSpaceUser`; loaded when first asked for, and remembered. Undefined without a session. */
export const CurrentUser = (): ParameterDecorator => WithContext(CurrentUserPipe);

/** What the login posted with this request came to; undefined where no login guard or strategy ran. */
export const LoginOutcome = createParamDecorator(
  (_data: unknown, context: ExecutionContext): DocSpaceLoginOutcome | undefined =>
    outcomeOf(httpRequestOf(context, 'LoginOutcome')),
);
