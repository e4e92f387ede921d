import { DocSpaceAuthService, DocSpaceCredentials, type DocSpaceHttpOptions } from 'nestjs-docspace-auth';
import { answered } from '../support/answers.js';
import { selfSigned } from '../support/certificate.js';
import { type RawAnswer, RawServer } from '../support/raw-server.js';
import { rejectionOf, SECRETS, toldBy } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const YES = '{"response":true,"count":1,"links":[],"status":0,"statusCode":200}';
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const credentials = DocSpaceCredentials.token(SECRETS.token);
const UNAVAILABLE = 'DocSpaceUnavailableError';
const PROTOCOL = 'DocSpaceProtocolError';

describe.each<[name: string, transport: DocSpaceHttpOptions]>([
  ['node:http', {}],
  ['undici', { adapter: 'undici' }],
])('a portal over %s', (_name, transport) => {
  const started: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const one of started.splice(0).reverse()) await one[Symbol.asyncDispose]();
  });

  async function serviceAt(url: string, http: DocSpaceHttpOptions = {}): Promise<DocSpaceAuthService> {
    const app: StartedModule = await anApp()
      .at(url)
      .with({ http: { ...transport, ...http } })
      .compile();
    started.push(app);
    return app.get(DocSpaceAuthService);
  }

  async function aPortal(answer: RawAnswer, tls?: { key: string; cert: string }): Promise<RawServer> {
    const portal = await RawServer.start(answer, tls);
    started.push(portal);
    return portal;
  }

  /** What asking such a portal comes to; its POST is asked too, and never twice. */
  async function outcomeOf(service: DocSpaceAuthService): Promise<string> {
    const asked = service.getIsAuthentificated({ credentials });
    const [settled] = await Promise.allSettled([asked]);
    if (settled.status === 'fulfilled') return `response ${settled.value.response}`;
    return toldBy((await rejectionOf(Promise.reject(settled.reason as Error))) as never).class;
  }

  describe('with TLS', () => {
    it('is asked where its certificate is good', async () => {
      const tls = selfSigned();
      const portal = await aPortal(answered('true'), tls);
      expect(await outcomeOf(await serviceAt(portal.url, { ca: tls.cert }))).toBe('response true');
    });

    it.each([
      ['that signed itself', undefined, false],
      ['with the name of another', { wrongName: 'evil.example' }, true],
      ['that has ended', { until: '20200102000000Z' }, true],
      ['of another authority', undefined, 'another'],
    ])('is told nothing where it has a certificate %s', async (_what, flaws, trust) => {
      const tls = selfSigned(flaws);
      const portal = await aPortal(answered('true'), tls);
      const ca = trust === 'another' ? selfSigned().cert : tls.cert;
      const service = await serviceAt(portal.url, trust === false ? {} : { ca });
      expect(await outcomeOf(service)).toBe(UNAVAILABLE);
      const login = { userName: 'ann', password: SECRETS.password };
      expect(await rejectionOf(service.authenticateMe(login))).toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
      expect(portal.requests).toEqual([]);
    });

    it('is told nothing where it speaks no TLS', async () => {
      const portal = await aPortal(answered('true'));
      const service = await serviceAt(portal.url.replace('http:', 'https:'));
      expect(await outcomeOf(service)).toBe(UNAVAILABLE);
      expect(portal.requests).toEqual([]);
    });
  });

  it.each<[what: string, raw: string, outcome: string]>([
    ['HTTP/1.0, whose end is the end', `HTTP/1.0 200 OK\r\n\r\n${YES}`, 'response true'],
    ['HTTP/1.1 without a length', `${HEAD}connection: close\r\n\r\n${YES}`, 'response true'],
    [
      'early hints before it',
      `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${HEAD}content-length: 66\r\n\r\n${YES}`,
      'response true',
    ],
    [
      'ten early hints',
      `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10)}${HEAD}content-length: 66\r\n\r\n${YES}`,
      'response true',
    ],
    ['early hints and nothing more', 'HTTP/1.1 103 Early Hints\r\n\r\n', UNAVAILABLE],
    ['a length that lies low', `${HEAD}content-length: 5\r\n\r\n${YES}`, PROTOCOL],
    ['a length that lies high', `${HEAD}content-length: 99\r\n\r\n${YES}`, UNAVAILABLE],
    ['two lengths', `${HEAD}content-length: 1\r\ncontent-length: 66\r\n\r\n${YES}`, PROTOCOL],
    ['a chunk that lies', `${HEAD}transfer-encoding: chunked\r\n\r\nfffff\r\n${YES}`, UNAVAILABLE],
    ['a flood of headers', `HTTP/1.1 200 OK\r\n${'x-flood: 1234567890\r\n'.repeat(5000)}\r\n${YES}`, PROTOCOL],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', PROTOCOL],
    ['nothing at all', '', UNAVAILABLE],
  ])('that answers with %s', async (_what, raw, outcome) => {
    expect(await outcomeOf(await serviceAt((await aPortal({ raw })).url))).toBe(outcome);
  });

  it.each([301, 302, 303, 307, 308])('leads nobody elsewhere with %i, nor a credential', async (status) => {
    const elsewhere = await aPortal(answered('true'));
    const portal = await aPortal({ status, headers: { location: `${elsewhere.url}/api/2.0/authentication` } });
    const service = await serviceAt(portal.url);
    expect(await outcomeOf(service)).toBe(PROTOCOL);
    expect(elsewhere.requests).toEqual([]);
  });

  it('sets no cookie that any later question carries', async () => {
    const portal = await aPortal(
      answered('true', 'GET', '', { 'set-cookie': ['asc_auth_key=stolen; Path=/', 'other=1', '__proto__=1'] }),
    );
    const service = await serviceAt(portal.url);
    await service.getIsAuthentificated();
    await service.getIsAuthentificated({ credentials });
    expect(portal.requests.map(({ headers }) => headers['cookie'])).toEqual([
      undefined,
      [`asc_auth_key=${encodeURIComponent(SECRETS.token)}`],
    ]);
  });
});
