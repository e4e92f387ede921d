import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { isCrossSite } from '../auth/cross-site.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { toException } from './exceptions.js';
import { httpRequestOf } from './request.js';

/** Refuses what a browser posts from another site, with credentials or without: a login or logout nobody asked for. */
@Injectable()
export class SameOriginGuard implements CanActivate {
  constructor(@Inject(DOCSPACE_CONFIG) private readonly config: DocSpaceAuthConfig) {}

  /** True, or throws 403 `cross-site`. */
  canActivate(context: ExecutionContext): boolean {
    if (!isCrossSite(httpRequestOf(context, 'SameOriginGuard'), this.config.trustedOrigins)) return true;
    throw toException(new DocSpaceRefusedError('cross-site', 'posted from another site'), context);
  }
}
