import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import { DocSpaceCredentials } from './credentials.js';
import { DocSpaceLogin } from './docspace-login.js';
import { DocSpaceSession } from './docspace-session.js';
import { DocSpaceRefusedError, REFUSAL_STATUS } from './errors.js';
import { type DocSpaceLoginOutcome, keepOutcome } from './login-outcome.js';
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
 * Succeeds only when the login is complete, with a `DocSpaceSession`. Fails, so that a next strategy is tried, for a 401
 * and while a second step is open; anything else is an error, which ends the chain.
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
    try {
      const outcome = await this.#login.start(request.body as AuthRequestsDto, {
        client: this.#config.client?.(request),
      });
      keepOutcome(request, outcome);
      if (outcome.status !== 'authenticated') return [false, { code: 'second-step-required', outcome }];
      return new DocSpaceSession(DocSpaceCredentials.token(outcome.token), 'default', Date.now(), false);
    } catch (error) {
      if (error instanceof DocSpaceRefusedError && REFUSAL_STATUS[error.reason] === 401)
        return [false, { code: error.reason }];
      throw error;
    }
  }
}
