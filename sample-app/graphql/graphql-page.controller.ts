import { Controller, Get, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CurrentUser, type DocSpaceUser, OptionalAuth } from 'nestjs-docspace-auth';
import { PageFilter } from '../pages/page.filter.js';
import { graphqlPage } from './graphql.page.js';

@ApiExcludeController()
@UseFilters(PageFilter)
@Controller()
export class GraphqlPageController {
  /** Open to everybody, so that a visitor sees how resolvers refuse him. */
  @OptionalAuth()
  @Get('graphql-page')
  graphql(@CurrentUser() user?: DocSpaceUser): string {
    return graphqlPage(user);
  }
}
