import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { DocSpaceRefusedError } from 'nestjs-docspace-auth';

/**
 * Refuses a step that another site posted, which would sign its visitor in as somebody else. The library's own guards
 * do this for the first step and for the log-out.
 */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { origin, host, 'sec-fetch-site': site } = context.switchToHttp().getRequest<Request>().headers;
    const isOwn =
      site !== undefined
        ? site === 'same-origin'
        : origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
    if (!isOwn) throw new DocSpaceRefusedError('cross-site', 'posted from another site');
    return true;
  }
}
