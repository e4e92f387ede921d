import { setImmediate as turn } from 'node:timers/promises';
import {
  DocSpaceAuthError,
  DocSpaceAuthService,
  DocSpaceConfirmation,
  DocSpaceCredentials,
  DocSpaceLogin,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { PortalNotAskedError } from '../../lib/auth/resilience.js';
import { forEachIndex, heapUsed } from '../support/growth.js';
import { SECRETS, toldBy } from '../support/rejections.js';
import { anApp } from '../support/start-app.js';
import { saysYes } from './answer-fuzzer.js';
import { FuzzingPortal, TOKEN } from './fuzzing-portal.js';
import { isOptional, type Shape, unlike } from './shapes.js';

const SEED = Number(process.env['FUZZ_SEED'] ?? 7);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 100_000);
const AT_ONCE = 48;
const REASONS = [
  'invalid-request', 'invalid-credentials', 'invalid-code', 'link-invalid', 'confirmation-required', 'user-disabled',
  'captcha-refused', 'ip-restricted', 'api-key-refused', 'sms-unavailable', 'locked-out', 'too-many-codes',
  'rate-limited', 'portal-not-found', 'portal-maintenance', 'payment-required',
]; // prettier-ignore

const ENVELOPE: Shape = {
  response: isOptional('unknown'),
  count: isOptional('number'),
  links: isOptional('objects'),
  status: isOptional('number'),
  statusCode: isOptional('number'),
};
const LOGIN: Shape = {
  token: isOptional('string'),
  expires: isOptional('string'),
  sms: isOptional('boolean'),
  phoneNoise: isOptional('string', 'null'),
  tfa: isOptional('boolean'),
  tfaKey: isOptional('string', 'null'),
  confirmUrl: isOptional('string', 'null'),
};
const CONFIRM: Shape = {
  result: isOptional('number'),
  roomId: isOptional('string', 'null'),
  title: isOptional('string', 'null'),
  email: isOptional('string', 'null'),
  isAgent: isOptional('boolean'),
};
const OUTCOMES: Record<string, Shape> = {
  authenticated: { status: 'string', token: 'string', expiresAt: isOptional('date') },
  'code-required': {
    status: 'string',
    method: 'string',
    phoneNoise: isOptional('string'),
    codeExpiresAt: isOptional('date'),
    challenge: 'string',
  },
  'app-enrolment': { status: 'string', tfaKey: 'string', otpauthUrl: 'string', challenge: 'string' },
  'phone-enrolment': { status: 'string', challenge: 'string' },
};

/** What is wrong with an envelope; nothing where it is as documented. */
const wrongEnvelope = (envelope: object, response: Shape): string[] => [
  ...unlike(envelope, ENVELOPE, false),
  ...unlike((envelope as { response?: object }).response ?? {}, response, true),
];

/** Whatever an answer does, an error is one of ours, with what it tells as documented, and no text of the portal in it. */
function wrongError(error: unknown): string[] {
  if (!(error instanceof DocSpaceAuthError)) return [`not ours: ${String(error)}`];
  const { reason, status, endpoint, retryAfterMs } = toldBy(error);
  const wrong: string[] = [];
  if (reason !== undefined && !REASONS.includes(reason)) wrong.push(`reason ${reason}`);
  if (![400, 401, 403, 429, 502, 503].includes(error.httpStatus)) wrong.push(`answers ${error.httpStatus}`);
  if (status !== undefined && !(status >= 100 && status <= 999)) wrong.push(`status ${status}`);
  if (endpoint !== undefined && !/^(GET|POST) \/api\/2\.0\/[a-z/@{}]+$/.test(endpoint)) wrong.push(endpoint);
  if (retryAfterMs !== undefined && !(retryAfterMs >= 0 && retryAfterMs <= 3_600_000)) wrong.push(`${retryAfterMs} ms`);
  if (error.message.length > 700 || /[^ -~]|evil|stolen|script/.test(error.message)) wrong.push(error.message);
  return wrong;
}

const { now } = Date;
afterEach(() => (Date.now = now));

