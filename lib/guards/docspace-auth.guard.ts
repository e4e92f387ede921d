import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { callOf } from '../auth/caller.js';
import type { DocSpaceCredentials } from '../auth/credentials.js';
import { isCookieForgery } from '../auth/cross-site.js';
import type { DocSpaceCall } from '../auth/docspace-auth.service.js';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import type { DocSpaceAuthenticated, DocSpaceVerdict } from '../auth/verdict.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { accessOf } from './access.js';
import { toException } from './exceptions.js';
import { type GuardedRequest, requestOf } from './request.js';

/**
 * Lets a request through when the portal confirms its credentials, and puts a `DocSpaceSession` on `request.user`.
 *
 * 401 without credentials or with ones that the portal does not know; 403 where it refuses; 503 with `Retry-After` when
 * it can't be asked, never 401 for that; 502 when its answer can't be read. Writes no body, and asks once however often
 * it runs on a request. Each step is a method that a subclass may replace.
 * @example
 * @UseGuards(DocSpaceAuthGuard)
 * @Get('me')
 * me(@CurrentSession() session: DocSpaceSession) {}
 */
@Injectable()
export class DocSpaceAuthGuard implements CanActivate {
  readonly #asked = new WeakMap<object, Promise<DocSpaceVerdict>>();

  constructor(
    protected readonly sessions: DocSpaceSessions,
    protected readonly reflector: Reflector,
    @Inject(DOCSPACE_CONFIG) protected readonly config: DocSpaceAuthConfig,
  ) {}

  /** Decides at once where the session is remembered, and after asking the portal otherwise. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = accessOf(this.reflector, context);
    if (access === 'anonymous') return true;
    const request = requestOf(context);
    const credentials = this.#presented(request, context);
    if (!credentials) {
      if (access === 'optional') return true;
      throw this.refuse(new DocSpaceRefusedError('invalid-credentials', 'no credentials'), context);
    }
    const call = callOf(this.config, request);
    const remembered = this.sessions.recall(credentials, call);
    if (!remembered) return this.#ask(request, credentials, call, access === 'optional', context);
    this.admit(request, remembered);
    return true;
  }

  /**
   * The session of the context's caller, whatever its handler says of anonymous callers.
   * @throws what the guard answers with when there is none.
   */
  async authenticate(context: ExecutionContext): Promise<DocSpaceSession> {
    const request = requestOf(context);
    const credentials = this.#presented(request, context);
    if (!credentials) throw this.refuse(new DocSpaceRefusedError('invalid-credentials', 'no credentials'), context);
    await this.#ask(request, credentials, callOf(this.config, request), false, context);
    return request.user as DocSpaceSession;
  }

  /** Step one: what the caller presents. */
  protected credentialsOf(request: GuardedRequest): DocSpaceCredentials | undefined {
    return this.sessions.credentialsOf(request);
  }

  /** Step two, where nothing is remembered: what the portal says. */
  protected verdictOf(credentials: DocSpaceCredentials, call: DocSpaceCall): Promise<DocSpaceVerdict> {
    return this.sessions.check(credentials, call);
  }

  /** Step three: what lands on the request. */
  protected admit(request: GuardedRequest, session: DocSpaceSession): void {
    request.user = session;
  }

  /** Or instead: what is thrown. */
  protected refuse(error: unknown, context: ExecutionContext): unknown {
    return toException(error, context);
  }

  #presented(request: GuardedRequest, context: ExecutionContext): DocSpaceCredentials | undefined {
    const credentials = this.credentialsOf(request);
    if (credentials && isCookieForgery(request, credentials, this.config))
      throw this.refuse(new DocSpaceRefusedError('cross-site', 'sent from another site'), context);
    return credentials;
  }

  async #ask(
    request: GuardedRequest,
    credentials: DocSpaceCredentials,
    call: DocSpaceCall,
    optional: boolean,
    context: ExecutionContext,
  ): Promise<boolean> {
    const asked = this.#asked.get(request) ?? this.verdictOf(credentials, call);
    this.#asked.set(request, asked);
    const verdict = await asked;
    switch (verdict.status) {
      case 'authenticated':
        this.admit(request, await this.#open(credentials, call, verdict, context));
        return true;
      case 'anonymous':
        if (optional) return true;
        throw this.refuse(
          new DocSpaceRefusedError('invalid-credentials', 'the portal does not know these credentials'),
          context,
        );
      case 'refused':
        if (optional) return true;
        throw this.refuse(new DocSpaceRefusedError(verdict.reason, 'the portal refuses'), context);
      case 'unknown':
        throw this.refuse(verdict.error, context);
    }
  }

  async #open(
    credentials: DocSpaceCredentials,
    call: DocSpaceCall,
    verdict: DocSpaceAuthenticated,
    context: ExecutionContext,
  ): Promise<DocSpaceSession> {
    try {
      return await this.sessions.open(credentials, call, verdict);
    } catch (error) {
      throw this.refuse(error, context);
    }
  }
}
