import { DocSpaceAuthService, DocSpaceCredentials, DocSpaceSessions } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, type StartedModule } from '../support/start-app';

const ANN = { email: 'ann@example.com', password: 'Secret123!' };

let portal: DocSpaceEmulator;
let app: StartedModule;
let sessions: DocSpaceSessions;
let now: number;
let credentials: DocSpaceCredentials;

const begin = async (options = {}): Promise<void> => {
  app = await anApp().at(portal.url).with(options).compile();
  sessions = app.get(DocSpaceSessions);
};

beforeEach(async () => {
  now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now);
  portal = await DocSpaceEmulator.start({ users: [ANN] });
  credentials = DocSpaceCredentials.token(portal.issueToken(ANN.email));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app[Symbol.asyncDispose]();
  await portal.stop();
});

const asked = (): number =>
  portal.journal.filter(({ request }) => request.method === 'GET' && request.path === '/api/2.0/authentication').length;
const statusNow = async (): Promise<string> => (await sessions.check(credentials)).status;

it('believes a confirmed session for the time allowed, counted from the question', async () => {
  await begin({ sessions: { ttlMs: 5000 } });
  expect(await statusNow()).toBe('authenticated');
  now += 4999;
  expect(await statusNow()).toBe('authenticated');
  expect(asked()).toBe(1);
  now += 1;
  expect(await statusNow()).toBe('authenticated');
  expect(asked()).toBe(2);
});

it('asks again when the clock was set back', async () => {
  await begin();
  await statusNow();
  now -= 1000;
  await statusNow();
  expect(asked()).toBe(2);
});

it('peeks without asking', async () => {
  await begin();
  expect(sessions.peek(credentials)).toBeUndefined();
  await statusNow();
  expect(sessions.peek(credentials)).toEqual({ status: 'authenticated', checkedAt: now, stale: false });
  expect(asked()).toBe(1);
});

it('remembers a no for a second', async () => {
  await begin();
  const garbage = DocSpaceCredentials.token('Z2FyYmFnZQ==');
  for (const step of [0, 999, 1]) {
    now += step;
    expect(await sessions.check(garbage)).toEqual({ status: 'anonymous' });
  }
  expect(asked()).toBe(2);
});

it('remembers nothing of an outage', async () => {
  await begin();
  portal.faults.add({ kind: 'status', status: 500, times: 1 });
  expect(await statusNow()).toBe('unknown');
  expect(await statusNow()).toBe('authenticated');
});

it('remembers nothing when it is told not to, and still shares what is in flight', async () => {
  await begin({ sessions: false });
  await statusNow();
  expect(await Promise.all(Array.from({ length: 20 }, statusNow))).toEqual(Array(20).fill('authenticated'));
  expect(asked()).toBe(2);
});

it('asks once for a hundred concurrent checks', async () => {
  await begin();
  expect(new Set(await Promise.all(Array.from({ length: 100 }, statusNow)))).toEqual(new Set(['authenticated']));
  expect(asked()).toBe(1);
  expect(sessions.statistics()).toMatchObject({
    asked: 1,
    shared: 99,
    misses: 100,
    hits: 0,
    remembered: 1,
    inFlight: 0,
  });
});

it('counts for each portal, and all together', async () => {
  await begin({ portals: { other: { portalUrl: portal.url } } });
  const elsewhere = { portal: 'other' };
  for (let turn = 0; turn < 3; turn++) await statusNow();
  await Promise.all([sessions.check(credentials, elsewhere), sessions.check(credentials, elsewhere)]);
  sessions.forget(credentials, elsewhere);
  portal.revoke(credentials.reveal());
  await sessions.check(credentials, elsewhere);
  sessions.peek(credentials, elsewhere);
  const none = { hits: 0, misses: 0, shared: 0, asked: 0, staleServed: 0, refused: 0 };
  const [one, other] = [
    { ...none, hits: 2, misses: 1, asked: 1 },
    { ...none, hits: 1, misses: 3, shared: 1, asked: 2, refused: 1 },
  ];
  expect(sessions.statistics()).toEqual({
    ...{ ...none, hits: 3, misses: 4, shared: 1, asked: 3, refused: 1 },
    remembered: 1,
    inFlight: 0,
    storeErrors: 0,
    breakers: { default: 'closed', other: 'closed' },
    portals: { default: { ...one, breaker: 'closed' }, other: { ...other, breaker: 'closed' } },
  });
});

it('shares a failure among all who wait for it', async () => {
  await begin();
  portal.faults.add({ kind: 'status', status: 500, times: 1 });
  expect(new Set(await Promise.all(Array.from({ length: 50 }, statusNow)))).toEqual(new Set(['unknown']));
  expect(asked()).toBe(1);
});

it('goes on for the others when one caller gives up', async () => {
  await begin();
  const control = new AbortController();
  const one = sessions.check(credentials, { signal: control.signal });
  const other = sessions.check(credentials);
  control.abort(new Error('gone'));
  await expect(one).rejects.toThrow('gone');
  expect((await other).status).toBe('authenticated');
  expect(asked()).toBe(1);
});

