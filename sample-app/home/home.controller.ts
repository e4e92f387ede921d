import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AllowAnonymous } from 'nestjs-docspace-auth';

@ApiTags('home')
@AllowAnonymous()
@Controller()
export class HomeController {
  @ApiOperation({ summary: 'What there is, for everybody' })
  @Get()
  home(): { name: string; openApi: string } {
    return { name: 'nestjs-docspace-auth sample', openApi: '/docs' };
  }
}
