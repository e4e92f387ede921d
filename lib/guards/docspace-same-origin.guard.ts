import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { isCrossSite } from '../auth/cross-site.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { toException } from './exceptions.js';
import { httpRequestOf } from './request.js';

/**
 * Refuses what a browser posts from another site, with credentials or without: a login or log-out nobody asked for. For
 * routes of your own that take a step of a login; `DocSpaceLoginGuard` and the ready-made routes do it by themselves.
 *
 * Told by `trustedOrigins`, then `Sec-Fetch-Site` (W3C Fetch Metadata), then `Origin` against `Host`; a request with no
 * such header comes from no browser and passes.
 */
@Injectable()
export class DocSpaceSameOriginGuard implements CanActivate {
  constructor(
    /** The module's options, complete. */
    @Inject(DOCSPACE_CONFIG) protected readonly config: DocSpaceAuthConfig,
  ) {}

  /** True, or throws 403 `cross-site`. */
  canActivate(context: ExecutionContext): boolean {
    if (!isCrossSite(httpRequestOf(context, 'DocSpaceSameOriginGuard'), this.config.trustedOrigins)) return true;
    throw toException(new DocSpaceRefusedError('cross-site', 'posted from another site'), context);
  }
}
