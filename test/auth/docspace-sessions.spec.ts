import { DocSpaceAuthService, type DocSpaceCall, DocSpaceCredentials, DocSpaceSessions } from 'nestjs-docspace-auth';
import type { DocSpaceStoreListener, StoredSession } from '../../lib/memory/session-store.js';
import { answered, bare } from '../support/answers.js';
import { CountingStore } from '../support/counting-store.js';
import { type Answering, type RawAnswer, RawServer } from '../support/raw-server.js';
import { rejectionOf, SECRETS } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const credentials = DocSpaceCredentials.token(SECRETS.token);
const another = DocSpaceCredentials.token('YW5vdGhlciBvbmU=');
const CHECK = '/api/2.0/authentication';
const SELF = '/api/2.0/people/@self';

/** What a portal answers, by path. */
const answering =
  (answers: Record<string, RawAnswer> = {}): Answering =>
  ({ url }) =>
    ({
      [CHECK]: answered('true'),
      [`${CHECK}/logout`]: answered(undefined),
      [SELF]: answered('{"id":"66faa6e4","email":"ann@example.com"}'),
      ...answers,
    })[url];

let portal: RawServer;
const started: StartedModule[] = [];
beforeEach(async () => {
  portal = await RawServer.start(answering());
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const app of started.splice(0)) await app[Symbol.asyncDispose]();
  await portal[Symbol.asyncDispose]();
});

async function begin(options: object = {}): Promise<DocSpaceSessions> {
  const app = await anApp().at(portal.url).with(options).compile();
  started.push(app);
  return app.get(DocSpaceSessions);
}
const serviceOf = (): DocSpaceAuthService => (started.at(-1) as StartedModule).get(DocSpaceAuthService);
const asked = (path: string): number => portal.requests.filter(({ url }) => url === path).length;

it('finds the credentials of a request, of the kinds that are accepted', async () => {
  const sessions = await begin({ accept: ['token'] });
  const cookie = `asc_auth_key=${encodeURIComponent(SECRETS.token)}`;
  expect(sessions.credentialsOf({ headers: { cookie } })?.reveal()).toBe(SECRETS.token);
  expect(sessions.credentialsOf({ headers: { authorization: `Bearer ${SECRETS.apiKey}` } })).toBeUndefined();
});

describe('a session that is recalled', () => {
  it('is the one that was confirmed, without a question', async () => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now);
    const sessions = await begin();
    expect(sessions.recall(credentials, {})).toBeUndefined();
    await sessions.check(credentials);
    const session = sessions.recall(credentials, {});
    expect(session).toEqual({ credentials, portal: 'default', checkedAt: now, stale: false });
    expect([sessions.statistics().hits, portal.requests.length]).toEqual([1, 1]);
  });

  it('is none without its user, where users are wanted', async () => {
    const sessions = await begin({ loadUser: true });
    const verdict = await sessions.check(credentials);
    expect(sessions.recall(credentials, {})).toBeUndefined();
    if (verdict.status === 'authenticated') await sessions.open(credentials, {}, verdict);
    expect(sessions.recall(credentials, {})).toMatchObject({ user: { email: 'ann@example.com' }, stale: false });
    expect([asked(CHECK), asked(SELF)]).toEqual([1, 1]);
  });
});

describe('a session that is opened', () => {
  const verdict = { status: 'authenticated', checkedAt: 7, stale: true } as const;

  it('is what was confirmed, and asks for nobody where users are not wanted', async () => {
    const sessions = await begin({ portals: { other: { portalUrl: portal.url } } });
    const session = await sessions.open(credentials, { portal: 'other' }, verdict);
    expect(session).toEqual({ credentials, portal: 'other', checkedAt: 7, stale: true });
    expect(portal.requests).toHaveLength(0);
  });

  it('has its user where users are wanted', async () => {
    const sessions = await begin({ loadUser: true });
    const session = await sessions.open(credentials, {}, verdict);
    expect(session).toMatchObject({ credentials, portal: 'default', checkedAt: 7, stale: true });
    expect(session.user).toMatchObject({ email: 'ann@example.com' });
  });
});

