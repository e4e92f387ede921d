import { Body, Controller, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AllowAnonymous,
  type CookieResponse,
  CurrentSession,
  type DocSpaceEnded,
  DocSpaceLogin,
  DocSpaceLoginCookie,
  DocSpaceLoginGuard,
  type DocSpaceLoginOutcome,
  type DocSpaceSession,
  DocSpaceSameOriginGuard,
  DocSpaceSessions,
  LoginOutcome,
} from 'nestjs-docspace-auth';
import { ApiDocSpaceAuth } from 'nestjs-docspace-auth/swagger';
import { ChallengeBody, CodeBody, EndedBody, LoginBody, OutcomeBody, PhoneBody } from './auth.dto.js';

/** Signing in for programs: JSON in, JSON out. Whatever is refused is answered by the library. */
@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly login: DocSpaceLogin,
    private readonly sessions: DocSpaceSessions,
    private readonly cookie: DocSpaceLoginCookie,
  ) {}

  @ApiOperation({ summary: 'The first step: a token, or the question for the second' })
  @ApiBody({ type: LoginBody })
  @ApiOkResponse({ type: OutcomeBody })
  @AllowAnonymous()
  @UseGuards(DocSpaceLoginGuard)
  @HttpCode(200)
  @Post('login')
  start(@LoginOutcome() outcome: DocSpaceLoginOutcome): DocSpaceLoginOutcome {
    return outcome;
  }

  @ApiOperation({ summary: 'The second step: the code' })
  @ApiBody({ type: CodeBody })
  @ApiOkResponse({ type: OutcomeBody })
  @AllowAnonymous()
  @UseGuards(DocSpaceSameOriginGuard)
  @HttpCode(200)
  @Post('code')
  async code(
    @Body('challenge') challenge: string,
    @Body('code') code: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<DocSpaceLoginOutcome> {
    const outcome = await this.login.verifyCode(challenge, code, this.login.callOf(request));
    this.cookie.set(response, outcome);
    return outcome;
  }

  @ApiOperation({ summary: 'One more SMS' })
  @ApiBody({ type: ChallengeBody })
  @ApiOkResponse({ type: OutcomeBody })
  @AllowAnonymous()
  @UseGuards(DocSpaceSameOriginGuard)
  @HttpCode(200)
  @Post('resend')
  resend(@Body('challenge') challenge: string, @Req() request: Request): Promise<DocSpaceLoginOutcome> {
    return this.login.resendCode(challenge, this.login.callOf(request));
  }

  @ApiOperation({ summary: 'The phone of a user who has none yet' })
  @ApiBody({ type: PhoneBody })
  @ApiOkResponse({ type: OutcomeBody })
  @AllowAnonymous()
  @UseGuards(DocSpaceSameOriginGuard)
  @HttpCode(200)
  @Post('phone')
  phone(
    @Body('challenge') challenge: string,
    @Body('mobilePhone') phone: string,
    @Req() request: Request,
  ): Promise<DocSpaceLoginOutcome> {
    return this.login.savePhone(challenge, phone, this.login.callOf(request));
  }

  @ApiOperation({ summary: 'Ends the session, here and at the portal' })
  @ApiDocSpaceAuth()
  @ApiOkResponse({ type: EndedBody })
  @HttpCode(200)
  @Post('logout')
  logout(
    @CurrentSession() { credentials }: DocSpaceSession,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<DocSpaceEnded> {
    this.cookie.clear(response);
    return this.sessions.end(credentials);
  }
}
