import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { DocSpaceCredentials } from '../auth/credentials.js';
import { DocSpaceLogin } from '../auth/docspace-login.js';
import { DocSpaceSession } from '../auth/docspace-session.js';
import { keepOutcome } from '../auth/login-outcome.js';
import type { AuthRequestsDto } from '../auth/requests.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { toException } from './exceptions.js';
import { requestOf } from './request.js';

/**
 * Logs in with the request's body, an `AuthRequestsDto`, before the handler of a login route runs. The handler takes what
 * came of it by `@LoginOutcome()`; `request.user` is set only when the login is complete.
 *
 * A refused login does not reach the handler: 400, 401, 403 or 429 with its reason; 503 or 502 for the portal's failures.
 */
@Injectable()
export class DocSpaceLoginGuard implements CanActivate {
  constructor(
    protected readonly login: DocSpaceLogin,
    @Inject(DOCSPACE_CONFIG) protected readonly config: DocSpaceAuthConfig,
  ) {}

  /** Always true, or throws. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    try {
      const outcome = await this.login.start(request.body as AuthRequestsDto, {
        client: this.config.client?.(request),
      });
      keepOutcome(request, outcome);
      if (outcome.status === 'authenticated')
        request.user = new DocSpaceSession(DocSpaceCredentials.token(outcome.token), 'default', Date.now(), false);
      return true;
    } catch (error) {
      throw toException(error, context);
    }
  }
}
