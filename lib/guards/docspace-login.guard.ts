import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { callOf } from '../auth/caller.js';
import { isCrossSite } from '../auth/cross-site.js';
import { DocSpaceLogin } from '../auth/docspace-login.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import { keepOutcome, sessionOf } from '../auth/login-outcome.js';
import type { AuthRequestsDto } from '../auth/requests.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { type CookieResponse, DocSpaceLoginCookie } from './docspace-login-cookie.js';
import { toException } from './exceptions.js';
import { httpRequestOf } from './request.js';

/**
 * Logs in with the request's body, an `AuthRequestsDto`, before the handler of a login route runs. The handler takes what
 * came of it by `@LoginOutcome()`; `request.user`, and the cookie where `loginCookie` is on, are set only when the login
 * is complete.
 *
 * A refused login does not reach the handler: 400, 401, 403 or 429 with its reason, 403 too when another site posted it;
 * 503 or 502 for the portal's failures.
 */
@Injectable()
export class DocSpaceLoginGuard implements CanActivate {
  constructor(
    /** Logs in with the body. */
    protected readonly login: DocSpaceLogin,
    /** Sets the cookie, where the option `loginCookie` is on. */
    protected readonly cookie: DocSpaceLoginCookie,
    /** The module's options, complete. */
    @Inject(DOCSPACE_CONFIG) protected readonly config: DocSpaceAuthConfig,
  ) {}

  /** Always true, or throws. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = httpRequestOf(context, 'DocSpaceLoginGuard');
    const call = callOf(this.config, request);
    try {
      if (isCrossSite(request, this.config.trustedOrigins))
        throw new DocSpaceRefusedError('cross-site', 'posted from another site');
      const outcome = await this.login.start(request.body as AuthRequestsDto, call);
      keepOutcome(request, outcome);
      const session = sessionOf(outcome, call);
      if (!session) return true;
      request.user = session;
      if (this.config.setsCookie)
        this.cookie.set(context.switchToHttp().getResponse<CookieResponse>(), outcome, call.portal);
      return true;
    } catch (error) {
      throw toException(error, context);
    }
  }
}
