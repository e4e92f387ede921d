import { EventEmitter, on } from 'node:events';
import {
  DocSpaceCredentials,
  DocSpaceHandshake,
  type DocSpaceHandshakeOptions,
  DocSpaceSession,
  DocSpaceSessions,
  type DocSpaceWsServer,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator, type DocSpaceEmulatorFault } from 'nestjs-docspace-auth/testing';
import { Subject } from 'rxjs';
import { anApp, type StartedModule } from '../support/start-app.js';
import { recordLogs } from '../support/secrets.js';
import { SharedMemoryHub } from './shared-memory-store.js';
import { chat, SOCKETS } from './sockets.js';

jest.setTimeout(30_000);

const KEPT_OUT: DocSpaceEmulatorFault = {
  kind: 'status',
  status: 403,
  body: 'The access to the portal is restricted',
  headers: { 'content-type': 'text/plain' },
};

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

  describe('that is for anybody', () => {
    it.each<
      [who: string, headers: () => Record<string, string>, fault: DocSpaceEmulatorFault | undefined, seen: unknown]
    >([
      ['nobody', () => ({}), undefined, null],
      ['whom the portal does not know', () => bearer('Z2FyYmFnZQ=='), undefined, null],
      ['whom the portal refuses', () => bearer(token()), KEPT_OUT, null],
      ['who is signed in', () => bearer(token()), undefined, 'default'],
    ])('lets in %s', async (_who, headers, fault, seen) => {
      await using app = await kind.start({ portalUrl: portal.url }, chat({ access: 'optional' }));
      const sent = headers();
      if (fault) portal.faults.add(fault);
      const socket = await kind.connect(app.url, sent);
      await expect(socket.ask('door')).resolves.toBe(seen);
      socket.close();
    });

    it('lets nobody in when nobody knows who that is', async () => {
      await using app = await kind.start({ portalUrl: portal.url }, chat({ access: 'optional' }));
      const sent = bearer(token());
      portal.faults.add({ kind: 'refuse' });
      await expect(kind.connect(app.url, sent)).rejects.toMatchObject({ statusCode: 503 });
    });

    it('looks at no credentials where it is for those who are not signed in', async () => {
      await using app = await kind.start({ portalUrl: portal.url }, chat({ access: 'anonymous' }));
      const socket = await kind.connect(app.url, bearer(token()));
      await expect(socket.ask('door')).resolves.toBeNull();
      socket.close();
    });
  });

  it.each<[who: string, headers: () => Record<string, string>, fault: DocSpaceEmulatorFault | undefined, no: object]>([
    ['nobody', () => ({}), undefined, { statusCode: 401, reason: 'invalid-credentials' }],
    [
      'whom the portal does not know',
      () => bearer('Z2FyYmFnZQ=='),
      undefined,
      { statusCode: 401, reason: 'invalid-credentials' },
    ],
    ['whom the portal refuses', () => bearer(token()), KEPT_OUT, { statusCode: 403, reason: 'ip-restricted' }],
  ])('is closed to %s', async (_who, headers, fault, no) => {
    await using app = await kind.start({ portalUrl: portal.url }, chat({}));
    const sent = headers();
    if (fault) portal.faults.add(fault);
    await expect(kind.connect(app.url, sent)).rejects.toMatchObject(no);
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

describe('an upgrade of ws that is refused', () => {
  const [, [, ws]] = SOCKETS as [unknown, (typeof SOCKETS)[number]];

  it.each<[status: number, portalUrl: string, headers: Record<string, string>, answered: object]>([
    [401, 'http://127.0.0.1:9', {}, { 'www-authenticate': 'Bearer' }],
    [503, 'http://127.0.0.1:9', { authorization: 'Bearer Z2FyYmFnZQ==' }, { 'retry-after': '5' }],
  ])('is answered as over HTTP: %i', async (statusCode, portalUrl, headers, answered) => {
    await using app = await ws.start({ portalUrl }, chat({}));
    await expect(ws.connect(app.url, headers)).rejects.toMatchObject({
      statusCode,
      headers: { 'content-type': 'application/json', ...answered },
    });
  });
});

const aServer = (): DocSpaceWsServer & EventEmitter =>
  Object.assign(new EventEmitter(), { options: {}, handleUpgrade: () => undefined });

/** A socket of any kind, of which there is no more than these parts need. */
const aClient = () =>
  Object.assign(new EventEmitter(), {
    handshake: { headers: {} },
    readyState: 1,
    send: jest.fn<unknown, [string]>(),
    close: jest.fn(),
    disconnect: jest.fn(),
  });
type Client = ReturnType<typeof aClient>;

interface BareKind {
  /** What a client emits when it has gone. */
  readonly leaves: string;
  /** How it is closed when its session is over. */
  readonly over: { readonly disconnected: unknown[]; readonly closed: unknown[] };
  readonly comesIn: (
    handshake: DocSpaceHandshake,
    client: Client,
    options?: DocSpaceHandshakeOptions,
  ) => Promise<unknown>;
}

/** Each kind without a network below. */
const BARE: Record<string, BareKind> = {
  'socket.io': {
    leaves: 'disconnect',
    over: { disconnected: [[true]], closed: [] },
    comesIn: async (handshake, client, options) => {
      const use = jest.fn<unknown, [(socket: object, next: (error?: Error) => void) => void]>();
      const server = Object.assign(new EventEmitter(), { use });
      handshake.protect(server, options);
      await new Promise<unknown>((next) => use.mock.calls[0]?.[0](client, next));
      server.emit('connection', client);
    },
  },
  ws: {
    leaves: 'close',
    over: { disconnected: [], closed: [[4401, 'invalid-credentials']] },
    comesIn: async (handshake, client, options) => {
      const server = aServer();
      handshake.protect(server, options);
      const req = { headers: {} };
      const { verifyClient } = server.options as { verifyClient: (info: object, answer: unknown) => unknown };
      await new Promise((answer) => verifyClient({ req }, answer));
      server.emit('connection', client, req);
    },
  },
  'graphql-ws': {
    leaves: 'close',
    over: { disconnected: [], closed: [[4401, 'invalid-credentials']] },
    comesIn: (handshake, client, options) =>
      handshake.graphqlWs(options).onConnect({ extra: { socket: client, request: { headers: {} } } }),
  },
};

describe('DocSpaceHandshake', () => {
  it.each<[what: string, server: object]>([
    ['nothing at all', {}],
    ['one that upgrades, without options', { handleUpgrade: () => undefined }],
    ['one that can not upgrade', { handleUpgrade: 'a text', options: {} }],
    ['one that takes no middleware', { use: 'a text' }],
  ])('refuses what is no server of a kind it knows: %s', async (_what, server) => {
    await using app = await anApp().compile();
    expect(() => app.get(DocSpaceHandshake).protect(server as DocSpaceWsServer)).toThrow(
      'DocSpaceHandshake: neither a server or namespace of socket.io nor a WebSocketServer of ws',
    );
  });

  it.each<[DocSpaceHandshakeOptions, RegExp]>([
    [{ recheckMs: 0 }, /^DocSpaceHandshake: option "recheckMs" must be a whole number from 1 to 86400000$/],
    [{ recheckMs: 1.5 }, /"recheckMs"/],
    [{ recheckMs: 86_400_001 }, /"recheckMs"/],
    [
      { access: 'public' as 'optional' },
      /^DocSpaceHandshake: option "access" must be "required", "optional" or "anonymous"$/,
    ],
  ])('refuses wrong options: %j', async (options, message) => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    expect(() => handshake.protect(aServer(), options)).toThrow(message);
    expect(() => handshake.graphqlWs(options)).toThrow(message);
  });

  it.each<DocSpaceHandshakeOptions>([
    {},
    { access: 'required' },
    { access: 'optional', recheckMs: 1 },
    { access: 'anonymous', recheckMs: 86_400_000 },
  ])('takes the options %j', async (options) => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    expect(() => handshake.protect(aServer(), options)).not.toThrow();
    expect(handshake.graphqlWs(options)).toHaveProperty('onConnect');
  });

  it('protects a server once, however many gateways share it, and on the same terms', async () => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    const server = aServer();
    handshake.protect(server);
    handshake.protect(server, { access: 'required', recheckMs: 60_000 });
    expect(server.listenerCount('connection')).toBe(1);
    for (const others of [{ access: 'optional' }, { recheckMs: 1000 }] as const)
      expect(() => handshake.protect(server, others)).toThrow(
        'DocSpaceHandshake: another gateway protects this server with other options',
      );
  });

  describe.each(Object.entries(BARE))('with a client of %s', (_kind, { comesIn, leaves, over }) => {
    let endings: Subject<string>;
    let app: StartedModule;
    let client: Client;
    beforeEach(async () => {
      endings = new Subject();
      app = await anApp()
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
      client = aClient();
      client.on('message', () => undefined);
      await comesIn(app.get(DocSpaceHandshake), client);
    });
    afterEach(() => app[Symbol.asyncDispose]());

    it('holds on to nothing when it has gone', () => {
      expect(endings.observed).toBe(true);
      client.emit(leaves);
      expect(endings.observed).toBe(false);
    });

    it('holds on to nothing when the application stops', () => {
      app.get(DocSpaceHandshake).onApplicationShutdown();
      expect(endings.observed).toBe(false);
    });

    it('closes it when its session is over, and takes no more messages from it', () => {
      endings.next('key');
      expect({ disconnected: client.disconnect.mock.calls, closed: client.close.mock.calls }).toEqual(over);
      if (over.closed.length > 0) expect(client.listenerCount('message')).toBe(0);
    });
  });

  it.each([
    ['which is open', 1, 1],
    ['which is closing', 2, 0],
  ])('has an exception that Nest 11 emits on a socket of ws, %s, sent there', async (_state, readyState, times) => {
    await using app = await anApp().compile();
    const client = Object.assign(aClient(), { readyState });
    await BARE['ws']?.comesIn(app.get(DocSpaceHandshake), client, { access: 'anonymous' });
    client.emit('exception', { status: 'error' });
    expect(client.send.mock.calls).toEqual(
      Array.from({ length: times }, () => ['{"event":"exception","data":{"status":"error"}}']),
    );
  });

  it('closes what comes in beside the door', async () => {
    await using app = await anApp().compile();
    const handshake = app.get(DocSpaceHandshake);
    const [server, io] = [aServer(), Object.assign(new EventEmitter(), { use: () => undefined })];
    handshake.protect(server);
    handshake.protect(io);
    const [close, disconnect] = [jest.fn(), jest.fn()];
    server.emit('connection', { close }, {});
    io.emit('connection', { disconnect });
    expect(close).toHaveBeenCalledWith(4401, 'invalid-credentials');
    expect(disconnect).toHaveBeenCalledWith(true);
  });
});
