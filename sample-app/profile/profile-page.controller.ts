import { Controller, Get, HttpCode, Post, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import {
  CurrentSession,
  CurrentUser,
  DocSpaceLoginCookie,
  type DocSpaceSession,
  DocSpaceSessions,
  DocSpaceUnavailableError,
  type DocSpaceUser,
} from 'nestjs-docspace-auth';
import { PageFilter } from '../pages/page.filter.js';
import { profilePage, signedOutPage } from './profile.page.js';

/** The page behind the guard, and the way out. */
@ApiExcludeController()
@UseFilters(PageFilter)
@Controller()
export class ProfilePageController {
  constructor(
    private readonly sessions: DocSpaceSessions,
    private readonly cookie: DocSpaceLoginCookie,
  ) {}

  @Get('profile')
  profile(@CurrentUser() user: DocSpaceUser, @CurrentSession() session: DocSpaceSession): string {
    return profilePage(user, session);
  }

  @HttpCode(200)
  @Post('sign-out')
  async signOut(@CurrentSession() { credentials }: DocSpaceSession, @Res() response: Response): Promise<void> {
    this.cookie.clear(response);
    try {
      const { singleLogoutUrl } = await this.sessions.end(credentials);
      if (singleLogoutUrl === undefined) {
        response.redirect(303, '/?signed-out');
        return;
      }
      // Not a redirect: the policy lets no form lead to another site, not even by one.
      response.set('Refresh', `0; url=${singleLogoutUrl}`).send(signedOutPage({ singleLogoutUrl }));
    } catch (error) {
      if (!(error instanceof DocSpaceUnavailableError)) throw error;
      response.send(signedOutPage({ isPortalTold: false }));
    }
  }
}
