import { Controller, Get, Query, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CurrentUser, type DocSpaceUser, OptionalAuth } from 'nestjs-docspace-auth';
import { PageFilter } from '../pages/page.filter.js';
import { Portal } from '../portal/portal.js';
import { startPage } from './start.page.js';

@ApiExcludeController()
@UseFilters(PageFilter)
@Controller()
export class HomeController {
  constructor(private readonly portal: Portal) {}

  @OptionalAuth()
  @Get()
  home(@CurrentUser() user: DocSpaceUser | undefined, @Query('signed-out') signedOut: string | undefined): string {
    return startPage({ portal: this.portal, user, hasSignedOut: signedOut !== undefined && !user });
  }
}
