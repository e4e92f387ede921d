import { type DocSpaceCall, DocSpaceCredentials, type DocSpaceUser } from 'nestjs-docspace-auth';
import { Portals } from '../../lib/auth/portal.js';
import { type ProfileOwner, Profiles } from '../../lib/auth/profiles.js';
import { answered, bare, failed, problem } from '../support/answers.js';
import { type RawAnswer, RawServer } from '../support/raw-server.js';
import { refusalOfCall, SECRETS } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const ENDPOINT = 'GET /api/2.0/people/@self';
const token = DocSpaceCredentials.token(SECRETS.token);
const apiKey = DocSpaceCredentials.apiKey(SECRETS.apiKey);
const profile = (email = 'ann@example.com'): RawAnswer =>
  answered(`{"id":"66faa6e4-f133-11ea-b126-00ffeec8b4ef","email":"${email}"}`, 'GET');

let portal: RawServer;
let app: StartedModule;
let profiles: Profiles;

async function begin(sessions: object = {}): Promise<void> {
  app = await anApp().at(portal.url).with({ sessions }).compile();
  profiles = app.get(Profiles);
}
const owner = (key = 'key', credentials = token, call: DocSpaceCall = {}): ProfileOwner => {
  return { key, portal: app.get(Portals).get(), credentials, call };
};

beforeEach(async () => {
  portal = await RawServer.start(profile());
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app[Symbol.asyncDispose]();
  await portal[Symbol.asyncDispose]();
});

describe('a profile', () => {
  it('is asked of the portal with the credentials, for the caller’s client', async () => {
    await begin();
    const user = await profiles.get(owner('key', apiKey, { client: { address: '192.0.2.7' } }));
    expect(user).toMatchObject({ email: 'ann@example.com', role: 'user' });
    expect([portal.last.method, portal.last.url, portal.last.body]).toEqual(['GET', '/api/2.0/people/@self', '']);
    expect(portal.last.headers).toMatchObject({
      authorization: [`Bearer ${SECRETS.apiKey}`],
      'x-forwarded-for': ['192.0.2.7'],
    });
  });

  it('is asked once more when the first answer got lost', async () => {
    await begin();
    portal.answer(() => (portal.requests.length === 1 ? bare(502) : profile()));
    expect(await profiles.get(owner())).toMatchObject({ email: 'ann@example.com' });
    expect(portal.requests).toHaveLength(2);
  });

  it('is remembered by key for its time, until it is forgotten', async () => {
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    await begin({ userTtlMs: 60_000 });
    expect(profiles.peek('key', now)).toBeUndefined();
    const user = await profiles.get(owner());
    expect(profiles.peek('key', now)).toBe(user);
    now += 59_999;
    expect(await profiles.get(owner())).toBe(user);
    expect(portal.requests).toHaveLength(1);
    expect(profiles.peek('other', now)).toBeUndefined();
    profiles.forget('key');
    expect(profiles.peek('key', now)).toBeUndefined();
    await profiles.get(owner());
    now += 60_000;
    await profiles.get(owner());
    expect(portal.requests).toHaveLength(3);
  });

  it.each<[answer: RawAnswer, credentials: DocSpaceCredentials, told: object]>([
    [bare(401), token, { class: 'DocSpaceRefusedError', reason: 'invalid-credentials', status: 401 }],
    [failed(401, 'x'), token, { class: 'DocSpaceRefusedError', reason: 'invalid-credentials', status: 401 }],
    [problem(403), apiKey, { class: 'DocSpaceRefusedError', reason: 'api-key-refused', status: 403 }],
    [bare(403), apiKey, { class: 'DocSpaceRefusedError', reason: 'api-key-refused', status: 403 }],
    [problem(403), token, { class: 'DocSpaceRefusedError', reason: 'portal-maintenance', status: 403 }],
    [bare(403), token, { class: 'DocSpaceProtocolError', status: 403 }],
    [bare(500), token, { class: 'DocSpaceUnavailableError', status: 500 }],
    [{ ...profile(), status: 201 }, token, { class: 'DocSpaceProtocolError', status: 201 }],
    [{ ...profile(), status: 500 }, token, { class: 'DocSpaceUnavailableError', status: 500 }],
    [bare(200, '<html>'), token, { class: 'DocSpaceProtocolError', status: 200 }],
    [answered('{}', 'GET'), token, { class: 'DocSpaceProtocolError', status: 200 }],
    [answered(undefined, 'GET'), token, { class: 'DocSpaceProtocolError', status: 200 }],
  ])('that the portal does not tell is told by its endpoint: %#', async (answer, credentials, told) => {
    await begin();
    portal.answer(answer);
    expect(await refusalOfCall(profiles.get(owner('key', credentials)))).toEqual({ ...told, endpoint: ENDPOINT });
  });
});

describe('the user of a session that is opened', () => {
  const gone = bare(500);
  /** What comes of it when the user was read before, is too old to be believed, and the portal answers so. */
  async function reopened(sessions: object, isOutage: boolean, answer: RawAnswer): Promise<DocSpaceUser> {
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    await begin({ userTtlMs: 1000, ...sessions });
    await profiles.getOrLast(owner(), false);
    now += 1000;
    portal.answer(answer);
    return profiles.getOrLast(owner(), isOutage);
  }
  const standIn = { staleOnOutageMs: 1000 };

  it.each<[during: string, isOutage: boolean, answer: RawAnswer, email: string, requests: number]>([
    ['an outage that is known, without asking', true, profile('new@example.com'), 'ann@example.com', 1],
    ['an outage that shows', false, gone, 'ann@example.com', 2],
    ['no outage, asked anew', false, profile('new@example.com'), 'new@example.com', 2],
  ])('where sessions may stand in: %s', async (_, isOutage, answer, email, requests) => {
    expect(await reopened(standIn, isOutage, answer)).toMatchObject({ email });
    expect(portal.requests).toHaveLength(requests);
  });

  it.each([true, false])('is none during an outage where they may not (known: %s)', async (isOutage) => {
    expect(await refusalOfCall(reopened({}, isOutage, gone))).toMatchObject({ class: 'DocSpaceUnavailableError' });
  });

  it.each([bare(401), bare(200, '<html>'), bare(429)])('is none when the portal itself says no: %#', async (answer) => {
    const { class: name } = await refusalOfCall(reopened(standIn, false, answer));
    expect(name).not.toBe('DocSpaceUnavailableError');
  });

  it('is asked for during an outage when it was never read, or forgotten', async () => {
    await begin(standIn);
    expect(await profiles.getOrLast(owner(), true)).toMatchObject({ email: 'ann@example.com' });
    profiles.forget('key');
    portal.answer(gone);
    for (const isOutage of [true, false])
      expect(await refusalOfCall(profiles.getOrLast(owner(), isOutage))).toMatchObject({ status: 500 });
  });
});
