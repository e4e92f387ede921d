import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import { callOf } from './caller.js';
import { isCrossSite } from './cross-site.js';
import { DocSpaceLogin } from './docspace-login.js';
import type { DocSpaceSession } from './docspace-session.js';
import { DocSpaceRefusedError } from './errors.js';
import { type DocSpaceLoginOutcome, keepOutcome, sessionOf } from './login-outcome.js';
import { namesSomebody } from './login-request.js';
import type { AuthRequestsDto } from './requests.js';

/** Why the strategy failed, as Passport's `info`. */
export interface DocSpaceStrategyInfo {
  /** `second-step-required`, or the reason of the refusal. */
  code: string;
  /** What the login came to, while its second step is open. */
  outcome?: DocSpaceLoginOutcome;
}

/**
 * The login as a Passport strategy, named `docspace`: reads the body, never the query string.
 *
 * Succeeds only when the login is complete, with a `DocSpaceSession`. Fails, so that a next strategy is tried, for a body
 * that names nobody, for a 401, and while a second step is open; anything else is an error, which ends the chain.
 * @example
 * @UseGuards(AuthGuard('docspace'))
 * @Post('login')
 * login(@Req() request: { user: DocSpaceSession }) {}
 */
@Injectable()
export class DocSpaceStrategy extends PassportStrategy(Strategy, 'docspace') {
  readonly #login: DocSpaceLogin;
  readonly #config: DocSpaceAuthConfig;

  constructor(login: DocSpaceLogin, @Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    super();
    this.#login = login;
    this.#config = config;
  }

  /** Called by Passport with the request. */
  async validate(
    request: DocSpaceRequest & { body?: unknown },
  ): Promise<DocSpaceSession | [false, DocSpaceStrategyInfo]> {
    const call = callOf(this.#config, request);
    try {
      if (isCrossSite(request, this.#config.trustedOrigins))
        throw new DocSpaceRefusedError('cross-site', 'posted from another site');
      if (!namesSomebody(request.body)) return [false, { code: 'invalid-request' }];
      const outcome = await this.#login.start(request.body as AuthRequestsDto, call);
      keepOutcome(request, outcome);
      return sessionOf(outcome, call) ?? [false, { code: 'second-step-required', outcome }];
    } catch (error) {
      if (error instanceof DocSpaceRefusedError && error.httpStatus === 401) return [false, { code: error.reason }];
      throw error;
    }
  }
}
