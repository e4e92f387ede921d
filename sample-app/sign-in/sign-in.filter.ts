import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DocSpaceAuthError, type DocSpaceRefusalReason, DocSpaceSessions } from 'nestjs-docspace-auth';
import { retryAfter } from '../pages/page.filter.js';
import { type Problem, problemOf } from '../pages/sentences.js';
import { Portal } from '../portal/portal.js';
import { type Form, type OpenStep, readStep, text } from './open-step.js';
import { returnPath } from './return-to.js';
import { sendForm } from './send-form.js';
import { signInPage } from './sign-in.page.js';
import { stepPage } from './step.page.js';

/** Reasons that end a sign-in: it starts from the beginning. With any other its step is shown again. */
const ENDS: readonly (DocSpaceRefusalReason | undefined)[] = [
  'challenge-invalid',
  'invalid-credentials',
  'user-disabled',
  'ip-restricted',
  'cross-site',
];

/** Shows the form again that was refused, with a sentence that says why. */
@Injectable()
@Catch(HttpException, DocSpaceAuthError)
export class SignInFilter implements ExceptionFilter<HttpException | DocSpaceAuthError> {
  constructor(
    private readonly sessions: DocSpaceSessions,
    private readonly portal: Portal,
  ) {}

  async catch(thrown: HttpException | DocSpaceAuthError, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const request = http.getRequest<Request>();
    const form = (request.body ?? {}) as Form;
    const problem = problemOf(thrown, retryAfter(response));
    // A form sent twice, or again after the back button: whoever is signed in needs no second sign-in.
    if (problem.reason === 'challenge-invalid' && (await this.#isSignedIn(request))) {
      response.redirect(303, returnPath(form['returnTo']));
      return;
    }
    const step = ENDS.includes(problem.reason) ? undefined : readStep(form);
    // Not 401: that is for programs, and no browser keeps its answer for the back button.
    response.status(problem.status === 401 ? 422 : problem.status).removeHeader('WWW-Authenticate');
    sendForm(response, this.#page(form, step, problem), { showsKey: step?.status === 'app-enrolment' });
  }

  #page(form: Form, step: OpenStep | undefined, problem: Problem): string {
    const returnTo = text(form['returnTo']);
    return step
      ? stepPage({ step, returnTo, problem, demo: this.portal.isDemo })
      : signInPage({ userName: text(form['userName']), returnTo, problem });
  }

  async #isSignedIn(request: Request): Promise<boolean> {
    const credentials = this.sessions.credentialsOf(request);
    return credentials !== undefined && (await this.sessions.check(credentials)).status === 'authenticated';
  }
}
