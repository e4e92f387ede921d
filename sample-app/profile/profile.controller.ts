import { Controller, Get, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { DocSpaceSession } from 'nestjs-docspace-auth';
import { type Me, MeBody } from './me.dto.js';

@ApiTags('profile')
@ApiBearerAuth()
@Controller('me')
export class ProfileController {
  @ApiOperation({ summary: 'The session that the portal confirmed' })
  @ApiOkResponse({ type: MeBody })
  @Get()
  me(@Req() { user }: { user: DocSpaceSession }): Me {
    return { portal: user.portal, checkedAt: new Date(user.checkedAt).toISOString(), stale: user.stale };
  }
}
