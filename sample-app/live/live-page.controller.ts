import { Controller, Get, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CurrentUser, type DocSpaceUser, OptionalAuth } from 'nestjs-docspace-auth';
import { PageFilter } from '../pages/page.filter.js';
import { livePage } from './live.page.js';

@ApiExcludeController()
@UseFilters(PageFilter)
@Controller()
export class LivePageController {
  /** Open to everybody, so that a visitor sees how the socket refuses him. */
  @OptionalAuth()
  @Get('live')
  live(@CurrentUser() user?: DocSpaceUser): string {
    return livePage(user);
  }
}
