import { Agent, request as httpRequest } from 'node:http';
import { Controller, Get, HttpException, Post, UseGuards } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  CurrentSession,
  DocSpaceAuthGuard,
  type DocSpaceErrorBody,
  type DocSpaceGuardedRequest,
  DocSpaceSession,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { forEachIndex, heapUsed } from '../support/growth.js';
import { anApp, PLATFORMS } from '../support/start-app.js';
import { fuzzedHeaders, GOOD } from './credential-fuzzer.js';
import { KnowingPortal } from './knowing-portal.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? 7);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100_000);
const OVER_HTTP = RUNS / 10;

@UseGuards(DocSpaceAuthGuard)
@Controller()
class Guarded {
  @Get()
  read(@CurrentSession() { credentials }: DocSpaceSession): object {
    return { kind: credentials.kind, secret: credentials.reveal() };
  }
  @Post()
  write(@CurrentSession() session: DocSpaceSession): object {
    return this.read(session);
  }
}

const isGood = ({ kind, secret }: { kind: keyof typeof GOOD; secret: string }): boolean => GOOD[kind] === secret;
const accept = ['token', 'api-key', 'jwt', 'basic'] as const;

/** What is wrong with a refusal's body. */
function wrongBody(status: number, body: Partial<DocSpaceErrorBody>): string | undefined {
  const { statusCode, code, reason, message, ...more } = body;
  const isTold =
    statusCode === status &&
    code === 'ERR_DOCSPACE_REFUSED' &&
    (status === 401 ? reason === 'invalid-credentials' && message === 'Not signed in' : reason === 'cross-site') &&
    Object.keys(more).length === 0;
  return isTold && [401, 403].includes(status) ? undefined : `${status} ${JSON.stringify(body)}`;
}

it(`lets in nobody but whom the portal knows, of ${RUNS} who present anything`, async () => {
  await using portal = await KnowingPortal.start();
  await using app = await anApp()
    .at(portal.url)
    .with({ accept: [...accept] })
    .controllers(Guarded)
    .compile();
  const [guard, sessions] = [app.get(DocSpaceAuthGuard), app.get(DocSpaceSessions)];
  const response = { header: () => response };
  const handler = (): void => undefined;
  const counts = { through: 0, refused: 0 };

  const run = async (index: number): Promise<void> => {
    const { method, headers } = fuzzedHeaders(SEED, index, true);
    const request = { method, headers: { host: '127.0.0.1', ...headers }, user: undefined } as DocSpaceGuardedRequest;
    const context = new ExecutionContextHost([request, response], Guarded, handler);
    let wrong: string | undefined;
    try {
      await guard.canActivate(context);
      counts.through++;
      const { credentials } = request.user as DocSpaceSession;
      if (!isGood({ kind: credentials.kind, secret: credentials.reveal() })) wrong = 'somebody came in';
    } catch (error) {
      counts.refused++;
      if (error instanceof HttpException) wrong = wrongBody(error.getStatus(), error.getResponse() as object);
      else wrong = String(error);
      if (request.user !== undefined) wrong = 'a user in spite of a refusal';
    }
    if (wrong !== undefined) throw new Error(`request ${index} (seed ${SEED}), ${JSON.stringify(headers)}: ${wrong}`);
  };

  await forEachIndex(0, RUNS * 0.4, 64, run);
  const before = await heapUsed();
  await forEachIndex(RUNS * 0.4, RUNS, 64, run);
  expect((await heapUsed()) - before).toBeLessThan(4_000_000);
  expect(portal.strange.slice(0, 3)).toEqual([]);
  expect(sessions.statistics()).toMatchObject({ inFlight: 0, remembered: Object.keys(GOOD).length });
  expect(counts.through).toBeGreaterThan(RUNS / 20);
  expect(portal.asked).toBeGreaterThan(RUNS / 20);
}, 300_000);

describe.each(PLATFORMS)('on %s', (platform) => {
  it(`answers ${OVER_HTTP} such requests with 200, 401 or 403`, async () => {
    await using portal = await KnowingPortal.start();
    await using app = await anApp()
      .on(platform)
      .at(portal.url)
      .with({ accept: [...accept] })
      .controllers(Guarded)
      .start();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });

    const ask = (index: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const { method, headers } = fuzzedHeaders(SEED + RUNS, index, false);
        const options = {
          agent,
          method: method === 'GET' ? 'GET' : 'POST',
          headers: { ...headers, 'content-length': 0 },
        };
        const asked = httpRequest(app.url, options, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => (text += part));
          answer.on('end', () => {
            const { statusCode = 0 } = answer;
            const body = JSON.parse(text) as never;
            const wrong =
              statusCode < 300 ? (isGood(body) ? undefined : 'somebody came in') : wrongBody(statusCode, body);
            if (wrong === undefined) resolve();
            else reject(new Error(`request ${index} (seed ${SEED}), ${JSON.stringify(headers)}: ${wrong}`));
          });
        });
        asked.on('error', reject).end();
      });

    await forEachIndex(0, OVER_HTTP, 16, ask);
    agent.destroy();
    expect(portal.strange.slice(0, 3)).toEqual([]);
  }, 120_000);
});
