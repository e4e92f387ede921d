import { Body, Controller, Get, HttpCode, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import {
  AllowAnonymous,
  CurrentSession,
  DocSpaceLogin,
  DocSpaceLoginCookie,
  DocSpaceLoginGuard,
  type DocSpaceLoginOutcome,
  DocSpaceSameOriginGuard,
  type DocSpaceSession,
  LoginOutcome,
  OptionalAuth,
} from 'nestjs-docspace-auth';
import { Portal } from '../portal/portal.js';
import { type Form, text } from './open-step.js';
import { returnPath } from './return-to.js';
import { sendForm } from './send-form.js';
import { SignInFilter } from './sign-in.filter.js';
import { signInPage } from './sign-in.page.js';
import { stepPage } from './step.page.js';

/** Signing in for people: forms in, pages out. What is refused comes back as a page by `SignInFilter`. */
@ApiExcludeController()
@AllowAnonymous()
@UseFilters(SignInFilter)
@Controller('sign-in')
export class SignInController {
  constructor(
    private readonly login: DocSpaceLogin,
    private readonly cookie: DocSpaceLoginCookie,
    private readonly portal: Portal,
  ) {}

  @OptionalAuth()
  @Get()
  form(
    @Query() { returnTo, userName }: Form,
    @CurrentSession() session: DocSpaceSession | undefined,
    @Res() response: Response,
  ): void {
    if (session) response.redirect(303, returnPath(returnTo));
    else response.send(signInPage({ userName: text(userName), returnTo: text(returnTo) }));
  }

  /** The guard logs in, and sets the cookie when that was all. */
  @UseGuards(DocSpaceLoginGuard)
  @HttpCode(200)
  @Post()
  start(@LoginOutcome() outcome: DocSpaceLoginOutcome, @Body() form: Form, @Res() response: Response): void {
    this.#goOn(outcome, form, response);
  }

  @UseGuards(DocSpaceSameOriginGuard)
  @HttpCode(200)
  @Post('code')
  async code(@Body() form: Form = {}, @Req() request: Request, @Res() response: Response): Promise<void> {
    const call = this.login.callOf(request);
    const outcome = await this.login.verifyCode(text(form['challenge']), text(form['code']), call);
    this.cookie.set(response, outcome);
    this.#goOn(outcome, form, response);
  }

  @UseGuards(DocSpaceSameOriginGuard)
  @HttpCode(200)
  @Post('resend')
  async resend(@Body() form: Form = {}, @Req() request: Request, @Res() response: Response): Promise<void> {
    const outcome = await this.login.resendCode(text(form['challenge']), this.login.callOf(request));
    this.#goOn(outcome, form, response, 'Another code is on its way. Use the newest one.');
  }

  @UseGuards(DocSpaceSameOriginGuard)
  @HttpCode(200)
  @Post('phone')
  async phone(@Body() form: Form = {}, @Req() request: Request, @Res() response: Response): Promise<void> {
    const call = this.login.callOf(request);
    const outcome = await this.login.savePhone(text(form['challenge']), text(form['mobilePhone']), call);
    this.#goOn(outcome, form, response);
  }

  /** A step has no page of its own to come back to: what it needs was in the form. */
  @Get(['code', 'resend', 'phone'])
  again(@Res() response: Response): void {
    response.redirect(303, '/sign-in');
  }

  #goOn(outcome: DocSpaceLoginOutcome, { returnTo }: Form, response: Response, notice?: string): void {
    if (outcome.status === 'authenticated') {
      response.redirect(303, returnPath(returnTo));
      return;
    }
    const page = stepPage({ step: outcome, returnTo: text(returnTo), notice, demo: this.portal.isDemo });
    sendForm(response, page, { showsKey: outcome.status === 'app-enrolment' });
  }
}
