import { EventEmitter, on } from 'node:events';
import {
  DocSpaceCredentials,
  DocSpaceHandshake,
  type DocSpaceHandshakeOptions,
  DocSpaceSession,
  DocSpaceSessions,
  type DocSpaceWsServer,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { Subject } from 'rxjs';
import { anApp } from '../support/start-app.js';
import { recordLogs } from '../support/secrets.js';
import { SharedMemoryHub } from './shared-memory-store.js';
import { chat, SOCKETS } from './sockets.js';

jest.setTimeout(30_000);

const brokenReader = (): undefined => {
  throw new Error('a mistake of the application');
};

describe.each(SOCKETS)('a door before %s', (_name, kind) => {
  let portal: DocSpaceEmulator;
  const requests = new EventEmitter();

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({
      users: [{ email: 'user@example.com' }],
      log: (line) => requests.emit('request', line),
    });
  });
  afterEach(() => portal.faults.clear());
  afterAll(() => portal.stop());

  const token = (): string => portal.issueToken('user@example.com');
  const bearer = (value: string): Record<string, string> => ({ authorization: `Bearer ${value}` });

  it('closes the sockets of a session that is ended on another node', async () => {
    const hub = new SharedMemoryHub();
    const secret = 'a secret that all nodes of the test share';
    const options = (): { portalUrl: string; secret: string; sessions: object } => ({
      portalUrl: portal.url,
      secret,
      sessions: { store: hub.store() },
    });
    await using here = await kind.start(options(), chat({}));
    await using there = await kind.start(options(), chat({}));
    const [ended, other] = [token(), token()];
    const socket = await kind.connect(here.url, bearer(ended));
    const bystander = await kind.connect(here.url, bearer(other));

    await there.get(DocSpaceSessions).end(DocSpaceCredentials.token(ended));

    await expect(socket.closed).resolves.toMatchObject(kind.over as object);
    await expect(bystander.ask('required')).resolves.toBe(true);
    bystander.close();
  });

  it('closes the sockets of a session that is ended here', async () => {
    await using app = await kind.start({ portalUrl: portal.url }, chat({}));
    const value = token();
    const sockets = [await kind.connect(app.url, bearer(value)), await kind.connect(app.url, bearer(value))];
    await app.get(DocSpaceSessions).end(DocSpaceCredentials.token(value));
    for (const { closed } of sockets) await expect(closed).resolves.toMatchObject(kind.over as object);
  });

  it('closes the sockets of a session that was revoked elsewhere, at the next check', async () => {
    await using app = await kind.start({ portalUrl: portal.url, sessions: false }, chat({ recheckMs: 20 }));
    const value = token();
    const socket = await kind.connect(app.url, bearer(value));
    portal.revoke(value);
    await expect(socket.closed).resolves.toMatchObject(kind.over as object);
  });

  it('keeps sockets through an outage, and lets nobody new in', async () => {
    await using app = await kind.start({ portalUrl: portal.url, sessions: false }, chat({ recheckMs: 20 }));
    const socket = await kind.connect(app.url, bearer(token()));
    portal.faults.add({ kind: 'status', status: 500, path: '/api/2.0/authentication' });
    await expect(kind.connect(app.url, bearer(token()))).rejects.toMatchObject({ statusCode: 503 });
    let checks = 0;
    for await (const _request of on(requests, 'request')) if (++checks === 3) break;
    await portal.faults.clear();
    await expect(socket.ask('required')).resolves.toBe(true);
    socket.close();
  });

  it.each<[string, Record<string, string>, 'in' | 'out']>([
    ['the own origin', { origin: 'http://app.example.com' }, 'in'],
    ['a trusted origin', { origin: 'https://trusted.example.com' }, 'in'],
    ['another origin', { origin: 'https://evil.example' }, 'out'],
    ['an opaque origin', { origin: 'null' }, 'out'],
    ['cross-site by the browser', { 'sec-fetch-site': 'cross-site' }, 'out'],
    ['no browser', {}, 'in'],
  ])('opens to a cookie by where the handshake came from: %s', async (_from, headers, outcome) => {
    await using app = await kind.start(
      { portalUrl: portal.url, trustedOrigins: ['https://trusted.example.com'] },
      chat({}),
    );
    const sent = { host: 'app.example.com', cookie: `asc_auth_key=${encodeURIComponent(token())}`, ...headers };
    const connecting = kind.connect(app.url, sent);
    if (outcome === 'out') {
      await expect(connecting).rejects.toMatchObject({ statusCode: 403, reason: 'cross-site' });
      return;
    }
    const socket = await connecting;
    await expect(socket.ask('required')).resolves.toBe(true);
    socket.close();
  });

  it('refuses messages with such a cookie where the door asks nobody', async () => {
    await using app = await kind.start({ portalUrl: portal.url }, chat({ access: 'anonymous' }));
    const cookie = `asc_auth_key=${encodeURIComponent(token())}`;
    const socket = await kind.connect(app.url, { cookie, origin: 'https://evil.example' });
    await expect(socket.ask('required')).resolves.toMatchObject({ statusCode: 403, reason: 'cross-site' });
    socket.close();
  });

  it('leaves nothing on a connection that a later message would be believed by', async () => {
    await using app = await kind.start({ portalUrl: portal.url }, chat({ access: 'anonymous' }));
    const value = token();
    const socket = await kind.connect(app.url, bearer(value));
    for (const message of ['required', 'optional', 'role']) await expect(socket.ask(message)).resolves.toBe(true);

    await app.get(DocSpaceSessions).end(DocSpaceCredentials.token(value));

    await expect(socket.ask('required')).resolves.toMatchObject({ statusCode: 401 });
    await expect(socket.ask('role')).resolves.toMatchObject({ statusCode: 401 });
    await expect(socket.ask('optional')).resolves.toBe(false);
    socket.close();
  });

  it('tells clients nothing of an error in the application, and logs it', async () => {
    await using app = await kind.start({ portalUrl: portal.url, readers: [brokenReader] }, chat({}));
    // After the start, which sets a logger of its own.
    using logs = recordLogs();
    await expect(kind.connect(app.url, {})).rejects.toThrow(/^(Internal server error|500)$/);
    expect(logs.lines.join('\n')).toContain('a mistake of the application');
  });
});

