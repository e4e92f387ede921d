import { DocSpaceRefusedError } from '../../lib/auth/errors.js';
import { PasswordTransport } from '../../lib/auth/password-transport.js';
import { Portals } from '../../lib/auth/portal.js';
import type { AuthRequestsDto } from '../../lib/auth/requests.js';
import { answered } from '../support/answers.js';
import { RawServer } from '../support/raw-server.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const QUICK = { passwordHash: { size: 256, iterations: 1, salt: 'salt' } };
/** PBKDF2 of "password" with these parameters. */
const HASH = '120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b';
const LINK = { email: 'ann@example.com', key: '1.X' };

type Mode = 'auto' | 'hash' | 'plain';

describe('A password on its way', () => {
  let server: RawServer;
  let app: StartedModule;
  beforeEach(async () => {
    server = await RawServer.start(answered(JSON.stringify({ ...QUICK, recaptchaPublicKey: 'key' })));
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const start = async (passwordTransport: Mode = 'auto'): Promise<PasswordTransport> => {
    app = await anApp().at(server.url).with({ passwordTransport }).compile();
    return app.get(PasswordTransport);
  };
  const prepared = async (request: object): Promise<AuthRequestsDto> =>
    app.get(PasswordTransport).prepare(app.get(Portals).get(), request);

  it.each([
    [
      { userName: 'ann', passwordHash: ' ' },
      { userName: 'ann', passwordHash: HASH },
    ],
    [
      { userName: 'ann', provider: 'email' },
      { userName: 'ann', provider: 'email', passwordHash: HASH },
    ],
  ])('is hashed beside %j', async (beside, travelling) => {
    await start();
    await expect(prepared({ ...beside, password: 'password' })).resolves.toEqual(travelling);
  });

  it.each<[mode: Mode, ldapEnabled: boolean, travelling: object]>([
    ['auto', false, { passwordHash: HASH }],
    ['auto', true, { password: 'password' }],
    ['hash', false, { passwordHash: HASH }],
    ['hash', true, { passwordHash: HASH }],
    ['plain', false, { password: 'password' }],
    ['plain', true, { password: 'password' }],
  ])('by the option %s, where LDAP is %s, is %j', async (mode, ldapEnabled, travelling) => {
    server.answer(answered(JSON.stringify({ ...QUICK, ldapEnabled })));
    await start(mode);
    const request = { userName: 'ann', password: 'password' };
    await expect(prepared(request)).resolves.toStrictEqual({ userName: 'ann', ...travelling });
  });

  describe.each(['auto', 'plain'] as const)('where the option says %s', (mode) => {
    it.each<[beside: object]>([
      [{ userName: 'ann', passwordHash: 'made by the caller' }],
      [{ confirmData: LINK }],
      [{ provider: 'google', accessToken: 'token' }],
      [{ serializedProfile: 'profile' }],
    ])('stays here beside %j, which logs in without it', async (beside) => {
      await start(mode);
      await expect(prepared({ ...beside, password: 'password' })).resolves.toStrictEqual(beside);
      await expect(prepared({ ...beside, password: '' })).resolves.toStrictEqual(beside);
      expect(server.requests).toEqual([]);
    });
  });

  it('is refused while too many others are hashed, with the time to wait', async () => {
    await start();
    await prepared({ userName: 'ann', password: 'password' });
    const all = await Promise.allSettled(
      Array.from({ length: 70 }, () => prepared({ userName: 'ann', password: 'password' })),
    );
    const refused = all.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toHaveLength(4);
    for (const error of refused) {
      expect(error).toBeInstanceOf(DocSpaceRefusedError);
      expect(error).toMatchObject({ reason: 'throttled', message: 'too many logins at once', retryAfterMs: 1000 });
    }
  });

  it('that is none fails as the mistake that it is', async () => {
    await start();
    await expect(prepared({ userName: 'ann', password: 5 })).rejects.toThrow(TypeError);
  });

  it.each([
    ['key', true],
    ['', false],
  ])(
    'needs no throttle of ours beside a captcha where the portal judges it, by the key "%s": %s',
    async (key, judges) => {
      server.answer(answered(JSON.stringify({ ...QUICK, recaptchaPublicKey: key })));
      await expect((await start()).judgesCaptcha(app.get(Portals).get())).resolves.toBe(judges);
    },
  );
});
