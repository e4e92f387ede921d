import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { DocSpaceCredentials } from '../auth/credentials.js';
import { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import type { DocSpaceVerdict } from '../auth/verdict.js';
import { ACCESS, type Access } from './decorators.js';
import { toException } from './exceptions.js';
import { type GuardedRequest, requestOf } from './request.js';

/**
 * Lets a request through when the portal confirms its credentials, and puts a `DocSpaceSession` on `request.user`.
 *
 * 401 without credentials or with ones that the portal does not know; 403 where it refuses; 503 with `Retry-After` when
 * it can't be asked, never 401 for that; 502 when its answer can't be read. Writes no body, and asks once however often
 * it runs on a request.
 * @example
 * @UseGuards(DocSpaceAuthGuard)
 * @Get('me')
 * me(@Req() request: { user: DocSpaceSession }) {}
 */
@Injectable()
export class DocSpaceAuthGuard implements CanActivate {
  readonly #asked = new WeakMap<object, Promise<DocSpaceVerdict>>();

  constructor(
    protected readonly sessions: DocSpaceSessions,
    protected readonly reflector: Reflector,
  ) {}

  /** Decides at once where the session is remembered, and after asking the portal otherwise. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'anonymous') return true;
    const request = requestOf(context);
    const credentials = this.sessions.credentialsOf(request);
    if (!credentials) throw toException(new DocSpaceRefusedError('invalid-credentials', 'no credentials'), context);
    const remembered = this.sessions.peek(credentials);
    return remembered
      ? this.#decide(remembered, credentials, request, context)
      : this.#ask(credentials, request, context);
  }

  async #ask(credentials: DocSpaceCredentials, request: GuardedRequest, context: ExecutionContext): Promise<boolean> {
    const asked = this.#asked.get(request) ?? this.sessions.check(credentials);
    this.#asked.set(request, asked);
    return this.#decide(await asked, credentials, request, context);
  }

  #decide(
    verdict: DocSpaceVerdict,
    credentials: DocSpaceCredentials,
    request: GuardedRequest,
    context: ExecutionContext,
  ): boolean {
    switch (verdict.status) {
      case 'authenticated':
        request.user = new DocSpaceSession(credentials, 'default', verdict.checkedAt, verdict.stale);
        return true;
      case 'anonymous':
        throw toException(
          new DocSpaceRefusedError('invalid-credentials', 'the portal does not know these credentials'),
          context,
        );
      case 'refused':
        throw toException(new DocSpaceRefusedError(verdict.reason, 'the portal refuses'), context);
      case 'unknown':
        throw toException(verdict.error, context);
    }
  }
}