describe('a check', () => {
  it('asks once, and remembers', async () => {
    const sessions = await begin();
    const verdict = await sessions.check(credentials);
    expect(await sessions.check(credentials)).toEqual(verdict);
    expect(portal.requests).toHaveLength(1);
  });

  it('asks nobody of what can be no credentials', async () => {
    const sessions = await begin();
    const none = DocSpaceCredentials.presented('api-key', 'sk-');
    expect(await sessions.check(none)).toEqual({ status: 'anonymous' });
    expect(portal.requests).toHaveLength(0);
  });

  it('asks the portal that is meant, and does not tell it who calls: its answer is for all who call', async () => {
    const sessions = await begin({ portalUrl: 'http://127.0.0.1:9', portals: { other: { portalUrl: portal.url } } });
    const verdict = await sessions.check(credentials, { portal: 'other', client: { address: '192.0.2.7' } });
    expect(verdict.status).toBe('authenticated');
    expect(portal.last.headers).not.toHaveProperty('x-forwarded-for');
  });

  it('of more than 32 from one address says when to come again', async () => {
    let letGo: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (letGo = resolve));
    portal.answer((_request, response) => {
      void open.then(() => response.end('{"response":true}'));
      return undefined;
    });
    const sessions = await begin();
    const ask = (index: number, address: string) =>
      sessions.check(DocSpaceCredentials.token(`token-number-${index}`), { client: { address } });
    const flood = Array.from({ length: 32 }, (_, index) => ask(index, '192.0.2.7'));
    expect(await ask(32, '192.0.2.7')).toMatchObject({ status: 'unknown', retryAfterMs: 1000 });
    const [other, shared] = [ask(33, '192.0.2.8'), ask(0, '192.0.2.7')];
    letGo();
    for (const verdict of [...flood, other, shared]) expect((await verdict).status).toBe('authenticated');
    expect((await ask(34, '192.0.2.7')).status).toBe('authenticated');
  });
});

describe('what is forgotten', () => {
  it('is asked again: the session and its user', async () => {
    const sessions = await begin();
    await Promise.all([sessions.check(credentials), sessions.user(credentials)]);
    sessions.forget(credentials);
    expect(sessions.peek(credentials)).toBeUndefined();
    await Promise.all([sessions.check(credentials), sessions.user(credentials)]);
    expect([asked(CHECK), asked(SELF)]).toEqual([2, 2]);
  });
});

describe('an ending', () => {
  it('is told once to those who wait for it, and to nobody else', async () => {
    const sessions = await begin({ portals: { other: { portalUrl: portal.url } } });
    const told: string[] = [];
    const wait = (name: string, waitingFor: DocSpaceCredentials, call?: DocSpaceCall): void =>
      void sessions
        .endingOf(waitingFor, call)
        .subscribe({ next: () => told.push(name), complete: () => told.push(`${name} is over`) });
    wait('it', credentials);
    wait('another', another);
    wait('elsewhere', credentials, { portal: 'other' });
    await sessions.end(credentials);
    await sessions.end(credentials);
    expect(told).toEqual(['it', 'it is over']);
  });

  it.each<[response: string, singleLogoutUrl: string | undefined]>([
    ['"/sso/slo?data=x"', '/sso/slo?data=x'],
    ['"javascript:alert(1)"', undefined],
    ['""', undefined],
  ])('names where to leave the single sign-on, absolute, if it is a place: %s', async (response, singleLogoutUrl) => {
    portal.answer(answering({ [`${CHECK}/logout`]: answered(response), [CHECK]: answered('false') }));
    const sessions = await begin();
    expect(await sessions.end(credentials)).toStrictEqual({
      revoked: true,
      ...(singleLogoutUrl !== undefined && { singleLogoutUrl: portal.url + singleLogoutUrl }),
    });
  });

  it('is asked for in the name of the caller’s client, at his portal, until he gives up', async () => {
    portal.answer(answering({ [`${CHECK}/logout`]: answered('"/slo"') }));
    const sessions = await begin({
      portalUrl: 'http://127.0.0.1:9',
      portals: { other: { portalUrl: portal.url } },
    });
    const call = { portal: 'other', client: { address: '192.0.2.7' } };
    expect(await sessions.end(credentials, call)).toEqual({ revoked: false, singleLogoutUrl: `${portal.url}/slo` });
    expect(portal.requests.map(({ method, headers }) => [method, headers['x-forwarded-for']])).toEqual([
      ['POST', ['192.0.2.7']],
      ['GET', ['192.0.2.7']],
    ]);
    const gone = new Error('gone');
    const ending = sessions.end(another, { ...call, signal: AbortSignal.abort(gone) });
    expect(await rejectionOf(ending)).toBe(gone);
    expect(sessions.peek(another, call)).toEqual({ status: 'anonymous' });
  });

  it('forgets the user, too', async () => {
    const sessions = await begin();
    await sessions.user(credentials);
    await sessions.end(credentials);
    const later = Date.now() + 600_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    await sessions.user(credentials);
    expect(asked(SELF)).toBe(2);
  });
});

/** What two nodes share within one process. */
class SharedStore extends CountingStore {
  readonly #values = new Map<string, string>();
  readonly #revoked = new Set<string>();
  readonly listeners: DocSpaceStoreListener[] = [];
  readonly closed: string[] = [];

