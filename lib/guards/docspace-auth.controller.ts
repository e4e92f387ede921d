import { Body, Controller, Get, Header, HttpCode, Inject, Post, Req, Res, type Type, UseGuards } from '@nestjs/common';
import { callOf } from '../auth/caller.js';
import { DocSpaceLogin } from '../auth/docspace-login.js';
import { DocSpaceSessions } from '../auth/docspace-sessions.js';
import type { DocSpaceUser } from '../auth/docspace-user.js';
import { DocSpaceRefusedError } from '../auth/errors.js';
import type { DocSpaceLoginComplete, DocSpaceLoginOutcome } from '../auth/login-outcome.js';
import type { DocSpaceEnded } from '../auth/session-reports.js';
import { DOCSPACE_CONFIG, type DocSpaceAuthConfig } from '../docspace-auth.config.js';
import { AllowAnonymous, CurrentUser, LoginOutcome, RequireAuth } from './decorators.js';
import { DocSpaceAuthGuard } from './docspace-auth.guard.js';
import { type CookieResponse, DocSpaceLoginCookie } from './docspace-login-cookie.js';
import { DocSpaceLoginGuard } from './docspace-login.guard.js';
import { DocSpaceSameOriginGuard } from './docspace-same-origin.guard.js';
import type { GuardedRequest } from './guarded-request.js';

/** What the browser is told of an outcome: the token only where no HttpOnly cookie carries it. */
type ShownOutcome = Exclude<DocSpaceLoginOutcome, DocSpaceLoginComplete> | Omit<DocSpaceLoginComplete, 'token'>;

/** Tokens, challenges and profiles are for nobody's cache (RFC 6749 section 5.1). */
const UNCACHED = ['Cache-Control', 'no-store'] as const;

/** The whole login as routes, mounted by the extra `routes`: `login`, `code`, `resend`, `phone`, `logout` and `me`. */
@AllowAnonymous()
export class DocSpaceAuthController {
  constructor(
    private readonly login: DocSpaceLogin,
    private readonly sessions: DocSpaceSessions,
    private readonly cookie: DocSpaceLoginCookie,
    @Inject(DOCSPACE_CONFIG) private readonly config: DocSpaceAuthConfig,
  ) {}

  /** The first step; the body is an `AuthRequestsDto`. */
  @Post('login')
  @Header(...UNCACHED)
  @HttpCode(200)
  @UseGuards(DocSpaceLoginGuard)
  start(@LoginOutcome() outcome: DocSpaceLoginOutcome): ShownOutcome {
    return this.#shown(outcome);
  }

  /** The second step: `{ challenge, code }`. */
  @Post('code')
  @Header(...UNCACHED)
  @HttpCode(200)
  @UseGuards(DocSpaceSameOriginGuard)
  async verifyCode(
    @Body() body: StepBody | undefined,
    @Req() request: GuardedRequest,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<ShownOutcome> {
    const call = callOf(this.config, request);
    const outcome = await this.login.verifyCode(textOf(body, 'challenge'), textOf(body, 'code'), call);
    if (this.config.setsCookie) this.cookie.set(response, outcome, call.portal);
    return this.#shown(outcome);
  }

  /** Another SMS code: `{ challenge }`. */
  @Post('resend')
  @Header(...UNCACHED)
  @HttpCode(200)
  @UseGuards(DocSpaceSameOriginGuard)
  async resendCode(@Body() body: StepBody | undefined, @Req() request: GuardedRequest): Promise<ShownOutcome> {
    return this.#shown(await this.login.resendCode(textOf(body, 'challenge'), callOf(this.config, request)));
  }

  /** The phone of a user who has none yet: `{ challenge, mobilePhone }`. */
  @Post('phone')
  @Header(...UNCACHED)
  @HttpCode(200)
  @UseGuards(DocSpaceSameOriginGuard)
  async savePhone(@Body() body: StepBody | undefined, @Req() request: GuardedRequest): Promise<ShownOutcome> {
    const [challenge, phone] = [textOf(body, 'challenge'), textOf(body, 'mobilePhone')];
    return this.#shown(await this.login.savePhone(challenge, phone, callOf(this.config, request)));
  }

  /** Ends the session, and clears the cookie even when the portal can't be told. */
  @Post('logout')
  @Header(...UNCACHED)
  @HttpCode(200)
  @UseGuards(DocSpaceSameOriginGuard)
  async logout(
    @Req() request: GuardedRequest,
    @Res({ passthrough: true }) response: CookieResponse,
  ): Promise<DocSpaceEnded> {
    const call = callOf(this.config, request);
    const credentials = this.sessions.credentialsOf(request);
    if (this.config.setsCookie) this.cookie.clear(response, call.portal);
    return credentials ? this.sessions.end(credentials, call) : { revoked: true };
  }

  /** Who is signed in. */
  @Get('me')
  @Header(...UNCACHED)
  @RequireAuth()
  @UseGuards(DocSpaceAuthGuard)
  me(@CurrentUser() user: DocSpaceUser): DocSpaceUser {
    return user;
  }

  #shown(outcome: DocSpaceLoginOutcome): ShownOutcome {
    if (outcome.status !== 'authenticated' || !this.config.setsCookie) return outcome;
    const { token, ...shown } = outcome;
    return shown;
  }
}

/** A controller of its own for each place, since Nest keeps a controller's path on its class. */
export function controllerAt(path: string): Type<DocSpaceAuthController> {
  @Controller(path)
  class MountedAuthController extends DocSpaceAuthController {}
  return MountedAuthController;
}

/** Whatever was posted, of whatever type. */
type StepBody = Partial<Record<'challenge' | 'code' | 'mobilePhone', unknown>>;

function textOf(body: StepBody | undefined, field: keyof StepBody): string {
  const value = body?.[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new DocSpaceRefusedError('invalid-request', `${field}: must be a non-empty string`);
}
