import fc from 'fast-check';
import { DocSpaceLogin, DocSpaceRefusedError } from 'nestjs-docspace-auth';
import { LoginChallenges } from '../../lib/auth/login-challenge.js';
import { Portals } from '../../lib/auth/portal.js';
import { Sealer } from '../../lib/auth/sealer.js';
import { CountingStore } from '../support/counting-store.js';
import { anApp, type StartedModule } from '../support/start-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { by, challengeOf, Clock, Stage } from './stage.js';

jest.setTimeout(60_000);

const OLD = 'an old secret of at least 32 characters';
const NEW = 'a new secret of at least 32 characters!';
const LIFETIME = 600_000;
const CHANGED = 'is not one of ours, or was changed';
const ANOTHER_CLIENT = 'belongs to another client';
const ANOTHER_STEP = 'is for another step';

describe('a challenge', () => {
  let clock: Clock;
  let stage: Stage;
  beforeEach(async () => {
    clock = new Clock();
    stage = await Stage.set(
      { secret: OLD, portals: { other: { portalUrl: 'http://127.0.0.1:9' } } },
      { clock: clock.read },
    );
  });
  afterEach(async () => {
    await stage[Symbol.asyncDispose]();
    clock[Symbol.dispose]();
  });

  const challenge = async (name = 'app', address?: string): Promise<string> =>
    challengeOf(await stage.login.start(by(name), { client: { address } }));

  /** Refused with the reason that a log or a developer needs, and the portal was not asked. */
  async function expectRefused(why: string, make: () => Promise<unknown>): Promise<void> {
    const asked = stage.portal.journal.length;
    const [settled] = await Promise.allSettled([make()]);
    const error: unknown = settled.status === 'rejected' ? settled.reason : settled.value;
    expect(error).toBeInstanceOf(DocSpaceRefusedError);
    expect(error).toMatchObject({
      reason: 'challenge-invalid',
      code: 'ERR_DOCSPACE_REFUSED',
      message: `challenge: ${why}; start the login again`,
    });
    expect(stage.portal.journal).toHaveLength(asked);
  }

  const node = (secret: string | string[]): Promise<StartedModule> =>
    anApp().at(stage.portal.url).with({ secret, passwordTransport: 'plain' }).compile();

  it('is refused with any flipped bit, without asking the portal', async () => {
    const sealed = Buffer.from(await challenge(), 'latin1');
    const place = fc.tuple(fc.nat(sealed.length - 1), fc.nat(7));
    await fc.assert(
      fc.asyncProperty(place, async ([byte, bit]) => {
        const flipped = Buffer.from(sealed);
        flipped.writeUInt8(flipped.readUInt8(byte) ^ (1 << bit), byte);
        await expectRefused(CHANGED, () => stage.login.verifyCode(flipped.toString('latin1'), '123456'));
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when anything is added, cut off or put in its place', async () => {
    const sealed = await challenge();
    const other = fc.oneof(
      fc.string({ maxLength: 5000 }),
      fc.nat(sealed.length - 1).map((end) => sealed.slice(0, end)),
      fc.string({ minLength: 1, maxLength: 9 }).map((more) => sealed + more),
      fc
        .shuffledSubarray(sealed.split('.'), { minLength: 5 })
        .map((parts) => parts.join('.'))
        .filter((text) => text !== sealed),
    );
    await fc.assert(
      fc.asyncProperty(other, (text) => expectRefused(CHANGED, () => stage.login.verifyCode(text, '123456'))),
    );
  });

  it('is refused from its last millisecond on, and taken before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(LIFETIME - 1), fc.nat(10 * LIFETIME), async (early, late) => {
        clock.forward(2 * LIFETIME);
        const sealed = await challenge('new-app');
        clock.forward(early);
        await expect(stage.login.verifyCode(sealed, 'wrong-code')).rejects.toMatchObject({ reason: 'invalid-code' });
        clock.forward(LIFETIME - early + late);
        await expectRefused('has expired', () => stage.login.verifyCode(sealed, '123456'));
      }),
      { numRuns: 20, examples: [[LIFETIME - 1, 0]] },
    );
  });

  it('is refused under any other secret, and opened after rotation', async () => {
    const sealed = await challenge();
    await using rotated = await node([NEW, OLD]);
    await using foreign = await node(NEW);
    await expectRefused(CHANGED, () => foreign.get(DocSpaceLogin).verifyCode(sealed, '123456'));
    const code = stage.appCode('app@example.com');
    expect(await rotated.get(DocSpaceLogin).verifyCode(sealed, code)).toMatchObject({ status: 'authenticated' });
  });

  it('that was sealed under a new secret is not for a node that has only the old one', async () => {
    await using rotated = await node([NEW, OLD]);
    const sealed = challengeOf(await rotated.get(DocSpaceLogin).start(by('app')));
    await expectRefused(CHANGED, () => stage.login.verifyCode(sealed, '123456'));
  });

  it('is refused at another portal', async () => {
    const sealed = await challenge();
    await expectRefused('belongs to another portal', () =>
      stage.login.verifyCode(sealed, '123456', { portal: 'other' }),
    );
  });

  it('is refused from another address than the one that began, and from none', async () => {
    const sealed = await challenge('app', '192.0.2.1');
    await expectRefused(ANOTHER_CLIENT, () =>
      stage.login.verifyCode(sealed, '123456', { client: { address: '192.0.2.2' } }),
    );
    await expectRefused(ANOTHER_CLIENT, () => stage.login.verifyCode(sealed, '123456'));
    const call = { client: { address: '192.0.2.1' } };
    const code = stage.appCode('app@example.com');
    expect(await stage.login.verifyCode(sealed, code, call)).toMatchObject({ status: 'authenticated' });
  });

  it('that began at no known address is taken from any', async () => {
    const code = stage.appCode('app@example.com');
    const call = { client: { address: '192.0.2.1' } };
    expect(await stage.login.verifyCode(await challenge(), code, call)).toMatchObject({ status: 'authenticated' });
  });

  it('is refused for another step', async () => {
    const [sms, app, phone] = [await challenge('sms'), await challenge('app'), await challenge('new-phone')];
    await expectRefused(ANOTHER_STEP, () => stage.login.verifyCode(phone, '123456'));
    await expectRefused(ANOTHER_STEP, () => stage.login.resendCode(app));
    await expectRefused(ANOTHER_STEP, () => stage.login.resendCode(phone));
    await expectRefused(ANOTHER_STEP, () => stage.login.savePhone(sms, '123456789'));
    await expectRefused(ANOTHER_STEP, () => stage.login.savePhone(app, '123456789'));
  });

  it('fits a cookie and a form field, with a long password too', async () => {
    const password = 'p'.repeat(2000);
    stage.portal.users.add({ email: 'long@example.com', password, secondFactor: 'app', appEnrolled: true });
    const long = challengeOf(await stage.login.start({ userName: 'long@example.com', password }));
    expect(long).toMatch(/^[\w.-]{2000,4000}$/);
    expect(await challenge()).toMatch(/^[\w.-]{100,1024}$/);
  });

  it('of 4000 characters is kept and taken, and a longer one refused as too long', () => {
    const challenges = stage.app.get(LoginChallenges);
    const portal = stage.app.get(Portals).get();
    const seal = (length: number): string => {
      const request = { userName: 'a@example.com', password: 'p'.repeat(length) };
      return challenges.seal({ step: 'app', login: '', user: '', request }, portal, undefined);
    };
    let longest = '';
    const tooLong = { reason: 'invalid-request', message: 'the login is too long to be kept for its second step' };
    expect(() => {
      for (let length = 2700; length < 3000; length++) longest = seal(length);
    }).toThrow(expect.objectContaining(tooLong) as Error);
    expect(longest).toHaveLength(4000);
    expect(challenges.open(longest, ['app'], portal, undefined)).toMatchObject({ step: 'app' });
  });

  it.each(['in this process', 'at another node, through the store'])(
    'is refused once it was used, %s',
    async (where) => {
      const store = new CountingStore();
      const options = { secret: OLD, sessions: { store }, passwordTransport: 'plain' } as const;
      await using one = await anApp().at(stage.portal.url).with(options).compile();
      await using other = await anApp().at(stage.portal.url).with(options).compile();
      const login = one.get(DocSpaceLogin);
      const sealed = challengeOf(await login.start(by('app')));
      await login.verifyCode(sealed, stage.appCode('app@example.com'));
      const again = where === 'in this process' ? login : other.get(DocSpaceLogin);
      await expectRefused('was used already', () => again.verifyCode(sealed, '123456'));
    },
  );

  it('holds the password only where passwords travel plain, and readable by nobody', async () => {
    await using hashing = await anApp().at(stage.portal.url).with({ secret: OLD }).compile();
    const sealer = new Sealer([OLD], 'docspace login challenge');
    const hashed = challengeOf(await hashing.get(DocSpaceLogin).start(by('app')));
    const plain = await challenge();
    const { passwordHash } = stage.portal.users.get('app@example.com') ?? {};
    expect(sealer.open(plain)).toMatchObject({ request: by('app'), step: 'app' });
    expect(sealer.open(hashed)).toMatchObject({ request: { userName: 'app@example.com', passwordHash } });
    expectNoSecret(sealer.open(hashed), ['app-password']);
    expectNoSecret([plain, hashed], ['app-password', 'app@example.com', passwordHash ?? '']);
  });
});