  override get(key?: string): Promise<StoredSession> {
    const value = this.#values.get(key ?? '');
    return Promise.resolve({ revoked: this.#revoked.has(key ?? ''), ...(value !== undefined && { value }) });
  }
  override put(key?: string, value?: string): Promise<boolean> {
    this.#values.set(key ?? '', value ?? '');
    return Promise.resolve(true);
  }
  override revoke(key?: string): Promise<void> {
    this.#values.delete(key ?? '');
    this.#revoked.add(key ?? '');
    for (const listener of this.listeners) listener.revoked(key ?? '');
    return Promise.resolve();
  }
  override listen(listener?: DocSpaceStoreListener): void {
    if (listener) this.listeners.push(listener);
  }
  override close(): Promise<void> {
    this.closed.push('closed');
    return Promise.resolve();
  }
}

describe('nodes that share a store', () => {
  const NEWER = 'a newer secret that all of the nodes share';
  const SECRET = 'a secret that all of the nodes share';
  const sharing = (store: SharedStore, secret: string | string[] = SECRET): object => ({ secret, sessions: { store } });

  it('believe each other, and hear of endings, whichever secret each signs with', async () => {
    const store = new SharedStore();
    const [here, there] = [await begin(sharing(store, [NEWER, SECRET])), await begin(sharing(store, [SECRET, NEWER]))];
    const told = jest.fn();
    there.endingOf(credentials).subscribe(told);
    await Promise.all([here.check(credentials), there.check(credentials)]);
    await here.end(credentials);
    expect([there.peek(credentials), told.mock.calls.length]).toEqual([{ status: 'anonymous' }, 1]);
    const before = portal.requests.length;
    const [one, other] = [await begin(sharing(store)), await begin(sharing(store))];
    expect((await one.check(another)).status).toBe('authenticated');
    expect((await other.check(another)).status).toBe('authenticated');
    expect(portal.requests.length - before).toBe(1);
  });

  it('remember nothing for sure once messages may have been lost', async () => {
    const store = new SharedStore();
    const sessions = await begin(sharing(store));
    await sessions.check(credentials);
    expect(sessions.peek(credentials)?.status).toBe('authenticated');
    for (const listener of store.listeners) listener.lost();
    expect(sessions.peek(credentials)).toBeUndefined();
  });

  it('tell how often the store failed', async () => {
    const store = new SharedStore();
    const sessions = await begin(sharing(store));
    expect(sessions.statistics().storeErrors).toBe(0);
    store.get = () => Promise.reject(new Error('out of order'));
    await sessions.check(credentials);
    expect(sessions.statistics().storeErrors).toBe(1);
  });

  it('close the store when they have told it of what was under way', async () => {
    const store = new SharedStore();
    const sessions = await begin(sharing(store));
    let answer: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) =>
      portal.answer((_request, response) => {
        answer = () => response.end('{"response":true}');
        resolve();
        return undefined;
      }),
    );
    const put = jest.spyOn(store, 'put').mockImplementation(() => {
      store.closed.push('put');
      return Promise.resolve(true);
    });
    const checking = sessions.check(credentials);
    await arrived;
    const closing = (started.pop() as StartedModule)[Symbol.asyncDispose]();
    await new Promise(setImmediate);
    expect(store.closed).toEqual([]);
    answer();
    expect((await checking).status).toBe('authenticated');
    await closing;
    expect([put.mock.calls.length, store.closed]).toEqual([1, ['put', 'closed']]);
  });
});

describe('an application that was closed', () => {
  it('closes without a word where no store is shared', async () => {
    const sessions = await begin();
    await expect(sessions.onApplicationShutdown()).resolves.toBeUndefined();
  });

  it('asks nothing more, and hears of no log-out', async () => {
    const sessions = await begin();
    await sessions.check(credentials);
    const service = serviceOf();
    await (started.pop() as StartedModule)[Symbol.asyncDispose]();
    const told = jest.fn();
    sessions.endingOf(credentials).subscribe(told);
    expect(await rejectionOf(service.logout({ credentials }))).toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
    expect(told).not.toHaveBeenCalled();
    expect(portal.requests).toHaveLength(1);
  });
});

it('refuses a user to nobody: an answer of 401 is the portal’s, an ending is ours', async () => {
  const sessions = await begin();
  portal.answer(answering({ [SELF]: bare(401) }));
  expect(await rejectionOf(sessions.user(credentials))).toMatchObject({ reason: 'invalid-credentials', status: 401 });
  await sessions.end(another);
  const before = portal.requests.length;
  expect(await rejectionOf(sessions.user(another))).toMatchObject({ reason: 'invalid-credentials' });
  expect(portal.requests).toHaveLength(before);
});
