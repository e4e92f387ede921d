import { once } from 'node:events';
import { DocSpaceCredentials, DocSpaceSessions } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { WebSocket } from 'ws';
import { recordLogs } from '../support/secrets.js';
import type { StartedApp } from '../support/start-app.js';
import { wsUrl } from './access/driver.js';
import { startGraphql } from './access/graphql.js';

jest.setTimeout(30_000);

type Sent = Record<string, string>;

/** What the server says first: a message, or why it closes; and, after a message, why it closes later. */
interface Said {
  readonly first: unknown;
  readonly closed: Promise<unknown>;
}

/** Opens a connection as graphql-ws does (graphql-transport-ws): upgrade, then `connection_init` with parameters. */
async function open(app: StartedApp, headers: Sent, payload: object = {}): Promise<Said> {
  const socket = new WebSocket(`${wsUrl(app.url)}/graphql`, 'graphql-transport-ws', { headers });
  const closed = once(socket, 'close').then(([code, reason]) => [code as number, String(reason)]);
  await once(socket, 'open');
  const message = once(socket, 'message').then(([data]) => JSON.parse(String(data)) as unknown);
  socket.send(JSON.stringify({ type: 'connection_init', payload }));
  return { first: await Promise.race([message, closed]), closed };
}

const ACK = { type: 'connection_ack' };

describe('a door before graphql-ws', () => {
  let portal: DocSpaceEmulator;
  let app: StartedApp;
  let token: string;
  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com' }] });
    app = await startGraphql(portal.url, { access: 'required' });
  });
  beforeEach(() => {
    token = portal.issueToken('user@example.com');
  });
  afterEach(() => portal.faults.clear());
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  const cookie = (): Sent => ({ host: 'app.example.com', cookie: `asc_auth_key=${encodeURIComponent(token)}` });

  it.each<[by: string, headers: () => Sent, parameters: () => object]>([
    ['its parameters', () => ({}), () => ({ authorization: `Bearer ${token}` })],
    ['its parameters, in any case and without a scheme', () => ({}), () => ({ Authorization: token })],
    ['the header of the upgrade', () => ({ authorization: `Bearer ${token}` }), () => ({})],
    ['the cookie, from a page of its own', () => ({ ...cookie(), origin: 'http://app.example.com' }), () => ({})],
  ])('opens to who is signed in by %s', async (_by, headers, parameters) => {
    await expect(open(app, headers(), parameters())).resolves.toMatchObject({ first: ACK });
  });

  it.each<[who: string, headers: () => Sent, parameters: object, closed: [code: number, reason: string]]>([
    ['nobody', () => ({}), {}, [4401, 'invalid-credentials']],
    ['whom the portal does not know', () => ({}), { authorization: 'Z2FyYmFnZQ==' }, [4401, 'invalid-credentials']],
    [
      'the cookie, from a page of another site',
      () => ({ ...cookie(), origin: 'https://evil.example' }),
      {},
      [4403, 'cross-site'],
    ],
  ])('is closed to %s', async (_who, headers, parameters, closed) => {
    await expect(open(app, headers(), parameters)).resolves.toMatchObject({ first: closed });
  });

  it('is closed while nobody knows who that is', async () => {
    portal.faults.add({ kind: 'refuse' });
    const said = await open(app, { authorization: `Bearer ${token}` });
    expect(said.first).toEqual([4503, 'ERR_DOCSPACE_UNAVAILABLE']);
  });

  it('closes the connections of a session that is over', async () => {
    const said = await open(app, {}, { authorization: token });
    expect(said.first).toEqual(ACK);
    await app.get(DocSpaceSessions).end(DocSpaceCredentials.token(token));
    await expect(said.closed).resolves.toEqual([4401, 'invalid-credentials']);
  });

  it('tells clients nothing of an error in the application, and logs it', async () => {
    const reader = (): undefined => {
      throw new Error('a mistake of the application');
    };
    await using broken = await startGraphql(portal.url, { access: 'required', options: { readers: [reader] } });
    using logs = recordLogs();
    const said = await open(broken, {});
    expect(said.first).toEqual([4403, 'Forbidden']);
    expect(logs.lines).toEqual([
      expect.stringMatching(/^error Error: a mistake of the application[^]* DocSpaceHandshake$/),
    ]);
  });
});
