import { DocSpaceLogin, type DocSpaceLoginOutcome } from 'nestjs-docspace-auth';
import { DocSpaceEmulator, type DocSpaceEmulatorUser } from 'nestjs-docspace-auth/testing';
import { hashPassword } from '../../lib/auth/password-hash.js';
import { anApp } from '../support/start-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { BASE, Clock, Stage } from './stage.js';

jest.setTimeout(60_000);

const ann = { email: 'ann@example.com', password: 'SecurePassword123!' } satisfies DocSpaceEmulatorUser;
const HASH = '99dbec8b6a3ef613f4fc4b58241e14bb08439e36315c9bec46d387118615bcab';
const right = { userName: ann.email, password: ann.password };

const SALTS = {
  docker: '4d9abe238e2f7b14a30a4565d62214a795a15abb798ed61118a69820d6a6146c',
  development: '0a783fef249b0cfa2b1ddc3825bf9a5c9c869bf65a4a45cbd5a0c93b16b5a47e',
};

describe("a password's hash", () => {
  it.each([
    [SALTS.docker, 'password', '1e90d9ca1d0cf47fe342ddd4665d05eb06aa3c1e62dccf03a72e0342558de94f'],
    [SALTS.docker, ' SecurePassword123! ', HASH],
    [SALTS.docker, 'пароль', '0856499fa2f9ad8571f6d6500b4c3e07b66802e59883a5c2ffa8ce609fd08d0b'],
    [SALTS.docker, '11111111', '18ea5e2601e83dd00e953d6d69eafd98a3dbb9c78b0c0fe8c87c3d56a84748ab'],
    [SALTS.development, 'password', '954f8b4cac3730fa5297404214b1252c938b929581c3a40fcd88c5e68d5e31ca'],
    [SALTS.development, 'SecurePassword123!', '67170fef854291fbbc658455537ef1a64ce174426fec888c4977499dd92fc711'],
    [SALTS.development, 'пароль', 'c593fb524af588499edf2d78b8f052ff67df81fd5bbe5a7916c689acd02a3239'],
    [SALTS.development, '11111111', '0810a9118d1ef7982de91fc0a68d265209d61ee27dee9ec8a897cadc7e10c561'],
  ])('is what the portal with the salt %s makes of %s', async (salt, password, hash) => {
    expect(await hashPassword(password, { size: 256, iterations: 100_000, salt })).toBe(hash);
  });

  it('takes turns, and refuses when too many wait', async () => {
    const parameters = { size: 256, iterations: 1, salt: 'salt' };
    const all = await Promise.allSettled(Array.from({ length: 80 }, () => hashPassword('x', parameters)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(66);
  });
});

describe('a password', () => {
  let clock: Clock;
  beforeEach(() => (clock = new Clock()));
  afterEach(() => clock[Symbol.dispose]());

  const set = (
    passwordTransport: 'auto' | 'hash' | 'plain',
    user: Partial<DocSpaceEmulatorUser> = {},
    portal: { ldap?: boolean } = {},
  ): Promise<Stage> => Stage.set({ passwordTransport }, { users: [{ ...ann, ...user }], portal, clock: clock.read });

  /** What travelled as credentials with the last login. */
  const travelled = ({ portal }: Stage): unknown =>
    JSON.parse(portal.journal.findLast(({ request }) => request.path === BASE)?.request.body ?? '{}');

  const settingsAsked = ({ portal }: Stage): string[] =>
    portal.journal.filter(({ request }) => !request.path.startsWith(BASE)).map(({ request }) => request.path);

  it.each<[mode: 'auto' | 'hash' | 'plain', ldap: boolean, sent: object]>([
    ['auto', false, { passwordHash: HASH }],
    ['auto', true, { password: ann.password }],
    ['hash', false, { passwordHash: HASH }],
    ['hash', true, { passwordHash: HASH }],
    ['plain', false, { password: ann.password }],
    ['plain', true, { password: ann.password }],
  ])('with the transport %s, and LDAP %s, travels as %j', async (mode, ldap, sent) => {
    await using stage = await set(mode, {}, { ldap });
    expect(await stage.login.start(right)).toMatchObject({ status: 'authenticated' });
    expect(travelled(stage)).toEqual({ userName: ann.email, ...sent });
  });

  it('of an LDAP user logs him in where the portal has LDAP', async () => {
    await using stage = await set('auto', { ldap: true }, { ldap: true });
    expect(await stage.login.start(right)).toMatchObject({ status: 'authenticated' });
  });

  it('travels hashed in every step, and its plain text never', async () => {
    await using stage = await set('auto', { secondFactor: 'sms', phone: '123456789' });
    const first = await stage.login.start(right);
    const resent = await stage.login.resendCode(challengeIn(first));
    await stage.login.verifyCode(challengeIn(resent), stage.smsCode('123456789'));
    expect(stage.asked).toEqual(['POST  200', 'POST /sendsms 200', 'POST /000000 200']);
    expectNoSecret(stage.portal.journal, [ann.password]);
  });

  it('does not travel beside a hash that the caller made', async () => {
    await using stage = await set('auto');
    await stage.login.start({ ...right, passwordHash: HASH });
    expect(travelled(stage)).toEqual({ userName: ann.email, passwordHash: HASH });
    expect(settingsAsked(stage)).toEqual([]);
  });

  describe("by the portal's settings", () => {
    it('is hashed for all logins of ten minutes after one question', async () => {
      await using stage = await set('auto');
      await Promise.all([stage.login.start(right), stage.login.start(right), stage.login.start(right)]);
      clock.forward(599_999);
      await stage.login.start(right);
      expect(settingsAsked(stage).toSorted()).toEqual(['/api/2.0/capabilities', '/api/2.0/settings']);
      clock.forward(1);
      await stage.login.start(right);
      expect(settingsAsked(stage)).toHaveLength(4);
    });

    it('is hashed by older ones while they cannot be fetched again, which is tried every half minute', async () => {
      await using stage = await set('auto');
      await stage.login.start(right);
      clock.forward(600_000);
      stage.portal.faults.add({ kind: 'status', status: 500, path: /settings$/ });
      expect(await stage.login.start(right)).toMatchObject({ status: 'authenticated' });
      const asked = settingsAsked(stage).length;
      expect(await stage.login.start(right)).toMatchObject({ status: 'authenticated' });
      expect(settingsAsked(stage)).toHaveLength(asked);
      clock.forward(30_000);
      expect(await stage.login.start(right)).toMatchObject({ status: 'authenticated' });
      expect(settingsAsked(stage).length).toBeGreaterThan(asked);
    });

    it.each<[what: string, body: string, code: string]>([
      ['no parameters', '{"response":{},"count":1}', 'ERR_DOCSPACE_PROTOCOL'],
      ['too many rounds', parameters({ iterations: 1_000_001 }), 'ERR_DOCSPACE_PROTOCOL'],
      ['no rounds', parameters({ iterations: 0 }), 'ERR_DOCSPACE_PROTOCOL'],
      ['half a byte', parameters({ size: 252 }), 'ERR_DOCSPACE_PROTOCOL'],
      ['no salt', parameters({ salt: null }), 'ERR_DOCSPACE_PROTOCOL'],
      ['garbage', '<<', 'ERR_DOCSPACE_PROTOCOL'],
    ])('does not travel at all where they tell %s', async (_what, body, code) => {
      await using stage = await set('auto');
      stage.portal.faults.add({ kind: 'status', status: 200, path: '/api/2.0/settings', body });
      await expect(stage.login.start(right)).rejects.toMatchObject({ code });
      expect(stage.asked).toEqual([]);
    });

    it('does not travel at all while they cannot be had', async () => {
      await using portal = await DocSpaceEmulator.start({ users: [ann] });
      await using app = await anApp().at(portal.url).compile();
      portal.faults.add({ kind: 'refuse' });
      await expect(app.get(DocSpaceLogin).start(right)).rejects.toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
    });
  });
});

function parameters(change: object): string {
  const passwordHash = { size: 256, iterations: 100_000, salt: SALTS.docker, ...change };
  return JSON.stringify({ response: { passwordHash }, count: 1 });
}

const challengeIn = (outcome: DocSpaceLoginOutcome): string => ('challenge' in outcome ? outcome.challenge : '');
