import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import {
  DocSpaceAuthGuard,
  type DocSpaceContextReader,
  DocSpaceCredentials,
  type DocSpaceGuardedRequest,
  DocSpaceLoginGuard,
  DocSpaceRefusedError,
  type DocSpaceRequest,
  DocSpaceRolesGuard,
  DocSpaceSameOriginGuard,
  DocSpaceSession,
  type DocSpaceVerdict,
  DocSpaceSessions,
  OptionalAuth,
  RequireRoles,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { sessionIn } from '../../lib/guards/kept-session.js';
import { recordLogs } from '../support/secrets.js';
import { anApp, type StartedModule } from '../support/start-app.js';
import { rpcOverTcp } from './access/rpc.js';

jest.setTimeout(30_000);

class Handlers {
  plain(): void {
    return undefined;
  }
  @OptionalAuth()
  anybody(): void {
    return undefined;
  }
  @RequireRoles('owner', 'admin')
  admins(): void {
    return undefined;
  }
}

@Injectable()
class OwnUserGuard extends DocSpaceAuthGuard {
  protected override admit(request: DocSpaceGuardedRequest): void {
    request.user = { name: 'somebody' };
  }
}

/** What several calls send alike. */
const SHARED = {};

/** An execution context as Nest would make it. */
function context(type: string, args: unknown[], handler: keyof Handlers = 'plain'): ExecutionContext {
  return {
    getType: () => type,
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
    getHandler: () => Reflect.get(Handlers.prototype, handler) as unknown,
    getClass: () => Handlers,
    switchToHttp: () => ({ getRequest: () => args[0], getResponse: () => args[1] }),
    switchToWs: () => ({ getClient: () => args[0], getData: () => args[1] }),
    switchToRpc: () => ({ getData: () => args[0], getContext: () => args[1] }),
  } as unknown as ExecutionContext;
}

const resolver = (graphqlContext: unknown, handler?: keyof Handlers): ExecutionContext =>
  context('graphql', [undefined, {}, graphqlContext, {}], handler);

describe('kinds of contexts', () => {
  let portal: DocSpaceEmulator;
  let app: StartedModule;
  let token: string;

  beforeAll(async () => {
    portal = await DocSpaceEmulator.start({
      users: [{ email: 'user@example.com' }, { email: 'admin@example.com', isAdmin: true }],
    });
    token = portal.issueToken('user@example.com');
    app = await anApp()
      .at(portal.url)
      .providers(OwnUserGuard)
      .with({
        contexts: {
          bot: (bot) => bot.getArgByIndex<{ chat: DocSpaceRequest | undefined }>(0).chat,
          line: (line) => ({ headers: { authorization: line.getArgByIndex<string | null>(0) ?? '' } }),
        },
      })
      .compile();
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal.stop();
  });

  const enter = async (entered: ExecutionContext): Promise<string | undefined> => {
    await app.get(DocSpaceAuthGuard).canActivate(entered);
    return sessionIn(entered)?.portal;
  };
  const bearer = (value = token): { authorization: string } => ({ authorization: `Bearer ${value}` });
  const upgrade = (headers: object = {}): object => ({
    method: 'GET',
    headers: { upgrade: 'websocket', host: 'app.example.com', ...headers },
  });

  it('of HTTP are decided at once where the session is remembered', async () => {
    const entered = context('http', [{ headers: bearer() }, {}]);
    const guard = app.get(DocSpaceAuthGuard);
    await guard.canActivate(entered);
    expect(guard.canActivate(entered)).toBe(true);
  });

  it.each<[kind: string, call: (said: object) => ExecutionContext]>([
    ['GraphQL', (said) => context('graphql', [undefined, SHARED, { extra: { request: said } }, {}], 'anybody')],
    ['microservices', (said) => context('rpc', [SHARED, said], 'anybody')],
  ])('of %s have a session for each call, though what is sent is the same object', async (_kind, call) => {
    await using other = await anApp()
      .at(portal.url)
      .with({ contexts: { rpc: (rpc) => rpc.switchToRpc().getContext<DocSpaceRequest>() } })
      .compile();
    const [mine, another] = [call({ headers: bearer() }), call({ headers: {} })];
    await other.get(DocSpaceAuthGuard).canActivate(mine);
    expect([sessionIn(mine)?.portal, sessionIn(another)]).toEqual(['default', undefined]);
  });

  it('of HTTP have the session that stands on the request, and no other', async () => {
    const request: { headers: object; user?: unknown } = { headers: bearer(portal.issueToken('admin@example.com')) };
    const entered = context('http', [request, {}], 'admins');
    await expect(app.get(DocSpaceRolesGuard).canActivate(entered)).resolves.toBe(true);
    expect(sessionIn(entered)).toBe(request.user);
    for (const user of [undefined, { name: 'of somebody else' }]) {
      request.user = user;
      expect(sessionIn(entered)).toBeUndefined();
    }
  });

  describe('of GraphQL', () => {
    it.each<[who: string, headers: () => object, portal: string | undefined]>([
      ['nobody', () => ({}), undefined],
      ['whom the portal does not know', () => bearer('Z2FyYmFnZQ=='), undefined],
      ['who is signed in', () => bearer(), 'default'],
    ])('take anybody where the handler does: %s', async (_who, headers, seen) => {
      await expect(enter(resolver({ req: { headers: headers() } }, 'anybody'))).resolves.toBe(seen);
    });

    it.each<[string, () => object]>([
      ['a request, as Apollo makes it', () => ({ req: { method: 'POST', headers: bearer() } })],
      ['a reply, as Mercurius makes it', () => ({ reply: { request: { method: 'POST', headers: bearer() } } })],
      ['a connection by its header', () => ({ req: { extra: { request: upgrade(bearer()) } } })],
      [
        'a connection by its parameters',
        () => ({ req: { extra: { request: upgrade() }, connectionParams: { Authorization: `Bearer ${token}` } } }),
      ],
      [
        'parameters without a scheme',
        () => ({ extra: { request: upgrade() }, connectionParams: { authorization: token } }),
      ],
      ['a parameter behind others', () => ({ connectionParams: { locale: 'de', authorization: token } })],
      ['parameters alone', () => ({ connectionParams: { authorization: token } })],
      ['an upgrade that the application calls req', () => ({ req: upgrade(bearer()) })],
      [
        'an upgrade that the application calls req, beside parameters',
        () => ({ req: upgrade({ cookie: `asc_auth_key=${encodeURIComponent(token)}` }), connectionParams: {} }),
      ],
    ])('are read: %s', async (_what, make) => {
      await expect(enter(resolver(make()))).resolves.toBe('default');
    });

    it('keep the session on the request, as REST does, and nothing on a connection', async () => {
      const req: { headers: object; user?: unknown } = { headers: bearer() };
      await enter(resolver({ req }));
      expect(req.user).toBeInstanceOf(DocSpaceSession);
      const request: { user?: unknown } = upgrade(bearer());
      await enter(resolver({ extra: { request } }));
      expect(request.user).toBeUndefined();
    });

    it('believe no parameter that pretends to be a header of the browser', async () => {
      const request = upgrade({
        cookie: `asc_auth_key=${encodeURIComponent(token)}`,
        origin: 'https://evil.example',
      });
      const connectionParams = {
        origin: 'http://app.example.com',
        host: 'evil.example',
        'sec-fetch-site': 'same-origin',
      };
      await expect(enter(resolver({ extra: { request }, connectionParams }))).rejects.toMatchObject({
        extensions: { statusCode: 403, reason: 'cross-site' },
      });
    });

    it.each<[where: string, graphqlContext: (request: object) => object]>([
      ['its upgrade', (request) => ({ extra: { request } })],
      ['its upgrade, which the application calls req', (request) => ({ req: request })],
      ['a request beside its parameters', (request) => ({ req: { ...request, headers: {} }, connectionParams: {} })],
    ])('believe no user that stands on a connection: %s', async (_where, graphqlContext) => {
      const request = { ...upgrade(), user: Object.create(DocSpaceSession.prototype) as DocSpaceSession };
      const entered = resolver(graphqlContext(request), 'admins');
      expect(sessionIn(entered)).toBeUndefined();
      await expect(app.get(DocSpaceRolesGuard).canActivate(entered)).rejects.toMatchObject({
        extensions: { statusCode: 401 },
      });
      expect(sessionIn(entered)).toBeUndefined();
    });

    it('know nobody where there is neither a request nor a parameter', async () => {
      expect(sessionIn(resolver({}))).toBeUndefined();
      await expect(enter(resolver({ connectionParams: {} }))).rejects.toMatchObject({
        extensions: { statusCode: 401 },
      });
    });

    it('have the session that stands on the request, by whomever; other kinds do not', () => {
      const user = new DocSpaceSession(DocSpaceCredentials.token(token), 'default', 0, false);
      const args = [{}, {}, { req: { headers: {}, user } }, {}];
      expect(sessionIn(context('graphql', args))).toBe(user);
      expect(sessionIn(context('bot', args))).toBeUndefined();
    });

    it('are refused with what to do, where the application gives no request', async () => {
      for (const graphqlContext of [undefined, {}, { user: 'somebody' }, { req: {} }])
        await expect(enter(resolver(graphqlContext))).rejects.toThrow(
          /^DocSpaceAuthGuard: the GraphQL context has no request\. Let the option "context" of GraphQLModule return/,
        );
    });

    it('get a GraphQLError', async () => {
      await expect(enter(resolver({ req: { headers: {} } }))).rejects.toBeInstanceOf(GraphQLError);
    });
  });

  describe('of socket.io', () => {
    it.each<[what: string, handshake: () => object]>([
      ['its token', () => ({ headers: {}, auth: { token } })],
      ['its token before its header', () => ({ headers: bearer('Z2FyYmFnZQ=='), auth: { token } })],
      ['its header', () => ({ headers: bearer() })],
      ['its header beside a token that is no text', () => ({ headers: bearer(), auth: { token: 5 } })],
      ['its header beside an empty token', () => ({ headers: bearer(), auth: { token: '' } })],
    ])('are read: %s', async (_what, handshake) => {
      await expect(enter(context('ws', [{ handshake: handshake() }, {}]))).resolves.toBe('default');
    });

    it('have a session for each handler, which ends with the message', async () => {
      const client = { handshake: { headers: {}, auth: { token: token as string | undefined } } };
      const [plain, anybody] = [context('ws', [client, {}]), context('ws', [client, {}], 'anybody')];
      await enter(plain);
      await enter(anybody);
      expect([sessionIn(plain)?.portal, sessionIn(anybody)?.portal]).toEqual(['default', 'default']);
      expect(sessionIn(context('ws', [client, {}], 'admins'))).toBeUndefined();
      client.handshake.auth.token = undefined;
      await expect(enter(anybody)).resolves.toBeUndefined();
    });

    it.each([
      ['abc', 'Bearer abc'],
      ['Bearer abc', 'Bearer abc'],
      ['bearer abc', 'bearer abc'],
      ['BASIC abc', 'BASIC abc'],
      ['Bearerabc', 'Bearer Bearerabc'],
      ['abc bearer abc', 'Bearer abc bearer abc'],
    ])('have the token %j for readers as the header that browsers can not set: %j', async (said, authorization) => {
      const { headers } = await readBy({ handshake: { headers: { host: 'app.example.com' }, auth: { token: said } } });
      expect(headers).toEqual({ host: 'app.example.com', authorization });
    });

    it('have the headers of the handshake for readers, and all else of the request below', async () => {
      const request = { headers: { host: 'below' }, method: 'GET', socket: { remoteAddress: '203.0.113.7' } };
      const read = await readBy({ handshake: { headers: { host: 'app.example.com' } }, request });
      expect(read).toMatchObject({
        headers: { host: 'app.example.com' },
        method: 'CONNECT',
        socket: { remoteAddress: '203.0.113.7' },
      });
      // What whoever prints or copies it sees.
      expect(Object.keys(read).toSorted()).toEqual(['headers', 'method', 'user']);
    });

    /** What an application's own reader is given of a socket. */
    async function readBy(client: object): Promise<DocSpaceRequest> {
      const seen: DocSpaceRequest[] = [];
      await using other = await anApp()
        .with({ readers: [(request) => void seen.push(request)] })
        .compile();
      const refused = other.get(DocSpaceAuthGuard).canActivate(context('ws', [client, {}]));
      await expect(refused).rejects.toMatchObject({ error: { statusCode: 401 } });
      const [request] = seen;
      if (!request) throw new Error('nothing was read');
      return request;
    }
  });

  it('of a socket whose handshake nobody knows are refused with what to do', async () => {
    await expect(enter(context('ws', [{ send: () => undefined }, {}]))).rejects.toThrow(
      /^DocSpaceAuthGuard: the handshake of this WebSocket is not known\. Call DocSpaceHandshake\.protect/,
    );
  });

  it.each([
    ['DocSpaceLoginGuard', DocSpaceLoginGuard],
    ['DocSpaceSameOriginGuard', DocSpaceSameOriginGuard],
  ])('other than HTTP have no login to guard: %s', async (name, guard) => {
    const act = async (): Promise<unknown> => await app.get<CanActivate>(guard).canActivate(resolver({ req: {} }));
    await expect(act()).rejects.toThrow(`${name}: works over HTTP only, not in a context of type "graphql"`);
  });

  it.each(['telegraf', 'rpc', 'constructor', ''])(
    'that nobody knows are refused with what to do: "%s"',
    async (type) => {
      const told = `Give DocSpaceAuthModule the option contexts: { ${type}: (context) => ({ headers: … }) }`;
      await expect(enter(context(type, [{ headers: bearer() }]))).rejects.toThrow(told);
      const forRoles = context(type, [{ headers: bearer() }], 'admins');
      await expect(app.get(DocSpaceRolesGuard).canActivate(forRoles)).rejects.toThrow(told);
    },
  );

  describe('of the application', () => {
    it('are read by its reader', async () => {
      await expect(enter(context('bot', [{ chat: { headers: bearer() } }]))).resolves.toBe('default');
      await expect(enter(context('bot', [{ chat: { headers: {} } }]))).rejects.toBeInstanceOf(DocSpaceRefusedError);
      await expect(enter(context('bot', [{ chat: undefined }]))).rejects.toBeInstanceOf(DocSpaceRefusedError);
    });

    it('are asked for each message, whatever lasts between them', async () => {
      const chat: { headers: object; user?: unknown } = { headers: bearer(portal.issueToken('admin@example.com')) };
      const bot = { chat };
      const forRoles = context('bot', [bot], 'admins');
      await expect(app.get(DocSpaceRolesGuard).canActivate(forRoles)).resolves.toBe(true);
      expect(sessionIn(forRoles)?.portal).toBe('default');
      expect(chat.user).toBeUndefined();
      chat.headers = {};
      await expect(app.get(DocSpaceRolesGuard).canActivate(forRoles)).rejects.toBeInstanceOf(DocSpaceRefusedError);
      await expect(enter(context('bot', [bot]))).rejects.toBeInstanceOf(DocSpaceRefusedError);
    });

    it('get our own errors, which say what was missing', async () => {
      const enough = context('bot', [{ chat: { headers: bearer() } }], 'admins');
      await expect(app.get(DocSpaceRolesGuard).canActivate(enough)).rejects.toThrow(
        'needs one of the roles owner, admin',
      );
      const nobody = context('bot', [{ chat: undefined }], 'admins');
      await expect(app.get(DocSpaceRolesGuard).canActivate(nobody)).rejects.toThrow('no credentials');
      const cookie = `asc_auth_key=${encodeURIComponent(token)}`;
      const chat = { method: 'POST', headers: { cookie, 'sec-fetch-site': 'cross-site' } };
      await expect(enter(context('bot', [{ chat }]))).rejects.toThrow('sent from another site');
    });

    it('are let through where nothing in them could hold a session', async () => {
      await expect(enter(context('line', [`Bearer ${token}`]))).resolves.toBeUndefined();
      const nothing = context('line', [null], 'anybody');
      await app.get(DocSpaceAuthGuard).canActivate(nothing);
      expect(sessionIn(nothing)).toBeUndefined();
      await expect(enter(context('line', [null]))).rejects.toBeInstanceOf(DocSpaceRefusedError);
    });

    it('have no session where the guard puts something else in its place', async () => {
      const entered = context('bot', [{ chat: { headers: bearer() } }]);
      await expect(app.get(OwnUserGuard).canActivate(entered)).resolves.toBe(true);
      expect(sessionIn(entered)).toBeUndefined();
    });

    it('can not be HTTP, which has readers', () => {
      const contexts: Record<string, DocSpaceContextReader> = { http: () => ({ headers: {} }) };
      const start = (): Promise<StartedModule> => anApp().with({ contexts }).compile();
      return expect(start()).rejects.toThrow(/option "contexts.http" must be absent/);
    });
  });

  it('of a microservice are refused without a reader, and the log says what to do', async () => {
    const driver = await rpcOverTcp(portal.url, {});
    using logs = recordLogs();
    try {
      await expect(driver.call('protected', token)).resolves.toEqual({ statusCode: undefined, code: undefined });
      await expect(driver.call('anonymous', token)).resolves.toEqual({ user: null });
      expect(logs.lines.join('\n')).toContain('option contexts: { rpc: (context) => ({ headers: … }) }');
    } finally {
      await driver[Symbol.asyncDispose]();
    }
  });

  it('ask again for a message of a connection, though the guard ran for the one before', async () => {
    const verdicts: DocSpaceVerdict['status'][] = [];
    const request = upgrade(bearer(portal.issueToken('user@example.com')));
    const sessions = app.get(DocSpaceSessions);
    for (const end of [false, true]) {
      const entered = resolver({ extra: { request } });
      const credentials = sessions.credentialsOf(request as never);
      if (end && credentials) await sessions.end(credentials);
      verdicts.push(
        await enter(entered).then(
          () => 'authenticated',
          () => 'anonymous',
        ),
      );
    }
    expect(verdicts).toEqual(['authenticated', 'anonymous']);
  });
});
