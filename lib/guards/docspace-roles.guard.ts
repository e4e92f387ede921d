import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { DOCSPACE_ROLES, type DocSpaceRole } from '../auth/docspace-user.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import { rolesOf } from './access.js';
import { DocSpaceAuthGuard } from './docspace-auth.guard.js';
import { prepareExceptions, toException } from './exceptions.js';
import { requestUser } from './kept-session.js';

/** Applied by `RequireRoles`: asks who the session's user is, and whether that is enough. Never open without a user. */
@Injectable()
export class DocSpaceRolesGuard implements CanActivate {
  constructor(
    /** Checks the session first. */
    protected readonly guard: DocSpaceAuthGuard,
    /** The checks, and what is remembered of them. */
    protected readonly sessions: DocSpaceSessions,
    /** Reads what the decorators wrote. */
    protected readonly reflector: Reflector,
  ) {}

  /** True, or throws 403; whatever the session's own check throws. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const roles = rolesOf(this.reflector, context);
    if (!roles) return true;
    await prepareExceptions(context.getType());
    try {
      const { credentials, portal, user } = await this.#session(context);
      const { role } = user ?? (await this.sessions.user(credentials, { portal }));
      if (includes(roles, role)) return true;
    } catch (error) {
      throw toException(error, context);
    }
    throw toException(new DocSpaceRefusedError('role-missing', `needs one of the roles ${roles.join(', ')}`), context);
  }

  async #session(context: ExecutionContext): Promise<DocSpaceSession> {
    const user = requestUser(context);
    return user instanceof DocSpaceSession ? user : this.guard.authenticate(context);
  }
}

/** A role includes those below it. */
const includes = (wanted: DocSpaceRole[], held: DocSpaceRole): boolean =>
  wanted.some((role) => DOCSPACE_ROLES.indexOf(held) <= DOCSPACE_ROLES.indexOf(role));
