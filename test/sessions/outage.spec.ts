import { DocSpaceCredentials, DocSpaceSessions, type DocSpaceVerdict } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, type StartedModule } from '../support/start-app';

const ANN = { email: 'ann@example.com', password: 'Secret123!' };

let portal: DocSpaceEmulator;
let app: StartedModule;
let sessions: DocSpaceSessions;
let now: number;

const begin = async (options = {}): Promise<void> => {
  app = await anApp().at(portal.url).with(options).compile();
  sessions = app.get(DocSpaceSessions);
};
const someToken = (): DocSpaceCredentials => DocSpaceCredentials.token(portal.issueToken(ANN.email));
const asked = (): number => portal.journal.length;
const breaker = (): string | undefined => sessions.statistics().breakers['default'];
const errorOf = (verdict: DocSpaceVerdict): unknown => (verdict.status === 'unknown' ? verdict.error : verdict.status);

beforeEach(async () => {
  now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  portal = await DocSpaceEmulator.start({ users: [ANN] });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app[Symbol.asyncDispose]();
  await portal.stop();
});

describe('a question whose answer got lost', () => {
  it.each([
    ['a reset', { kind: 'reset' as const }],
    ['a 502', { kind: 'status' as const, status: 502 }],
    ['a 503', { kind: 'status' as const, status: 503 }],
    ['a 504', { kind: 'status' as const, status: 504 }],
  ])('is asked once more after %s', async (_, fault) => {
    await begin();
    portal.faults.add({ ...fault, times: 1 });
    expect((await sessions.check(someToken())).status).toBe('authenticated');
    expect(asked()).toBe(2);
  });

  it.each([
    ['a 503 that names a time', { kind: 'status' as const, status: 503, retryAfter: 9 }],
    ['a 500', { kind: 'status' as const, status: 500 }],
    ['a 429', { kind: 'status' as const, status: 429 }],
  ])('is not asked again after %s', async (_, fault) => {
    await begin();
    portal.faults.add({ ...fault, times: 1 });
    expect((await sessions.check(someToken())).status).toBe('unknown');
    expect(asked()).toBe(1);
  });

  it('is not asked a third time', async () => {
    await begin();
    portal.faults.add({ kind: 'status', status: 502 });
    expect((await sessions.check(someToken())).status).toBe('unknown');
    expect(asked()).toBe(2);
  });
});

describe('the circuit breaker', () => {
  const fail = async (times: number): Promise<void> => {
    for (let count = 0; count < times; count++) await sessions.check(someToken());
  };

  it('opens after five answers that never came, and says at once how long it stays open', async () => {
    await begin();
    portal.faults.add({ kind: 'refuse' });
    await fail(5);
    expect(breaker()).toBe('open');
    await portal.faults.clear();
    now += 2000;
    expect(errorOf(await sessions.check(someToken()))).toMatchObject({
      code: 'ERR_DOCSPACE_UNAVAILABLE',
      retryAfterMs: 3000,
    });
    expect(asked()).toBe(0);
  });

  it('closes again when the portal answers after that time, and serves all who waited', async () => {
    await begin();
    portal.faults.add({ kind: 'refuse' });
    await fail(5);
    await portal.faults.clear();
    now += 5000;
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => sessions.check(someToken())));
    expect(new Set(verdicts.map(({ status }) => status))).toEqual(new Set(['authenticated']));
    expect(breaker()).toBe('closed');
  });

  it.each([500, 429, 404, 402, 403, 401, 400, 302])(
    'counts no answer with the status %i, which callers may provoke',
    async (status) => {
      await begin();
      portal.faults.add({ kind: 'status', status });
      await fail(12);
      expect(breaker()).toBe('closed');
    },
  );

  it('counts timeouts', async () => {
    await begin({ timeoutMs: 60 });
    portal.faults.add({ kind: 'silent' });
    await Promise.all(Array.from({ length: 6 }, () => sessions.check(someToken())));
    expect(breaker()).toBe('open');
  });
});