it('keeps good sessions through a flood of garbage', async () => {
  await begin({ sessions: { maxSessions: 4, ttlMs: 60_000 } });
  await statusNow();
  const flood = Array.from({ length: 300 }, (_, index) =>
    sessions.check(DocSpaceCredentials.token(`Z2FyYmFnZQ${index}`)),
  );
  const honest = DocSpaceCredentials.token(portal.issueToken(ANN.email));
  expect((await sessions.check(honest)).status).toBe('authenticated');
  expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set(['anonymous']));
  expect(sessions.peek(credentials)?.status).toBe('authenticated');
});

it('asks again for what was forgotten, and keeps nothing of a question asked before', async () => {
  await begin();
  await statusNow();
  sessions.forget(credentials);
  const flying = statusNow();
  sessions.forget(credentials);
  expect(await flying).toBe('authenticated');
  expect(sessions.peek(credentials)).toBeUndefined();
  expect(asked()).toBe(2);
});

describe('an ended session', () => {
  it('is dead at the portal and here, and says so', async () => {
    await begin();
    await statusNow();
    expect(await sessions.end(credentials)).toEqual({ revoked: true });
    expect(sessions.peek(credentials)).toEqual({ status: 'anonymous' });
    const { response } = await app.get(DocSpaceAuthService).getIsAuthentificated({ credentials });
    expect(response).toBe(false);
  });

  it('is dead here at once when the portal can’t be told', async () => {
    await begin();
    await statusNow();
    portal.faults.add({ kind: 'refuse' });
    await expect(sessions.end(credentials)).rejects.toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
    expect(await statusNow()).toBe('anonymous');
    await portal.faults.clear();
    now += 599_999;
    expect(await statusNow()).toBe('anonymous');
  });

  it('is dead also when a question about it was in flight', async () => {
    await begin();
    portal.faults.add({ kind: 'latency', delayMs: 50, times: 1, method: 'GET' });
    const flying = sessions.check(credentials);
    const ending = sessions.end(credentials);
    expect(await flying).toEqual({ status: 'anonymous' });
    await ending;
    expect(await statusNow()).toBe('anonymous');
  });

  it('is dead after the service’s own logout, before the portal answered', async () => {
    await begin();
    await statusNow();
    const leaving = app.get(DocSpaceAuthService).logout({ credentials });
    expect(sessions.peek(credentials)).toEqual({ status: 'anonymous' });
    await leaving;
  });

  it('is not believed for ten minutes whatever the portal says, and is asked about again after', async () => {
    await begin();
    const key = DocSpaceCredentials.apiKey(portal.issueApiKey(ANN.email));
    expect(await sessions.end(key)).toEqual({ revoked: false });
    now += 599_999;
    expect(await sessions.check(key)).toEqual({ status: 'anonymous' });
    now += 1;
    expect((await sessions.check(key)).status).toBe('authenticated');
  });
});

describe('the user', () => {
  it('is read once, remembered for its own time, and frozen', async () => {
    await begin({ sessions: { userTtlMs: 60_000 } });
    const [one, two] = await Promise.all([sessions.user(credentials), sessions.user(credentials)]);
    expect(one).toBe(two);
    expect(Object.isFrozen(one)).toBe(true);
    expect(one).toMatchObject({ email: ANN.email, role: 'user', isOwner: false });
    const profiles = (): number =>
      portal.journal.filter(({ request }) => request.path === '/api/2.0/people/@self').length;
    now += 59_999;
    await sessions.user(credentials);
    expect(profiles()).toBe(1);
    now += 1;
    await sessions.user(credentials);
    expect(profiles()).toBe(2);
  });

  it('is forgotten with the session', async () => {
    await begin();
    await sessions.user(credentials);
    await sessions.end(credentials);
    await expect(sessions.user(credentials)).rejects.toMatchObject({ reason: 'invalid-credentials' });
  });

  it('of an ended session is nobody, though the portal would still tell', async () => {
    await begin();
    const key = DocSpaceCredentials.apiKey(portal.issueApiKey(ANN.email));
    expect(await sessions.user(key)).toMatchObject({ email: ANN.email });
    await sessions.end(key);
    await expect(sessions.user(key)).rejects.toMatchObject({ reason: 'invalid-credentials' });
  });

  it('is given to nobody whose session ends while it is read', async () => {
    await begin({ loadUser: true });
    const key = DocSpaceCredentials.apiKey(portal.issueApiKey(ANN.email));
    const verdict = { status: 'authenticated', checkedAt: now, stale: false } as const;
    const reading = [sessions.user(key), sessions.open(key, {}, verdict)];
    const ending = sessions.end(key);
    for (const user of reading) await expect(user).rejects.toMatchObject({ reason: 'invalid-credentials' });
    await ending;
  });

  it('keeps nobody waiting who gave up', async () => {
    await begin({ loadUser: true, timeoutMs: 300 });
    portal.faults.add({ kind: 'silent', path: '/api/2.0/people/@self' });
    const caller = new AbortController();
    const verdict = { status: 'authenticated', checkedAt: now, stale: false } as const;
    const opening = sessions.open(credentials, { signal: caller.signal }, verdict);
    const gone = new Error('gone');
    caller.abort(gone);
    await expect(opening).rejects.toBe(gone);
  });

  it('of nobody is refused', async () => {
    await begin();
    await expect(sessions.user(DocSpaceCredentials.token('Z2FyYmFnZQ=='))).rejects.toMatchObject({
      reason: 'invalid-credentials',
      status: 401,
    });
  });
});