describe.each([
  ['node:http', undefined, RUNS / 2],
  ['undici', 'undici', RUNS / 2],
] as const)('a portal that answers anything, over %s', (_, adapter, runs) => {
  it(`leads to documented outcomes only, in ${runs} answers`, async () => {
    await using portal = await FuzzingPortal.start(SEED + (adapter ? 50_000_000 : 0));
    await using app = await anApp()
      .at(portal.url)
      .with({
        timeoutMs: 5000,
        sessions: false,
        loginThrottle: false,
        passwordTransport: 'plain',
        http: adapter ? { adapter } : {},
      })
      .compile();
    const [service, sessions, login] = [
      app.get(DocSpaceAuthService),
      app.get(DocSpaceSessions),
      app.get(DocSpaceLogin),
    ];
    const credentials = DocSpaceCredentials.token(TOKEN);
    const confirmation = DocSpaceConfirmation.of({ type: 'PhoneActivation', key: SECRETS.key });
    const request = { userName: 'ann@example.com', password: SECRETS.password };
    const counts: Record<string, number> = {};

    /** Each resolves to what is wrong with the outcome. */
    const operations: ((call: { client: { userAgent: string } }, index: number) => Promise<string[]>)[] = [
      async (call, index) => {
        const envelope = await service.getIsAuthentificated({ ...call, credentials });
        const isYes = envelope.response === true;
        return [
          ...unlike(envelope, { ...ENVELOPE, response: 'boolean' }, false),
          ...(isYes && !saysYes(portal.answer(index)) ? ['a yes that nobody said'] : []),
        ];
      },
      async (call) => wrongEnvelope(await service.authenticateMe(request, call), LOGIN),
      async (call) => wrongEnvelope(await service.authenticateMeFromBodyWithCode(SECRETS.code, request, call), LOGIN),
      async (call) => wrongEnvelope(await service.sendSmsCode(request, call), LOGIN),
      async (call) =>
        wrongEnvelope(await service.saveMobilePhone({ mobilePhone: '12345' }, { ...call, confirmation }), LOGIN),
      async (call) => wrongEnvelope(await service.checkConfirm({ key: SECRETS.key }, call), CONFIRM),
      async (call) =>
        unlike(await service.logout({ ...call, credentials }), { ...ENVELOPE, response: isOptional('string') }, false),
      async (call) => {
        const outcome = await login.start(request, call);
        return unlike(outcome, OUTCOMES[outcome.status] ?? {}, false);
      },
      async (call) => {
        const user = await sessions.user(credentials, call);
        return Object.entries(user).flatMap(([name, value]) =>
          name.startsWith('is') === (typeof value === 'boolean') && ['string', 'boolean'].includes(typeof value)
            ? []
            : [name],
        );
      },
    ];

    let aheadMs = 0;
    // No spy of jest's: it would keep a note of every call.
    Date.now = () => now() + aheadMs;
    /** Enough broken answers in a row, and the portal is not asked for a while: time is moved on instead of waited for. */
    const nextChance = async (): Promise<void> => {
      if (sessions.statistics().breakers['default'] === 'open') aheadMs += 5000;
      await turn();
    };

    const run = async (index: number): Promise<void> => {
      const operate = operations[index % operations.length] as (typeof operations)[0];
      const outcome = await operate({ client: { userAgent: String(index) } }, index).then(
        (wrong) => ({ told: 'resolved', wrong }),
        (error: unknown) => ({
          told: error instanceof DocSpaceAuthError ? error.name : 'another error',
          wrong: wrongError(error),
          isNotAsked: error instanceof PortalNotAskedError,
        }),
      );
      const { told, wrong } = outcome;
      if (wrong.length > 0) throw new Error(`answer ${index} (seed ${SEED}): ${wrong.join('; ')}`);
      if ('isNotAsked' in outcome && outcome.isNotAsked) {
        await nextChance();
        return run(index);
      }
      counts[told] = (counts[told] ?? 0) + 1;
    };

    await forEachIndex(0, runs / 5, AT_ONCE, run);
    const before = await heapUsed();
    await forEachIndex(runs / 5, runs, AT_ONCE, run);
    expect((await heapUsed()) - before).toBeLessThan(4_000_000);
    expect([...portal.strange]).toEqual([]);
    expect(portal.visitsElsewhere).toBe(0);
    for (const kind of ['resolved', 'DocSpaceRefusedError', 'DocSpaceUnavailableError', 'DocSpaceProtocolError'])
      expect([kind, (counts[kind] ?? 0) > runs / 100]).toEqual([kind, true]);
  }, 300_000);
});