describe('a session confirmed lately', () => {
  const later = async (ms: number): Promise<DocSpaceVerdict> => {
    const credentials = someToken();
    await sessions.check(credentials);
    now += ms;
    return sessions.check(credentials);
  };

  it('passes as stale during an outage for the time allowed', async () => {
    await begin({ sessions: { staleOnOutageMs: 60_000 } });
    const credentials = someToken();
    const confirmedAt = now;
    await sessions.check(credentials);
    portal.faults.add({ kind: 'refuse' });
    now += 59_999;
    expect(await sessions.check(credentials)).toEqual({ status: 'authenticated', checkedAt: confirmedAt, stale: true });
    expect(sessions.statistics().staleServed).toBe(1);
    now += 1;
    expect((await sessions.check(credentials)).status).toBe('unknown');
  });

  it('brings the user that was read last, though that is older than a user is believed', async () => {
    await begin({ loadUser: true, sessions: { staleOnOutageMs: 600_000, userTtlMs: 60_000 } });
    const credentials = someToken();
    const enter = async (): Promise<unknown> => {
      const verdict = await sessions.check(credentials);
      return verdict.status === 'authenticated' && sessions.open(credentials, {}, verdict);
    };
    await enter();
    portal.faults.add({ kind: 'refuse' });
    now += 599_999;
    expect(await enter()).toMatchObject({ stale: true, user: { email: ANN.email } });
    sessions.forget(credentials);
    expect(await enter()).toBe(false);
  });

  it('brings the user that was read last when only the user is older than is believed', async () => {
    await begin({ loadUser: true, sessions: { ttlMs: 600_000, staleOnOutageMs: 600_000, userTtlMs: 60_000 } });
    const credentials = someToken();
    const enter = async (): Promise<unknown> => {
      const verdict = await sessions.check(credentials);
      return verdict.status === 'authenticated' && sessions.open(credentials, {}, verdict);
    };
    await enter();
    now += 60_000;
    portal.faults.add({ kind: 'garbage', path: '/api/2.0/people/@self' });
    await expect(enter()).rejects.toMatchObject({ code: 'ERR_DOCSPACE_PROTOCOL' });
    await portal.faults.clear();
    portal.faults.add({ kind: 'refuse' });
    expect(await enter()).toMatchObject({ stale: false, user: { email: ANN.email } });
    await expect(sessions.user(credentials)).rejects.toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
  });

  it('brings no old user where sessions may not stand in', async () => {
    await begin({ loadUser: true, sessions: { ttlMs: 600_000, userTtlMs: 60_000 } });
    const credentials = someToken();
    const open = async (): Promise<unknown> =>
      sessions.open(credentials, {}, { status: 'authenticated', checkedAt: now, stale: false });
    await open();
    now += 60_000;
    portal.faults.add({ kind: 'refuse' });
    await expect(open()).rejects.toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
  });

  it('does not pass by default', async () => {
    await begin();
    const credentials = someToken();
    await sessions.check(credentials);
    portal.faults.add({ kind: 'refuse' });
    now += 5000;
    expect((await sessions.check(credentials)).status).toBe('unknown');
  });

  it.each([
    [404, '{"title":"Not Found","status":404,"traceId":"00"}'],
    [403, '{"title":"Forbidden","status":403,"traceId":"00"}'],
    [402, ''],
    [429, ''],
  ])('does not pass when the portal itself answers %i', async (status, body) => {
    await begin({ sessions: { staleOnOutageMs: 60_000 } });
    portal.faults.add({ kind: 'latency', delayMs: 0, times: 1 });
    portal.faults.add({ kind: 'status', status, body });
    expect((await later(6000)).status).toBe('unknown');
  });

  it('does not pass when it was ended meanwhile', async () => {
    await begin({ sessions: { staleOnOutageMs: 60_000 } });
    const credentials = someToken();
    await sessions.check(credentials);
    portal.faults.add({ kind: 'refuse' });
    await expect(sessions.end(credentials)).rejects.toThrow();
    expect((await sessions.check(credentials)).status).toBe('anonymous');
  });
});

it('bounds what is under way for one address, and leaves room for others', async () => {
  await begin();
  portal.faults.add({ kind: 'latency', delayMs: 50, times: 40 });
  const from = (address: string): Promise<DocSpaceVerdict> => sessions.check(someToken(), { client: { address } });
  const flood = Array.from({ length: 40 }, () => from('192.0.2.1'));
  expect((await from('192.0.2.2')).status).toBe('authenticated');
  const statuses = (await Promise.all(flood)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 'unknown')).toHaveLength(8);
  expect((await from('192.0.2.1')).status).toBe('authenticated');
});
