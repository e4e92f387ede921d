import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type DocSpaceUser } from 'nestjs-docspace-auth';
import { type Me, MeBody } from './me.dto.js';

@ApiTags('profile')
@ApiBearerAuth()
@Controller('me')
export class ProfileController {
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiOkResponse({ type: MeBody })
  @Get()
  me(@CurrentUser() { displayName, email, role }: DocSpaceUser): Me {
    return { name: displayName, email, role };
  }
}
