import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { HttpModule, HttpService } from '@nestjs/axios';
import axios from 'axios';
import {
  DocSpaceAuthService,
  type DocSpaceAuthModuleOptions,
  DocSpaceCredentials,
  type DocSpaceHttpOptions,
} from 'nestjs-docspace-auth';
import { Portals } from '../../lib/auth/portal.js';
import { answered } from '../support/answers.js';
import { type Answering, type RawAnswer, RawServer } from '../support/raw-server.js';
import { refusalOfCall, rejectionOf, SECRETS } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const MIB = 1024 * 1024;
const login = { userName: 'ann@example.com', password: SECRETS.password };
const credentials = DocSpaceCredentials.token(SECRETS.token);
const ENDPOINT = 'GET /api/2.0/authentication';

/** `{"response":true}` with blanks up to that many bytes. */
const padded = (bytes: number): string => `{"response":true${' '.repeat(bytes - 17)}}`;

const PACKED: Record<string, (text: string) => Buffer> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
};

/** Writes as long as somebody listens, and tells how much was taken. */
function endless(chunk: Buffer, headers: Record<string, string> = {}): { answering: Answering; written: () => number } {
  let written = 0;
  const answering: Answering = (_request, response) => {
    response.writeHead(200, headers);
    const write = (): void => {
      if (response.destroyed) return;
      written += chunk.length;
      response.write(chunk, () => void setImmediate().then(write));
    };
    write();
    return undefined;
  };
  return { answering, written: () => written };
}

