import { DocSpaceAuthError, DocSpaceLogin } from 'nestjs-docspace-auth';
import { demoUsers, DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { toldBy } from '../support/rejections.js';
import { expectNoSecret, recordLogs } from '../support/secrets.js';
import { PLATFORMS } from '../support/start-app.js';
import { type Answer, answerOf, openDoors } from './doors.js';
import { FIRST_STEPS, type FirstStep, type No, PORTAL, SECRETS } from './first-step.cases.js';

jest.setTimeout(30_000);

const MESSAGES: Record<number, string> = {
  400: expect.stringMatching(/: must be /) as string,
  401: 'Not signed in',
  403: 'Not allowed',
  429: 'Too many attempts',
  502: 'DocSpace gave an answer that cannot be read',
  503: 'DocSpace is not available',
};

const portalWith = async ({ prepare }: FirstStep): Promise<DocSpaceEmulator> => {
  const portal = await DocSpaceEmulator.start({ users: demoUsers, portal: PORTAL });
  prepare?.(portal);
  return portal;
};

const bodyOf = ({ body }: FirstStep, portal: DocSpaceEmulator): object =>
  typeof body === 'function' ? (body as (portal: DocSpaceEmulator) => object)(portal) : body;

function expectNo(answer: Answer, { retryAfter, ...no }: No): void {
  expect(answer.body).toEqual({ ...no, message: MESSAGES[no.statusCode] });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([no.statusCode, retryAfter ?? null]);
  expect(answer.headers.get('www-authenticate')).toBe(no.statusCode === 401 ? 'Bearer' : null);
  expect(answer.headers.get('set-cookie')).toBeNull();
}

const UNAUTHORIZED = { statusCode: 401, message: 'Unauthorized' };

describe.each(FIRST_STEPS)('a first step: $name', (step) => {
  const { outcome, no } = step;

  it.each(PLATFORMS)('on %s, through every door', async (platform) => {
    using logs = recordLogs();
    await using portal = await portalWith(step);
    await using app = await openDoors(portal, platform, { loginThrottle: false }, { logs });
    const posted = (path: string): Promise<Answer> => answerOf(app.post(path, bodyOf(step, portal)));

    const [settled] = await Promise.allSettled([app.get(DocSpaceLogin).start(bodyOf(step, portal))]);
    const guarded = await posted('/guarded');
    const strategy = await posted('/strategy');
    const route = await posted('/auth/login');

    if (outcome) {
      const isComplete = 'token' in outcome;
      expect(JSON.parse(JSON.stringify(settled))).toEqual({ status: 'fulfilled', value: outcome });
      expect(guarded).toMatchObject({ status: 200, body: { outcome, user: isComplete } });
      expect(strategy).toMatchObject(
        isComplete ? { status: 200, body: { outcome, user: true } } : { status: 401, body: UNAUTHORIZED },
      );
      expect(route).toMatchObject({ status: 200, body: outcome });
      expect(route.headers.get('cache-control')).toBe('no-store');
    }
    if (no) {
      expectRejection(settled, no);
      expectNo(guarded, no);
      expectNo(route, no);
      if (no.statusCode === 401) expect(strategy).toMatchObject({ status: 401, body: UNAUTHORIZED });
      else expectNo(strategy, no);
      expectNoSecret([guarded.body, strategy.body, route.body], SECRETS);
    }
    expectNoSecret(logs.lines, [...SECRETS, ...(JSON.stringify(route.body).match(/[\w+/-]{100,}/g) ?? [])]);
  });
});

function expectRejection(settled: PromiseSettledResult<unknown>, { code, reason }: No): void {
  const error: unknown = settled.status === 'rejected' ? settled.reason : undefined;
  if (!(error instanceof DocSpaceAuthError)) throw new Error('it was no refusal of ours');
  expect([error.code, toldBy(error).reason]).toEqual([code, reason]);
  expectNoSecret(error, SECRETS);
}