describe('the handshake of ws', () => {
  const [, [, ws]] = SOCKETS as [unknown, (typeof SOCKETS)[number]];

  it.each<[string, object]>([
    ['at once', { verifyClient: ({ req }: { req: { url: string } }) => req.url !== '/closed' }],
    [
      'later',
      {
        verifyClient: ({ req }: { req: { url: string } }, answer: (verified: boolean, status: number) => void) =>
          setImmediate(() => answer(req.url !== '/closed', 401)),
      },
    ],
  ])('goes on to what the application verifies by itself: %s', async (_when, options) => {
    await using portal = await DocSpaceEmulator.start({ users: [{ email: 'user@example.com' }] });
    for (const path of ['/open', '/closed']) {
      await using app = await ws.start({ portalUrl: portal.url }, chat({}, { ...options, path }));
      const headers = { authorization: `Bearer ${portal.issueToken('user@example.com')}` };
      const connecting = ws.connect(`${app.url}${path}`, headers);
      if (path === '/closed') await expect(connecting).rejects.toThrow('401');
      else (await connecting).close();
    }
  });
});

describe('DocSpaceHandshake', () => {
  const aServer = (): DocSpaceWsServer =>
    Object.assign(new EventEmitter(), { options: {}, handleUpgrade: () => undefined });

  it('refuses what is no server of a kind it knows', async () => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    expect(() => handshake.protect({} as DocSpaceWsServer)).toThrow(/^DocSpaceHandshake: neither a server/);
  });

  it.each<[DocSpaceHandshakeOptions, RegExp]>([
    [{ recheckMs: 0 }, /"recheckMs" must be a whole number from 1/],
    [{ recheckMs: 1.5 }, /"recheckMs"/],
    [{ access: 'public' as 'optional' }, /"access" must be "required", "optional" or "anonymous"/],
  ])('refuses wrong options: %j', async (options, message) => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    expect(() => handshake.protect(aServer(), options)).toThrow(message);
    expect(() => handshake.graphqlWs(options)).toThrow(message);
  });

  it('protects a server once, however many gateways share it, and on the same terms', async () => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    const server = aServer();
    handshake.protect(server);
    handshake.protect(server, { access: 'required', recheckMs: 60_000 });
    expect((server as unknown as EventEmitter).listenerCount('connection')).toBe(1);
    expect(() => handshake.protect(server, { access: 'optional' })).toThrow(/with other options$/);
  });

  it('holds on to nothing when a client of socket.io has gone', async () => {
    const endings = new Subject<string>();
    await using app = await anApp()
      .override((builder) =>
        builder.overrideProvider(DocSpaceSessions).useValue({
          credentialsOf: () => DocSpaceCredentials.token('a-token'),
          check: () => Promise.resolve({ status: 'authenticated', checkedAt: 0, stale: false }),
          open: (credentials: DocSpaceCredentials) =>
            Promise.resolve(new DocSpaceSession(credentials, 'default', 0, false)),
          endingOf: () => endings,
          peek: () => undefined,
        }),
      )
      .compile();
    const use = jest.fn<unknown, [(socket: object, next: (error?: Error) => void) => void]>();
    const server = Object.assign(new EventEmitter(), { use });
    app.get(DocSpaceHandshake).protect(server);
    const socket = Object.assign(new EventEmitter(), { handshake: { headers: {} }, disconnect: jest.fn() });
    await new Promise<unknown>((next) => use.mock.calls[0]?.[0](socket, next));
    server.emit('connection', socket);
    expect(endings.observed).toBe(true);
    socket.emit('disconnect');
    expect(endings.observed).toBe(false);
  });

  it('closes what comes in beside the door', async () => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    const [server, io] = [aServer(), Object.assign(new EventEmitter(), { use: () => undefined })];
    handshake.protect(server);
    handshake.protect(io);
    const [close, disconnect] = [jest.fn(), jest.fn()];
    (server as unknown as EventEmitter).emit('connection', { close }, {});
    io.emit('connection', { disconnect });
    expect(close).toHaveBeenCalledWith(4401, 'invalid-credentials');
    expect(disconnect).toHaveBeenCalledWith(true);
  });
});