describe.each<[name: string, transport: DocSpaceHttpOptions]>([
  ['node:http', {}],
  ['undici', { adapter: 'undici' }],
  ['an adapter of axios’ own', { adapter: axios.getAdapter('http') }],
])('PortalClient over %s', (name, transport) => {
  const packs = name.includes('axios');
  const started: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const one of started.splice(0).reverse()) await one[Symbol.asyncDispose]();
  });

  async function aPortal(answer: RawAnswer | Answering): Promise<RawServer> {
    const portal = await RawServer.start(answer);
    started.push(portal);
    return portal;
  }

  async function serviceAt(
    url: string,
    options: Partial<DocSpaceAuthModuleOptions> = {},
  ): Promise<DocSpaceAuthService> {
    const app: StartedModule = await anApp()
      .at(url)
      .with({ http: transport, ...options })
      .compile();
    started.push(app);
    return app.get(DocSpaceAuthService);
  }

  const serviceThatGets = async (
    answer: RawAnswer | Answering,
    options?: Partial<DocSpaceAuthModuleOptions>,
  ): Promise<DocSpaceAuthService> => serviceAt((await aPortal(answer)).url, options);

  describe('goes nowhere else', () => {
    it.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (status) => {
      const elsewhere = await aPortal(answered('true'));
      const service = await serviceThatGets({ status, headers: { location: elsewhere.url } });
      expect(await refusalOfCall(service.getIsAuthentificated({ credentials }))).toEqual({
        class: 'DocSpaceProtocolError',
        status,
        endpoint: ENDPOINT,
      });
      await refusalOfCall(service.authenticateMe(login));
      expect(elsewhere.requests).toHaveLength(0);
    });

    it('takes no proxy from the environment', async () => {
      const proxy = await aPortal(answered('true'));
      const before = { ...process.env };
      for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])
        process.env[name] = proxy.url;
      delete process.env['NO_PROXY'];
      delete process.env['no_proxy'];
      try {
        const service = await serviceThatGets(answered('true'));
        await expect(service.getIsAuthentificated({ credentials })).resolves.toMatchObject({ response: true });
      } finally {
        process.env = before;
      }
      expect(proxy.requests).toHaveLength(0);
    });

    it('takes the proxy that it is given', async () => {
      const proxy = await aPortal(answered('true'));
      const { hostname: host, port } = new URL(proxy.url);
      const http = { proxy: { protocol: 'http', host, port: Number(port) } };
      const service = await serviceAt('http://docspace.test', { http, allowInsecureHttp: true });
      await expect(service.getIsAuthentificated({ credentials })).resolves.toMatchObject({ response: true });
      expect(proxy.requests.map(({ url }) => url)).toEqual(['http://docspace.test/api/2.0/authentication']);
    });

    it('takes nothing of what the application does to axios', async () => {
      const portal = await aPortal(answered('true'));
      const { defaults, interceptors } = axios;
      const before = { ...defaults, headers: { ...defaults.headers, common: { ...defaults.headers.common } } };
      const seen: unknown[] = [];
      const interceptor = interceptors.request.use((config) => (seen.push(config), config));
      Object.assign(defaults.headers.common, { Authorization: 'Bearer of-the-application', Cookie: 'a=b' });
      Object.assign(defaults, { auth: { username: 'a', password: 'b' }, params: { origin: 'x' } });
      try {
        const service = await serviceAt(portal.url);
        await service.getIsAuthentificated({ credentials });
        await service.getIsAuthentificated();
      } finally {
        Object.assign(defaults, { auth: undefined, params: undefined }, before);
        interceptors.request.eject(interceptor);
      }
      const [signedIn, anonymous] = portal.requests;
      expect(signedIn?.url).toBe('/api/2.0/authentication');
      expect(signedIn?.headers['cookie']).toEqual([`asc_auth_key=${encodeURIComponent(SECRETS.token)}`]);
      expect(signedIn?.headers).not.toHaveProperty('authorization');
      expect(anonymous?.headers).not.toHaveProperty('cookie');
      expect(anonymous?.headers).not.toHaveProperty('authorization');
      expect(seen).toEqual([]);
    });

    it('shows nothing to interceptors on the application’s own HttpService', async () => {
      const portal = await aPortal(answered('true'));
      const app = await anApp()
        .at(portal.url)
        .imports(HttpModule.register({ global: true }))
        .compile();
      started.push(app);
      const seen: unknown[] = [];
      app.get(HttpService).axiosRef.interceptors.request.use((config) => (seen.push(config), config));
      await app
        .get(DocSpaceAuthService)
        .authenticateMe(login)
        .catch(() => undefined);
      expect(portal.requests).toHaveLength(1);
      expect(seen).toEqual([]);
    });
  });

  describe('bounds the bytes of an answer', () => {
    it('takes one of 256 KiB', async () => {
      const service = await serviceThatGets({ body: padded(MIB / 4) });
      await expect(service.getIsAuthentificated()).resolves.toEqual({ response: true });
    });

    it('refuses one byte more', async () => {
      const service = await serviceThatGets({ body: padded(MIB / 4 + 1) });
      expect(await refusalOfCall(service.getIsAuthentificated({ credentials }))).toEqual({
        class: 'DocSpaceProtocolError',
        endpoint: ENDPOINT,
      });
    });

    it('refuses an endless one while it arrives', async () => {
      const { answering, written } = endless(Buffer.alloc(64 * 1024, ' '));
      const service = await serviceThatGets(answering);
      expect(await refusalOfCall(service.getIsAuthentificated())).toMatchObject({ class: 'DocSpaceProtocolError' });
      expect(written()).toBeLessThan(32 * MIB);
    });

    it.each(Object.keys(PACKED))('counts what is unpacked (%s)', async (encoding) => {
      const bomb = PACKED[encoding]?.(padded(16 * MIB)) ?? '';
      expect(bomb.length).toBeLessThan(MIB);
      const service = await serviceThatGets({ headers: { 'content-encoding': encoding }, body: bomb });
      expect(await refusalOfCall(service.getIsAuthentificated())).toMatchObject({ class: 'DocSpaceProtocolError' });
    });

    it(packs ? 'reads a packed one that is small' : 'refuses a packed one, which nobody asked for', async () => {
      const service = await serviceThatGets({
        headers: { 'content-encoding': 'gzip' },
        body: gzipSync('{"response":true}'),
      });
      const answer = service.getIsAuthentificated();
      if (packs) await expect(answer).resolves.toEqual({ response: true });
      else expect(await refusalOfCall(answer)).toEqual({ class: 'DocSpaceProtocolError', endpoint: ENDPOINT });
    });
  });

  describe('cannot read', () => {
    it.each<[what: string, answer: RawAnswer | Answering]>([
      ['what is not HTTP', { raw: 'SSH-2.0-OpenSSH_9.6\r\n' }],
      ['headers without an end', { raw: `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}` }],
      ['a body that is not packed as it says', { headers: { 'content-encoding': 'gzip' }, body: 'plain' }],
      ['two lengths', { raw: 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx' }],
    ])('%s', async (_what, answer) => {
      const service = await serviceThatGets(answer);
      expect(await refusalOfCall(service.authenticateMe(login))).toEqual({
        class: 'DocSpaceProtocolError',
        endpoint: 'POST /api/2.0/authentication',
      });
    });
  });

  describe('gets no answer', () => {
    it.each<[what: string, answer: Answering]>([
      [
        'when the answer is cut off',
        (_request, response) => {
          response.writeHead(200, { 'content-length': '17' });
          response.write('{"response"', () => response.socket?.destroy());
          return undefined;
        },
      ],
      ['when the connection is closed', (_request, response) => void response.socket?.end()],
      ['when the connection is reset', (_request, response) => void response.socket?.resetAndDestroy()],
    ])('%s', async (_what, answer) => {
      const service = await serviceThatGets(answer);
      expect(await refusalOfCall(service.authenticateMe(login))).toEqual({
        class: 'DocSpaceUnavailableError',
        endpoint: 'POST /api/2.0/authentication',
      });
    });

    it('when nobody listens', async () => {
      const gone = await RawServer.start();
      const { url } = gone;
      await gone[Symbol.asyncDispose]();
      const error = await rejectionOf((await serviceAt(url)).authenticateMe(login));
      expect(error).toMatchObject({
        code: 'ERR_DOCSPACE_UNAVAILABLE',
        message: expect.stringContaining('ECONNREFUSED') as string,
      });
    });

    it('when the name is not known', async () => {
      const service = await serviceAt('https://portal.invalid');
      expect(await refusalOfCall(service.authenticateMe(login))).toMatchObject({ class: 'DocSpaceUnavailableError' });
    });
  });

  describe('bounds the time of an answer', () => {
    it.each<[what: string, answer: Answering]>([
      ['that does not come', () => undefined],
      [
        'that stops after its headers',
        (_request, response) => {
          response.writeHead(200).flushHeaders();
          return undefined;
        },
      ],
      [
        'that drips',
        (_request, response) => {
          const drip = setInterval(() => response.write(' '), 5);
          response.on('close', () => clearInterval(drip));
          return undefined;
        },
      ],
    ])('%s', async (_what, answer) => {
      const service = await serviceThatGets(answer, { timeoutMs: 60 });
      const error = await rejectionOf(service.authenticateMe(login));
      expect(error).toMatchObject({
        code: 'ERR_DOCSPACE_UNAVAILABLE',
        message: 'POST /api/2.0/authentication: no complete answer within 60 ms',
      });
    });
  });

  describe('ends with its caller’s signal', () => {
    it('before the call', async () => {
      const portal = await aPortal(answered('true'));
      const service = await serviceAt(portal.url);
      const reason = new Error('enough');
      expect(await rejectionOf(service.authenticateMe(login, { signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(portal.requests).toHaveLength(0);
    });

    it('during the call, with the signal’s reason, and hangs up', async () => {
      const caller = new AbortController();
      const reason = new Error('enough');
      let hungUp: Promise<unknown> = Promise.resolve();
      const service = await serviceThatGets((_request, response) => {
        hungUp = new Promise((resolve) => response.on('close', resolve));
        caller.abort(reason);
        return undefined;
      });
      expect(await rejectionOf(service.authenticateMe(login, { signal: caller.signal }))).toBe(reason);
      await hungUp;
    });

    it('and not without it: a signal that outlives the call changes nothing', async () => {
      const caller = new AbortController();
      const service = await serviceThatGets(answered('true'));
      await expect(service.getIsAuthentificated({ signal: caller.signal })).resolves.toMatchObject({ response: true });
      caller.abort();
      await expect(service.getIsAuthentificated()).resolves.toMatchObject({ response: true });
    });
  });

  it('tells the breaker at once of a portal that takes connections and says nothing, not even TLS', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const connections: Socket[] = [];
    silent.on('connection', (socket) => connections.push(socket));
    try {
      const service = await serviceAt(`https://127.0.0.1:${port}`, { timeoutMs: 60 });
      for (let count = 1; count <= 5; count++) await rejectionOf(service.authenticateMe(login));
      await setImmediate();
      expect(await rejectionOf(service.authenticateMe(login))).toMatchObject({
        message: expect.stringContaining('not asked, the portal has not been answering') as string,
      });
    } finally {
      for (const socket of connections) socket.destroy();
      silent.close();
    }
  });

  describe('when the application closes', () => {
    it('takes a second close for nothing', async () => {
      const service = await serviceThatGets(answered('true'));
      await service.getIsAuthentificated({ credentials });
      const portals = (started.at(-1) as StartedModule).get(Portals);
      await portals.close();
      await expect(portals.close()).resolves.toBeUndefined();
    });

    it.each<[what: string, body: string, ask: (service: DocSpaceAuthService) => Promise<object>]>([
      ['a POST', '{"response":""}', (service) => service.logout({ credentials })],
      ['a GET', '{"response":true}', (service) => service.getIsAuthentificated({ credentials })],
    ])('lets %s under way finish', async (_what, body, ask) => {
      let arrive: (response: ServerResponse) => void;
      const arrival = new Promise<ServerResponse>((resolve) => (arrive = resolve));
      const portal = await aPortal((_request, response) => {
        arrive(response);
        return undefined;
      });
      const app = await anApp().at(portal.url).with({ http: transport }).compile();
      const answer = ask(app.get(DocSpaceAuthService));
      const response = await arrival;
      const closed = app[Symbol.asyncDispose]();
      // By then a socket that is closed on the way has hung up.
      for (let turn = 1; turn <= 10; turn++) await setImmediate();
      response.end(body);
      await expect(answer).resolves.toHaveProperty('response');
      await closed;
      expect(portal.requests).toHaveLength(1);
    });
  });
});
