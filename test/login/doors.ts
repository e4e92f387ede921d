import { Controller, HttpCode, Post, Req, type Type, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import {
  DocSpaceLoginGuard,
  type DocSpaceLoginOutcome,
  DocSpaceSession,
  LoginOutcome as OutcomeParameter,
} from 'nestjs-docspace-auth';
import type { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, type Platform, type StartedApp } from '../support/start-app.js';
import type { RecordedLogs } from '../support/secrets.js';

type Options = Parameters<ReturnType<typeof anApp>['with']>[0];

/** What a handler behind a login saw. */
export interface Seen {
  readonly outcome: DocSpaceLoginOutcome;
  readonly user: boolean;
}

interface WithUser {
  readonly user?: unknown;
}

@Controller()
class Doors {
  @Post('guarded')
  @HttpCode(200)
  @UseGuards(DocSpaceLoginGuard)
  guarded(@OutcomeParameter() outcome: DocSpaceLoginOutcome, @Req() request: WithUser): Seen {
    return { outcome, user: request.user instanceof DocSpaceSession };
  }

  @Post('strategy')
  @HttpCode(200)
  @UseGuards(AuthGuard('docspace'))
  strategy(@OutcomeParameter() outcome: DocSpaceLoginOutcome, @Req() request: WithUser): Seen {
    return { outcome, user: request.user instanceof DocSpaceSession };
  }
}

/** An application with every way to log in: a guarded handler, Passport, and the ready-made routes. */
export async function openDoors(
  portal: Pick<DocSpaceEmulator, 'url'>,
  platform: Platform,
  options: Options = {},
  { logs, more = [] }: { logs?: RecordedLogs; more?: Type[] } = {},
): Promise<StartedApp> {
  const app = anApp()
    .at(portal.url)
    .on(platform)
    .with({ routes: 'auth', passwordTransport: 'plain', ...options })
    .controllers(Doors, ...more);
  return (logs ? app.logTo(logs) : app).start();
}

/** An answer, with its JSON read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function answerOf(asked: Promise<Response>): Promise<Answer> {
  const response = await asked;
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}
