import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { DocSpaceEmulator, DocSpaceEmulatorOptions } from 'nestjs-docspace-auth/testing';
import { expectNoSecret, recordLogs } from '../support/secrets.js';
import { type Answer, Visitor } from './browser.js';
import { type StartedSample, startSample } from './start-sample.js';

/** What a scene is played with. */
export interface Stage {
  readonly sample: StartedSample;
  readonly portal: DocSpaceEmulator;
  readonly visitor: Visitor;
}

export interface Scenery {
  readonly portal?: DocSpaceEmulatorOptions;
  readonly browser?: BrowserContextOptions;
}

/**
 * Plays with a sample and a visitor of its own. Afterwards nothing that the browser was answered and nothing that was
 * logged may hold a password, its hash or a token, and no page may have tried what its policy forbids.
 */
export async function scene(
  browser: Browser,
  play: (stage: Stage) => Promise<void>,
  scenery: Scenery = {},
): Promise<void> {
  using logs = recordLogs();
  await using sample = await startSample(scenery.portal, logs);
  await using visitor = await Visitor.arrive(browser, sample.url, scenery.browser);
  await play({ sample, portal: sample.portal, visitor });
  const { typed, complaints } = visitor;
  const answers = await visitor.leave();
  const hashes = typed.map(({ userName }) => sample.portal.users.get(userName)?.passwordHash ?? '');
  const passwords = typed.map(({ password }) => password);
  const secrets = [...tokensIn(answers), ...hashes].filter((secret) => secret !== '');
  expect(complaints).toEqual([]);
  expectNoSecret(answers.map(withoutLoginCookie), secrets);
  expectNoSecret(answers.filter(isNoDemoPage(sample.url)), passwords);
  expectNoSecret(logs.lines, [...secrets, ...passwords]);
}

const LOGIN_COOKIE = /^asc_auth_key=([^;]+)/;

const tokensIn = (answers: readonly Answer[]): string[] =>
  answers.flatMap(({ headers }) =>
    headers.flatMap(({ value }) => {
      const token = LOGIN_COOKIE.exec(value)?.[1];
      return token === undefined ? [] : [decodeURIComponent(token)];
    }),
  );

/** The one place where a token belongs. */
const withoutLoginCookie = (answer: Answer): Answer => ({
  ...answer,
  headers: answer.headers.filter(({ value }) => !LOGIN_COOKIE.test(value)),
});

/** The start page shows the demo accounts with their passwords, which are no secrets; it has no business with others. */
const isNoDemoPage =
  (url: string) =>
  (answer: Answer): boolean =>
    new URL(answer.url).pathname !== '/' || !answer.url.startsWith(url);
