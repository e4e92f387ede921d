import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { callOf } from '../auth/caller.js';
import type { DocSpaceCredentials } from '../auth/credentials.js';
import { isCookieForgery } from '../auth/cross-site.js';
import type { DocSpaceCall } from '../auth/docspace-auth.service.js';
import type { DocSpaceSession } from '../auth/docspace-session.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import { type DocSpaceVerdict, errorOf } from '../auth/verdict.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { accessOf } from './access.js';
import { prepareExceptions, toException } from './exceptions.js';
import type { GuardedRequest } from './guarded-request.js';
import { keepSession } from './kept-session.js';
import { requestOf } from './request.js';

/** A question that a guard asked for a request: by which class, of whose credentials, and what came of it. */
interface Asked {
  readonly by: unknown;
  readonly credentials: DocSpaceCredentials;
  readonly portal: string | undefined;
  readonly verdict: Promise<DocSpaceVerdict>;
}

/** By request, since Nest makes a guard of its own for every module that names one. */
const asked = new WeakMap<object, Asked>();

/**
 * Lets a request through when the portal confirms its credentials, and puts a `DocSpaceSession` on `request.user`.
 *
 * 401 without credentials or with ones that the portal does not know; 403 where it refuses; 503 with `Retry-After` when
 * it can't be asked, never 401 for that; 502 when its answer can't be read. Writes no body, and asks once however often
 * it runs on a request. In GraphQL, over WebSocket and in microservices the same is told by their own exceptions; a kind
 * of context that nobody can read is refused. Each step is a method that a subclass may replace.
 * @example
 * @UseGuards(DocSpaceAuthGuard)
 * @Get('me')
 * me(@CurrentSession() session: DocSpaceSession) {}
 */
@Injectable()
export class DocSpaceAuthGuard implements CanActivate {
  constructor(
    /** The checks, and what is remembered of them. */
    protected readonly sessions: DocSpaceSessions,
    /** Reads what the decorators wrote. */
    protected readonly reflector: Reflector,
    /** The module's options, complete. */
    @Inject(DOCSPACE_CONFIG) protected readonly config: DocSpaceAuthConfig,
  ) {}

  /** Decides at once where the session is remembered, and after asking the portal otherwise. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const access = accessOf(this.reflector, context);
    if (access === 'anonymous') return true;
    if (context.getType() !== 'http') return this.#elsewhere(context, access === 'optional');
    // Not by switchToHttp(), which makes three functions and changes the context's shape each time.
    return this.#decide(context.getArgByIndex<GuardedRequest>(0), access === 'optional', context);
  }

  /**
   * The session of the context's caller, whatever its handler says of anonymous callers.
   * @throws what the guard answers with when there is none.
   */
  async authenticate(context: ExecutionContext): Promise<DocSpaceSession> {
    await prepareExceptions(context.getType());
    const request = requestOf(context, this.config.contexts);
    const credentials = this.#presented(request, context);
    if (!credentials) throw this.refuse(new DocSpaceRefusedError('invalid-credentials', 'no credentials'), context);
    const call = callOf(this.config, request);
    const verdict = await this.#verdictOf(request, credentials, call);
    const session = await this.#enter(request, credentials, call, verdict, context);
    keepSession(context, session);
    return session;
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

  /** Not over HTTP: our exceptions are loaded first, and the session is kept where an earlier message left its own. */
  async #elsewhere(context: ExecutionContext, optional: boolean): Promise<boolean> {
    await prepareExceptions(context.getType());
    const request = requestOf(context, this.config.contexts);
    const isThrough = await this.#decide(request, optional, context);
    keepSession(context, request.user);
    return isThrough;
  }

  #decide(request: GuardedRequest, optional: boolean, context: ExecutionContext): boolean | Promise<boolean> {
    const credentials = this.#presented(request, context);
    if (!credentials) {
      if (optional) return true;
      throw this.refuse(new DocSpaceRefusedError('invalid-credentials', 'no credentials'), context);
    }
    const call = callOf(this.config, request);
    const remembered = this.sessions.recall(credentials, call);
    if (!remembered) return this.#ask(request, credentials, call, optional, context);
    this.admit(request, remembered);
    return true;
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
    const verdict = await this.#verdictOf(request, credentials, call);
    const isNo = verdict.status === 'anonymous' || verdict.status === 'refused';
    if (!(optional && isNo)) await this.#enter(request, credentials, call, verdict, context);
    return true;
  }

  /** Asked once for a request, however many guards run on it; again for a subclass, whose steps may be others. */
  #verdictOf(request: GuardedRequest, credentials: DocSpaceCredentials, call: DocSpaceCall): Promise<DocSpaceVerdict> {
    const question = { by: this.constructor, credentials, portal: call.portal };
    const earlier = asked.get(request);
    if (earlier && isSame(earlier, question)) return earlier.verdict;
    const verdict = this.verdictOf(credentials, call);
    asked.set(request, Object.assign(question, { verdict }));
    return verdict;
  }

  async #enter(
    request: GuardedRequest,
    credentials: DocSpaceCredentials,
    call: DocSpaceCall,
    verdict: DocSpaceVerdict,
    context: ExecutionContext,
  ): Promise<DocSpaceSession> {
    if (verdict.status !== 'authenticated') throw this.refuse(errorOf(verdict), context);
    try {
      const session = await this.sessions.open(credentials, call, verdict);
      this.admit(request, session);
      return session;
    } catch (error) {
      throw this.refuse(error, context);
    }
  }
}

const isSame = (one: Asked, other: Omit<Asked, 'verdict'>): boolean =>
  one.by === other.by && one.portal === other.portal && one.credentials.equals(other.credentials);
