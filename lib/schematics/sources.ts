/** What the application is given, as source text in the form that the `.prettierrc` of `nest new` asks for. */

/** Reads the environment, and says which variable is wrong. */
export const settings = `import type { DocSpaceAuthModuleOptions } from 'nestjs-docspace-auth';

/** What DocSpaceAuthModule is told by the environment; .env.example describes it. */
export function docspaceSettings(): DocSpaceAuthModuleOptions {
  const { DOCSPACE_URL, DOCSPACE_SECRET, NODE_ENV } = process.env;
  // Specs that sign nobody in need no portal; they get the address of an emulator.
  const standIn = NODE_ENV === 'test' ? 'http://127.0.0.1:8092' : '';
  const portalUrl = DOCSPACE_URL || standIn;
  if (!URL.canParse(portalUrl)) {
    throw new Error(
      'DOCSPACE_URL must be the address of a DocSpace, such as https://docspace.example.com',
    );
  }
  if (DOCSPACE_SECRET && DOCSPACE_SECRET.length < 32) {
    throw new Error('DOCSPACE_SECRET must have at least 32 characters');
  }
  return { portalUrl, ...(DOCSPACE_SECRET && { secret: DOCSPACE_SECRET }) };
}
`;

/** The lines of `.env.example`. */
export const environment = `# The DocSpace to sign in with. To try it without one: npx nestjs-docspace-auth emulator --port 8092
DOCSPACE_URL=http://127.0.0.1:8092
# Seals the second step of a login, 32 characters or more; several processes need the same one. Empty: random.
DOCSPACE_SECRET=
`;

/** A login of two steps over JSON, and who is signed in. */
export const controller = `import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Post,
  Req,
  UseGuards,
} from '@nestjs/common';
import {
  AllowAnonymous,
  CurrentSession,
  CurrentUser,
  DocSpaceAuthGuard,
  type DocSpaceEnded,
  DocSpaceLogin,
  DocSpaceLoginGuard,
  type DocSpaceLoginOutcome,
  type DocSpaceRequest,
  DocSpaceSameOriginGuard,
  type DocSpaceSession,
  DocSpaceSessions,
  type DocSpaceUser,
  LoginOutcome,
} from 'nestjs-docspace-auth';

@Controller('docspace')
export class DocSpaceController {
  constructor(
    private readonly login: DocSpaceLogin,
    private readonly sessions: DocSpaceSessions,
  ) {}

  /** The first step, { userName, password }: a token, or the question for the second. */
  @AllowAnonymous()
  @UseGuards(DocSpaceLoginGuard)
  @Header('Cache-Control', 'no-store')
  @HttpCode(200)
  @Post('login')
  start(@LoginOutcome() outcome: DocSpaceLoginOutcome): DocSpaceLoginOutcome {
    return outcome;
  }

  /** The second step: the code of an SMS or of an authenticator. */
  @AllowAnonymous()
  @UseGuards(DocSpaceSameOriginGuard)
  @Header('Cache-Control', 'no-store')
  @HttpCode(200)
  @Post('code')
  code(
    @Body('challenge') challenge: string,
    @Body('code') code: string,
    @Req() request: DocSpaceRequest,
  ): Promise<DocSpaceLoginOutcome> {
    const call = this.login.callOf(request);
    return this.login.verifyCode(challenge, code, call);
  }

  /** One more SMS. */
  @AllowAnonymous()
  @UseGuards(DocSpaceSameOriginGuard)
  @Header('Cache-Control', 'no-store')
  @HttpCode(200)
  @Post('resend')
  resend(
    @Body('challenge') challenge: string,
    @Req() request: DocSpaceRequest,
  ): Promise<DocSpaceLoginOutcome> {
    return this.login.resendCode(challenge, this.login.callOf(request));
  }

  /** The phone of a user who has none yet; sends the first SMS. */
  @AllowAnonymous()
  @UseGuards(DocSpaceSameOriginGuard)
  @Header('Cache-Control', 'no-store')
  @HttpCode(200)
  @Post('phone')
  phone(
    @Body('challenge') challenge: string,
    @Body('mobilePhone') mobilePhone: string,
    @Req() request: DocSpaceRequest,
  ): Promise<DocSpaceLoginOutcome> {
    const call = this.login.callOf(request);
    return this.login.savePhone(challenge, mobilePhone, call);
  }

  @UseGuards(DocSpaceAuthGuard)
  @HttpCode(200)
  @Post('logout')
  logout(
    @CurrentSession() session: DocSpaceSession,
    @Req() request: DocSpaceRequest,
  ): Promise<DocSpaceEnded> {
    const call = this.login.callOf(request);
    return this.sessions.end(session.credentials, call);
  }

  @UseGuards(DocSpaceAuthGuard)
  @Header('Cache-Control', 'no-store')
  @Get('me')
  me(@CurrentUser() user: DocSpaceUser): DocSpaceUser {
    return user;
  }
}
`;
