import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type DocSpaceUser } from 'nestjs-docspace-auth';
import { ApiDocSpaceAuth } from 'nestjs-docspace-auth/swagger';
import { type Me, MeBody } from './me.dto.js';

@ApiTags('profile')
@ApiDocSpaceAuth()
@Controller('me')
export class ProfileController {
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiOkResponse({ type: MeBody })
  @Get()
  me(@CurrentUser() { displayName, email, role }: DocSpaceUser): Me {
    return { name: displayName, email, role };
  }
}
