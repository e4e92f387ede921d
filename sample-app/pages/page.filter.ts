import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DocSpaceAuthError } from 'nestjs-docspace-auth';
import { html } from './html.js';
import { layout } from './layout.js';
import { problemOf } from './sentences.js';

/** Answers a browser: whoever is not signed in is taken to the sign-in page and back, anything else is a page. */
@Catch(HttpException, DocSpaceAuthError)
export class PageFilter implements ExceptionFilter<HttpException | DocSpaceAuthError> {
  catch(thrown: HttpException | DocSpaceAuthError, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = problemOf(thrown, retryAfter(response));
    if (problem.reason === 'invalid-credentials') {
      response.redirect(303, request.method === 'GET' ? `/sign-in?returnTo=${encodeURIComponent(request.url)}` : '/');
      return;
    }
    const body = html`<p><a class="button" href="/">To the start page</a></p>`;
    response.status(problem.status).send(layout({ title: 'That did not work', problem: problem.sentence, body }));
  }
}

/** What the library told the client already, in seconds. */
export function retryAfter(response: Response): number | undefined {
  const header = response.getHeader('Retry-After');
  return header === undefined ? undefined : Number(header);
}
