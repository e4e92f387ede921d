import type { ExecutionContext } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import {
  DocSpaceAuthGuard,
  type DocSpaceContextReader,
  DocSpaceRefusedError,
  type DocSpaceRequest,
  DocSpaceRolesGuard,
  DocSpaceSession,
  type DocSpaceVerdict,
  DocSpaceSessions,
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
  @RequireRoles('admin')
  admins(): void {
    return undefined;
  }
}

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

const resolver = (graphqlContext: unknown): ExecutionContext => context('graphql', [undefined, {}, graphqlContext, {}]);

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
      .with({ contexts: { bot: (bot) => bot.getArgByIndex<{ chat: DocSpaceRequest | undefined }>(0).chat } })
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

  describe('of GraphQL', () => {
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

    it('believe no user that stands on a connection', async () => {
      const request = { ...upgrade(), user: Object.create(DocSpaceSession.prototype) as DocSpaceSession };
      const entered = context('graphql', [undefined, {}, { extra: { request } }, {}], 'admins');
      await expect(app.get(DocSpaceRolesGuard).canActivate(entered)).rejects.toMatchObject({
        extensions: { statusCode: 401 },
      });
      expect(sessionIn(entered)).toBeUndefined();
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

  it('of a socket whose handshake nobody knows are refused with what to do', async () => {
    await expect(enter(context('ws', [{ send: () => undefined }, {}]))).rejects.toThrow(
      /^DocSpaceAuthGuard: the handshake of this WebSocket is not known\. Call DocSpaceHandshake\.protect/,
    );
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
