import fc from 'fast-check';
import { DocSpaceAuthService, DocSpaceConfirmation, DocSpaceCredentials } from 'nestjs-docspace-auth';
import { answered } from '../support/answers.js';
import { anyText } from '../support/any-text.js';
import { RawServer } from '../support/raw-server.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const KNOWN = [
  'accept',
  'accept-encoding',
  'authorization',
  'confirm',
  'connection',
  'cookie',
  'host',
  'user-agent',
  'x-forwarded-for',
];

describe('what reaches a header', () => {
  let portal: RawServer;
  let app: StartedModule;
  let service: DocSpaceAuthService;

  beforeAll(async () => {
    portal = await RawServer.start(answered('true'));
    app = await anApp().at(portal.url).compile();
    service = app.get(DocSpaceAuthService);
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await portal[Symbol.asyncDispose]();
  });

  /** The headers of one more request. */
  async function headersOf(call: Parameters<DocSpaceAuthService['getIsAuthentificated']>[0]) {
    await service.getIsAuthentificated(call);
    return portal.last.headers;
  }

  describe('of a caller', () => {
    it.each(['203.0.113.7', '2001:db8::7', '::ffff:203.0.113.7'])('is the address %s', async (address) => {
      expect((await headersOf({ client: { address } }))['x-forwarded-for']).toEqual([address]);
    });

    it.each(['', 'localhost', '203.0.113.7, 10.0.0.1', '203.0.113.7:80', '203.0.113.256', '1.2.3.4\r\nx: y', '[::1]'])(
      'is no address %j',
      async (address) => {
        expect(await headersOf({ client: { address } })).not.toHaveProperty('x-forwarded-for');
      },
    );

    it('is the user agent, as it is', async () => {
      const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) "quoted" <it>';
      expect((await headersOf({ client: { userAgent } }))['user-agent']).toEqual([userAgent]);
    });

    it.each(['', 'a\r\nx: y', 'a\0b', 'ünïcode', '\u{1f600}', 'x'.repeat(513)])(
      'is no user agent %j',
      async (userAgent) => {
        expect((await headersOf({ client: { userAgent } }))['user-agent']).toEqual(['nestjs-docspace-auth']);
      },
    );

    it('is nothing unless given', async () => {
      for (const call of [{}, { client: {} }, { client: { address: undefined, userAgent: undefined } }]) {
        const headers = await headersOf(call);
        expect(headers).not.toHaveProperty('x-forwarded-for');
        expect(headers['user-agent']).toEqual(['nestjs-docspace-auth']);
      }
    });
  });

  describe('of any text', () => {
    const evil = fc.constantFrom(
      'a\r\nx-injected: 1',
      'a\nx-injected: 1\n\n',
      '\r',
      '\0',
      ';asc_auth_key=b',
      '&type=Auth',
      ' ',
      'ä',
      '\u2028',
      '\ud800',
      '%0d%0a',
    );
    const text = fc.oneof(
      anyText,
      fc.tuple(fc.string(), evil, fc.string()).map((parts) => parts.join('')),
    );
    const holders: Record<string, (given: string) => Parameters<DocSpaceAuthService['getIsAuthentificated']>[0]> = {
      'a token': (given) => ({ credentials: DocSpaceCredentials.token(given) }),
      'an API key': (given) => ({ credentials: DocSpaceCredentials.apiKey(`sk-${given}`) }),
      'a JWT': (given) => ({ credentials: DocSpaceCredentials.jwt(`e30.${given}.e30`) }),
      'a user name': (given) => ({ credentials: DocSpaceCredentials.basic(given, 'password') }),
      'a password': (given) => ({ credentials: DocSpaceCredentials.basic('ann', given) }),
      'a link': (given) => ({
        confirmation: DocSpaceConfirmation.fromUrl(`https://x.example/?type=Auth&key=${given}`),
      }),
      'a key': (given) => ({ confirmation: DocSpaceConfirmation.of({ type: 'Auth', key: given }) }),
      'the rest of a link': (given) => ({
        confirmation: DocSpaceConfirmation.of({
          type: 'Auth',
          key: 'k',
          email: given,
          uid: given,
          first: given,
          encemail: given,
          emplType: given as never,
        }),
      }),
      'an address': (address) => ({ client: { address } }),
      'a user agent': (userAgent) => ({ client: { userAgent } }),
    };

    it.each(Object.entries(holders))(
      '%s makes no header of its own: it is refused, or travels whole',
      async (_what, hold) => {
        await fc.assert(
          fc.asyncProperty(text, async (given) => {
            let call;
            try {
              call = hold(given);
            } catch (error) {
              expect(error).toBeInstanceOf(TypeError);
              return;
            }
            const headers = await headersOf(call);
            expect(KNOWN).toEqual(expect.arrayContaining(Object.keys(headers)));
            for (const values of Object.values(headers)) expect(values).toHaveLength(1);
            for (const cookie of headers['cookie'] ?? []) expect(cookie).toMatch(/^asc_auth_key=[\w.!~*'()%-]*$/);
            for (const query of headers['confirm'] ?? [])
              expect(new URLSearchParams(query).getAll('type')[0]).toBe('Auth');
          }),
          { numRuns: 40 },
        );
      },
      30_000,
    );
  });
});
