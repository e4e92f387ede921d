import { Controller, Get, UseGuards } from '@nestjs/common';
import { AllowAnonymous, CurrentUser, DocSpaceAuthGuard, type DocSpaceUser, OptionalAuth } from 'nestjs-docspace-auth';
import type { Platform } from '../../support/start-app.js';
import { bearer, type Driver, refusalIn, type Seen, startApp } from './driver.js';

@Controller()
@UseGuards(DocSpaceAuthGuard)
class Routes {
  @Get('protected')
  protected(@CurrentUser() user?: DocSpaceUser): Seen {
    return { user: user?.email ?? null };
  }

  @OptionalAuth()
  @Get('optional')
  optional(@CurrentUser() user?: DocSpaceUser): Seen {
    return { user: user?.email ?? null };
  }

  @AllowAnonymous()
  @Get('anonymous')
  anonymous(@CurrentUser() user?: DocSpaceUser): Seen {
    return { user: user?.email ?? null };
  }
}

export const http =
  (platform: Platform) =>
  async (portalUrl: string): Promise<Driver> => {
    const app = await startApp({ options: { portalUrl }, platform, controllers: [Routes] });
    return {
      async call(access, token) {
        const response = await app.fetch(`/${access}`, { headers: bearer(token) });
        const body: unknown = await response.json();
        if (response.ok) return body as Seen;
        expect(body).toMatchObject({ statusCode: response.status });
        expect(response.headers.get('www-authenticate')).toBe(response.status === 401 ? 'Bearer' : null);
        expect(response.headers.has('retry-after')).toBe(response.status === 503);
        return refusalIn(body);
      },
      [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
    };
  };
