import { DocSpaceAuthError, DocSpaceRefusedError } from 'nestjs-docspace-auth';
import { demoUsers, DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { CountingStore } from '../support/counting-store.js';
import { expectNoSecret } from '../support/secrets.js';
import { PLATFORMS } from '../support/start-app.js';
import { answerOf, openDoors } from './doors.js';
import { BASE, by, challengeOf, Clock, Stage, wrongCode } from './stage.js';

jest.setTimeout(30_000);

const token = expect.stringMatching(/^[A-Za-z0-9+/]{150,}=*$/) as unknown;
const MINUTE = 60_000;

/** The reason of the refusal; fails for anything else, and for a refusal that holds a secret. */
async function reasonOf(refused: Promise<unknown>, ...secrets: string[]): Promise<string> {
  const [settled] = await Promise.allSettled([refused]);
  const error: unknown = settled.status === 'rejected' ? settled.reason : settled.value;
  expectNoSecret(error, ['sms-password', 'app-password', ...secrets]);
  if (!(error instanceof DocSpaceRefusedError)) throw new Error(`no refusal: ${JSON.stringify(settled)}`);
  return error.reason;
}

describe('the second step', () => {
  let clock: Clock;
  let stage: Stage;
  beforeEach(async () => {
    clock = new Clock();
    stage = await Stage.set({}, { clock: clock.read });
  });
  afterEach(async () => {
    await stage[Symbol.asyncDispose]();
    clock[Symbol.dispose]();
  });

  const start = async (name: string): Promise<string> => challengeOf(await stage.login.start(by(name)));

  describe('completes', () => {
    it('with the code of the SMS', async () => {
      const challenge = await start('sms');
      const outcome = await stage.login.verifyCode(challenge, stage.smsCode('123456789'));
      expect(outcome).toEqual({ status: 'authenticated', token, expiresAt: new Date('2027-07-14T10:20:30.000Z') });
    });

    it('with the code of the app, blanks and all', async () => {
      const code = stage.appCode('app@example.com');
      const outcome = await stage.login.verifyCode(await start('app'), ` ${code.slice(0, 3)} ${code.slice(3)}\n`);
      expect(outcome).toMatchObject({ status: 'authenticated', token });
    });

    it('with a backup code, once', async () => {
      expect(await stage.login.verifyCode(await start('app'), 'b4ckup')).toMatchObject({ status: 'authenticated' });
      expect(await reasonOf(stage.login.verifyCode(await start('app'), 'b4ckup'))).toBe('invalid-code');
    });

    it('with the first code of an app that was just set up', async () => {
      const challenge = await start('new-app');
      const outcome = await stage.login.verifyCode(challenge, stage.appCode('new-app@example.com'));
      expect(outcome).toMatchObject({ status: 'authenticated', token });
      expect(await stage.login.start(by('new-app'))).toMatchObject({ status: 'code-required', method: 'app' });
    });

    it('after a phone was named, whose number is taken however it is written', async () => {
      const outcome = await stage.login.savePhone(await start('new-phone'), '+123-45 (6789)');
      expect(outcome).toMatchObject({ status: 'code-required', method: 'sms', phoneNoise: '+1234*6789' });
      const code = stage.smsCode('123456789');
      expect(await stage.login.verifyCode(challengeOf(outcome), code)).toMatchObject({ status: 'authenticated' });
    });

    it('with a code that was sent again, by the new challenge and by the old one', async () => {
      const old = await start('sms');
      const resent = await stage.login.resendCode(old);
      expect(resent).toMatchObject({ status: 'code-required', method: 'sms', phoneNoise: '+1234*6789' });
      expect(stage.portal.smsInbox).toHaveLength(2);
      const code = stage.smsCode('123456789');
      expect(await stage.login.verifyCode(old, code)).toMatchObject({ status: 'authenticated' });
    });

    it('for an Auth link, which the portal takes again', async () => {
      const outcome = await stage.login.start({ confirmData: stage.portal.issueAuthLink('app@example.com') });
      const code = stage.appCode('app@example.com');
      expect(await stage.login.verifyCode(challengeOf(outcome), code)).toMatchObject({ status: 'authenticated' });
    });

    it('for a social account', async () => {
      stage.portal.settings.socialProfiles = [
        { provider: 'google', id: '1', email: 'app@example.com', accessToken: 'access' },
      ];
      const outcome = await stage.login.start({ provider: 'google', accessToken: 'access' });
      const code = stage.appCode('app@example.com');
      expect(await stage.login.verifyCode(challengeOf(outcome), code)).toMatchObject({ status: 'authenticated' });
    });

    it('with a token that lives on its own where the login is for a browser session', async () => {
      const outcome = await stage.login.start({ ...by('app'), session: true });
      const verified = await stage.login.verifyCode(challengeOf(outcome), stage.appCode('app@example.com'));
      expect(verified).toEqual({ status: 'authenticated', token });
    });
  });

  describe('after a wrong code', () => {
    it('takes the right one', async () => {
      const challenge = await start('app');
      const code = stage.appCode('app@example.com');
      expect(await reasonOf(stage.login.verifyCode(challenge, wrongCode(code)), wrongCode(code))).toBe('invalid-code');
      expect(await stage.login.verifyCode(challenge, code)).toMatchObject({ status: 'authenticated' });
    });
  });

  describe('is refused', () => {
    it('for an SMS code whose ten minutes are over', async () => {
      await start('sms');
      const code = stage.smsCode('123456789');
      clock.forward(5 * MINUTE);
      const later = await start('sms');
      clock.forward(5 * MINUTE);
      expect(await reasonOf(stage.login.verifyCode(later, code), code)).toBe('invalid-code');
    });

    it.each(['', ' ', '12345é', 'x'.repeat(33), '123/../456'])('for the code %j, without asking', async (code) => {
      const challenge = await start('app');
      expect(await reasonOf(stage.login.verifyCode(challenge, code))).toBe('invalid-code');
      expect(stage.asked).toEqual(['POST  200']);
    });

    it.each(['', 'none', '1234', '1'.repeat(65)])('for the phone %j, without asking', async (phone) => {
      const challenge = await start('new-phone');
      expect(await reasonOf(stage.login.savePhone(challenge, phone))).toBe('invalid-request');
      expect(stage.asked).toEqual(['POST  200']);
    });

    it('once the user is disabled', async () => {
      const challenge = await start('app');
      const account = stage.portal.users.get('app@example.com');
      if (account) account.status = 'disabled';
      const code = stage.appCode('app@example.com');
      expect(await reasonOf(stage.login.verifyCode(challenge, code), code)).toBe('user-disabled');
    });

    it('while the portal is out of reach, as unavailable', async () => {
      const challenge = await start('app');
      stage.portal.faults.add({ kind: 'refuse' });
      const [settled] = await Promise.allSettled([stage.login.verifyCode(challenge, '123456')]);
      const error: unknown = settled.status === 'rejected' ? settled.reason : undefined;
      expect(error).toMatchObject({ code: 'ERR_DOCSPACE_UNAVAILABLE' });
      expect(error).toBeInstanceOf(DocSpaceAuthError);
      expectNoSecret(error, ['app-password', challenge]);
    });

    it('where a phone was named in the meantime', async () => {
      const challenge = await start('new-phone');
      const sent = await stage.login.savePhone(challenge, '123456789');
      await stage.login.verifyCode(challengeOf(sent), stage.smsCode('123456789'));
      expect(await reasonOf(stage.login.savePhone(challenge, '987654321'))).toBe('challenge-invalid');
    });
  });

  describe('sent twice', () => {
    it('at once with the right code comes to the same outcome, by one question', async () => {
      const challenge = await start('sms');
      const code = stage.smsCode('123456789');
      const [one, two] = await Promise.all([
        stage.login.verifyCode(challenge, code),
        stage.login.verifyCode(challenge, code),
      ]);
      expect(one).toEqual(two);
      expect(one.status).toBe('authenticated');
      expect(stage.asked).toEqual(['POST  200', 'POST /000000 200']);
    });

    it('while the first is told to the other nodes comes to the same outcome', async () => {
      let goOn: () => void = () => undefined;
      const store = new CountingStore();
      const block = store.block.bind(store);
      const blocking = new Promise<void>((begin) => {
        store.block = async (key, forMs) => {
          begin();
          await new Promise<void>((resolve) => (goOn = resolve));
          return block(key, forMs);
        };
      });
      const secret = 'a secret of more than thirty-two characters';
      await using shared = await Stage.set({ secret, sessions: { store } }, { clock: clock.read });
      const challenge = challengeOf(await shared.login.start(by('sms')));
      const code = shared.smsCode('123456789');
      const one = shared.login.verifyCode(challenge, code);
      await blocking;
      const two = shared.login.verifyCode(challenge, code);
      goOn();
      expect(await two).toEqual(await one);
      expect(await one).toMatchObject({ status: 'authenticated' });
      expect(shared.asked).toEqual(['POST  200', 'POST /000000 200']);
    });

    it('goes on for the other when one of the two gives up', async () => {
      const challenge = await start('app');
      const code = stage.appCode('app@example.com');
      const leaving = new AbortController();
      const given = stage.login.verifyCode(challenge, code, { signal: leaving.signal });
      const waiting = stage.login.verifyCode(challenge, code);
      leaving.abort(new Error('gave up'));
      await expect(given).rejects.toThrow('gave up');
      expect(await waiting).toMatchObject({ status: 'authenticated' });
    });

    it('is refused after success, without asking the portal, by every challenge of that login', async () => {
      const old = await start('sms');
      const resent = challengeOf(await stage.login.resendCode(old));
      await stage.login.verifyCode(resent, stage.smsCode('123456789'));
      const asked = stage.asked.length;
      for (const challenge of [old, resent]) {
        expect(await reasonOf(stage.login.verifyCode(challenge, '123456'))).toBe('challenge-invalid');
        expect(await reasonOf(stage.login.resendCode(challenge))).toBe('challenge-invalid');
      }
      expect(stage.asked).toHaveLength(asked);
    });
  });

  it('given up before it begins asks nobody', async () => {
    const challenge = await start('app');
    const signal = AbortSignal.abort(new Error('gave up'));
    for (const given of [
      stage.login.verifyCode(challenge, '123456', { signal }),
      stage.login.start(by('user'), { signal }),
    ])
      await expect(given).rejects.toThrow('gave up');
    expect(stage.asked).toEqual(['POST  200']);
  });
});

const REFUSED = { code: 'ERR_DOCSPACE_REFUSED' };

describe.each(PLATFORMS)('the ready-made routes on %s', (platform) => {
  it('walk from a phone number to a session', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await openDoors(portal, platform);
    const post = (path: string, body: object) => answerOf(app.post(`/auth/${path}`, body));
    const challengeIn = ({ body }: { body: unknown }): string => (body as { challenge: string }).challenge;

    const first = await post('login', by('new-phone'));
    expect(first).toMatchObject({ status: 200, body: { status: 'phone-enrolment' } });
    const named = await post('phone', { challenge: challengeIn(first), mobilePhone: '123456789' });
    expect(named).toMatchObject({ status: 200, body: { status: 'code-required', method: 'sms' } });
    const again = await post('resend', { challenge: challengeIn(named) });
    expect(again).toMatchObject({ status: 200, body: { status: 'code-required', method: 'sms' } });
    const code = portal.smsInbox.at(-1)?.code ?? '';
    const done = await post('code', { challenge: challengeIn(again), code });
    expect(done).toMatchObject({ status: 200, body: { status: 'authenticated', token } });
    for (const answer of [first, named, again, done]) expect(answer.headers.get('cache-control')).toBe('no-store');

    const authorization = `Bearer ${(done.body as { token: string }).token}`;
    const me = await answerOf(app.fetch('/auth/me', { headers: { authorization } }));
    expect(me).toMatchObject({ status: 200, body: { email: 'new-phone@example.com' } });
    const bye = await answerOf(app.post('/auth/logout', {}, { authorization }));
    expect(bye).toMatchObject({ status: 200, body: { revoked: true } });
    expect((await app.fetch('/auth/me', { headers: { authorization } })).status).toBe(401);
  });

  it.each<[path: string, body: object | undefined, message: string]>([
    ['code', undefined, 'challenge: must be a non-empty string'],
    ['code', { code: '123456' }, 'challenge: must be a non-empty string'],
    ['code', { challenge: 5, code: {} }, 'challenge: must be a non-empty string'],
    ['code', { challenge: 'x' }, 'code: must be a non-empty string'],
    ['code', { challenge: 'x', code: 123_456 }, 'code: must be a non-empty string'],
    ['resend', { challenge: '' }, 'challenge: must be a non-empty string'],
    ['phone', { challenge: ['x'] }, 'challenge: must be a non-empty string'],
    ['phone', { challenge: 'x', mobilePhone: 4_930_123_456 }, 'mobilePhone: must be a non-empty string'],
  ])('refuse a post to %s of %j, and name the field', async (path, body, message) => {
    expect(await refusalOfPost(path, body)).toEqual({
      statusCode: 400,
      ...REFUSED,
      reason: 'invalid-request',
      message,
    });
  });

  it.each<[path: string, body: object]>([
    ['code', { challenge: 'x', code: '123456' }],
    ['resend', { challenge: 'x' }],
    ['phone', { challenge: 'x', mobilePhone: '4930123456' }],
  ])('refuse a post to %s of %j, which no server sealed', async (path, body) => {
    const reason = 'challenge-invalid';
    expect(await refusalOfPost(path, body)).toEqual({ statusCode: 401, ...REFUSED, reason, message: 'Not signed in' });
  });

  /** What the client is told; the portal hears nothing of it. */
  async function refusalOfPost(path: string, body: object | undefined): Promise<unknown> {
    await using portal = await DocSpaceEmulator.start();
    await using app = await openDoors(portal, platform);
    const answer = await answerOf(
      body ? app.post(`/auth/${path}`, body) : app.fetch(`/auth/${path}`, { method: 'POST' }),
    );
    expect(answer.body).toMatchObject({ statusCode: answer.status });
    expect(portal.journal).toEqual([]);
    return answer.body;
  }

  it('refuse a wrong code with its reason, and count it', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    await using app = await openDoors(portal, platform);
    const first = await answerOf(app.post('/auth/login', by('app')));
    const { challenge } = first.body as { challenge: string };
    const post = (): ReturnType<typeof answerOf> => answerOf(app.post('/auth/code', { challenge, code: 'wrong-code' }));
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await post()).toMatchObject({ status: 401, body: { reason: 'invalid-code' } });
    const fifth = await post();
    expect(fifth).toMatchObject({ status: 429, body: { reason: 'throttled', message: 'Too many attempts' } });
    expect(Number(fifth.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(portal.journal.filter(({ request }) => request.path === `${BASE}/000000`)).toHaveLength(4);
  });
});
