import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import { callOf } from './caller.js';
import { isCookieForgery } from './cross-site.js';
import { DocSpaceSession } from './docspace-session.js';
import { DocSpaceSessions } from './docspace-sessions.js';
import type { DocSpaceStrategyInfo } from './docspace.strategy.js';
import { DocSpaceRefusedError } from './errors.js';

/**
 * The session check as a Passport strategy, named `docspace-session`, for `AuthGuard(['jwt', 'docspace-session'])`.
 *
 * Succeeds with a `DocSpaceSession`; fails, so that a next strategy is tried, without credentials or where the portal says
 * no; an outage is an error, which ends the chain with 503.
 */
@Injectable()
export class DocSpaceSessionStrategy extends PassportStrategy(Strategy, 'docspace-session') {
  readonly #sessions: DocSpaceSessions;
  readonly #config: DocSpaceAuthConfig;

  constructor(sessions: DocSpaceSessions, @Inject(DOCSPACE_CONFIG) config: DocSpaceAuthConfig) {
    super();
    this.#sessions = sessions;
    this.#config = config;
  }

  /** Called by Passport with the request. */
  async validate(
    request: DocSpaceRequest & { method?: string },
  ): Promise<DocSpaceSession | [false, DocSpaceStrategyInfo]> {
    const credentials = this.#sessions.credentialsOf(request);
    if (!credentials) return [false, { code: 'invalid-credentials' }];
    if (isCookieForgery(request, credentials, this.#config))
      throw new DocSpaceRefusedError('cross-site', 'sent from another site');
    const call = callOf(this.#config, request);
    const verdict = await this.#sessions.check(credentials, call);
    if (verdict.status === 'unknown') throw verdict.error;
    if (verdict.status === 'anonymous') return [false, { code: 'invalid-credentials' }];
    if (verdict.status === 'refused') return [false, { code: verdict.reason }];
    return this.#sessions.open(credentials, call, verdict);
  }
}
