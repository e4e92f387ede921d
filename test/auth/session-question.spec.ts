import { DocSpaceAuthService, type DocSpaceCall, DocSpaceCredentials } from 'nestjs-docspace-auth';
import { askAnswer, askVerdict } from '../../lib/auth/session-question.js';
import { answered, bare, failed, invalid, problem } from '../support/answers.js';
import { type RawAnswer, RawServer } from '../support/raw-server.js';
import { rejectionOf, SECRETS } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const ENDPOINT = 'GET /api/2.0/authentication';
const token = DocSpaceCredentials.token(SECRETS.token);
const jwt = DocSpaceCredentials.jwt(SECRETS.jwt);
const apiKey = DocSpaceCredentials.apiKey(SECRETS.apiKey);
const basic = DocSpaceCredentials.basic('ann', SECRETS.password);

let portal: RawServer;
let app: StartedModule;
let service: DocSpaceAuthService;

beforeEach(async () => {
  portal = await RawServer.start();
  app = await anApp()
    .at('http://127.0.0.1:9')
    .with({ portals: { other: { portalUrl: portal.url } } })
    .compile();
  service = app.get(DocSpaceAuthService);
});
afterEach(async () => {
  await app[Symbol.asyncDispose]();
  await portal[Symbol.asyncDispose]();
});

const at: DocSpaceCall = { portal: 'other' };

/** Whoever presents an API key gets the first answer, whoever presents none the second. */
const toKeysAndOthers = (toKeys: RawAnswer, toOthers: RawAnswer): void =>
  portal.answer(({ headers }) => (headers['authorization'] ? toKeys : toOthers));

describe('a verdict', () => {
  it.each<[is: string, to: DocSpaceCredentials, answer: RawAnswer, verdict: object]>([
    ['anonymous', token, answered('false'), { status: 'anonymous' }],
    ['anonymous', jwt, failed(401, 'x'), { status: 'anonymous' }],
    ['anonymous', jwt, failed(400, 'x'), { status: 'anonymous' }],
    ['unknown', token, failed(401, 'x'), { status: 'unknown', error: { code: 'ERR_DOCSPACE_PROTOCOL', status: 401 } }],
    ['unknown', token, invalid(), { status: 'unknown', error: { code: 'ERR_DOCSPACE_PROTOCOL', status: 400 } }],
    ['unknown', basic, failed(401, 'x'), { status: 'unknown', error: { code: 'ERR_DOCSPACE_PROTOCOL', status: 401 } }],
    ['unknown', jwt, bare(429), { status: 'unknown', error: { reason: 'rate-limited' } }],
    ['unknown', jwt, bare(500), { status: 'unknown', error: { code: 'ERR_DOCSPACE_UNAVAILABLE' } }],
    ['refused', token, bare(403, 'restricted'), { status: 'refused', reason: 'ip-restricted' }],
  ])('is %s: %#', async (_, credentials, answer, verdict) => {
    portal.answer(answer);
    expect(await askVerdict(service, credentials, at)).toMatchObject(verdict);
    expect(portal.requests).toHaveLength(1);
  });

  it('that cannot be read says which endpoint answered, and how', async () => {
    portal.answer(failed(401, 'x'));
    expect(await askVerdict(service, token, at)).toMatchObject({
      error: { message: `${ENDPOINT}: refused, invalid-credentials`, endpoint: ENDPOINT, status: 401 },
    });
  });

  it('counts from when the portal was asked, not from its answer', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(1000);
    portal.answer(() => {
      clock.mockReturnValue(2000);
      return answered('true');
    });
    expect(await askVerdict(service, token, at)).toEqual({ status: 'authenticated', checkedAt: 1000, stale: false });
    clock.mockRestore();
  });

  it('is asked for in the name of the caller’s client, and no longer than he waits', async () => {
    const caller = new AbortController();
    const gone = new Error('gone');
    portal.answer(() => {
      caller.abort(gone);
      return undefined;
    });
    const client = { address: '192.0.2.7', userAgent: 'a browser' };
    const asking = askVerdict(service, token, { ...at, client, signal: caller.signal });
    expect(await rejectionOf(asking)).toBe(gone);
    expect(portal.last.headers).toMatchObject({ 'x-forwarded-for': ['192.0.2.7'], 'user-agent': ['a browser'] });
  });

  it('is none for a portal that nobody configured', async () => {
    expect(await rejectionOf(askVerdict(service, token, { portal: 'nowhere' }))).toBeInstanceOf(TypeError);
  });
});

describe('an API key that is refused', () => {
  it.each<[what: string, toOthers: RawAnswer]>([
    ['no', answered('false')],
    ['yes', answered('true')],
  ])('is refused itself when whoever presents none is answered (%s)', async (_, toOthers) => {
    toKeysAndOthers(problem(403), toOthers);
    expect(await askVerdict(service, apiKey, at)).toEqual({ status: 'refused', reason: 'api-key-refused' });
    expect(portal.requests.map(({ headers }) => headers['authorization'])).toEqual([
      [`Bearer ${SECRETS.apiKey}`],
      undefined,
    ]);
  });

  it.each<[what: string, toOthers: RawAnswer]>([
    ['maintenance', problem(403)],
    ['an outage', bare(500)],
    ['nonsense', bare(200, '<html>')],
  ])('is not known to be when whoever presents none meets %s', async (_, toOthers) => {
    toKeysAndOthers({ ...problem(403), headers: { 'retry-after': '7' } }, toOthers);
    expect(await askVerdict(service, apiKey, at)).toMatchObject({
      status: 'unknown',
      retryAfterMs: 7000,
      error: {
        reason: 'portal-maintenance',
        message: `${ENDPOINT}: refused, api-key-refused`,
        endpoint: ENDPOINT,
        status: 403,
      },
    });
  });

  it('is not waited for by a caller who gives up, the second time either', async () => {
    const leaving = new AbortController();
    portal.answer(({ headers }) => {
      if (headers['authorization']) return bare(403);
      leaving.abort(new Error('gave up'));
      return undefined;
    });
    await expect(askVerdict(service, apiKey, { ...at, signal: leaving.signal })).rejects.toThrow('gave up');
    expect(portal.requests).toHaveLength(2);
  });

  it('is asked about for the caller’s client both times', async () => {
    portal.answer(problem(403));
    await askVerdict(service, apiKey, { ...at, client: { address: '192.0.2.7' } });
    expect(portal.requests.map(({ headers }) => headers['x-forwarded-for'])).toEqual([['192.0.2.7'], ['192.0.2.7']]);
  });
});

describe('what the memory is told', () => {
  it.each<[kind: string, to: DocSpaceCredentials, answer: RawAnswer, told: object]>([
    ['a yes and its time', token, answered('true'), { kind: 'confirmed', at: expect.any(Number) as number }],
    ['a no', token, answered('false'), { kind: 'refused', verdict: { status: 'anonymous' } }],
    [
      'a refusal',
      token,
      bare(403, 'restricted'),
      { kind: 'refused', verdict: { status: 'refused', reason: 'ip-restricted' } },
    ],
    ['an outage, for which a yes may stand in', token, bare(500), { kind: 'unknown', mayStandIn: true }],
    ['an answer that says nothing, for which none may', token, bare(404), { kind: 'unknown', mayStandIn: false }],
    ['an answer that cannot be read, for which none may', token, bare(200), { kind: 'unknown', mayStandIn: false }],
  ])('is %s', async (_, credentials, answer, told) => {
    portal.answer(answer);
    expect(await askAnswer(service, credentials, at)).toMatchObject(told);
  });
});
