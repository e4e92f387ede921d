import { type DocSpaceLoginOutcome, DocSpaceRefusedError } from 'nestjs-docspace-auth';
import { by, challengeOf, Clock, Stage } from '../login/stage.js';
import { answered } from '../support/answers.js';
import { RawServer } from '../support/raw-server.js';

jest.setTimeout(30_000);

const CALL = { client: { address: '192.0.2.1', userAgent: 'Browser/1' } };
const GOOGLE = { provider: 'google', id: '1', email: 'app@example.com', accessToken: 'access' };

/** The status of what came of it, or the reason and the message of the refusal. */
async function resultOf(step: Promise<DocSpaceLoginOutcome>): Promise<string> {
  try {
    return (await step).status;
  } catch (error) {
    if (!(error instanceof DocSpaceRefusedError)) throw error;
    return `${error.reason}: ${error.message}`;
  }
}

describe('A login', () => {
  let clock: Clock;
  let stage: Stage;
  beforeEach(async () => {
    clock = new Clock();
    const portal = { socialProfiles: [GOOGLE], captcha: { publicKey: 'key', solution: 'solved' } };
    stage = await Stage.set(
      { client: ({ headers }) => ({ address: String(headers['x-address']) }), resolvePortal: () => 'default' },
      { clock: clock.read, portal },
    );
  });
  afterEach(async () => {
    await stage[Symbol.asyncDispose]();
    clock[Symbol.dispose]();
  });

  /** What the portal received last. */
  const received = (): { headers: unknown; body: unknown } => {
    const { headers, body } = stage.portal.journal.at(-1)?.request ?? {};
    return { headers, body: JSON.parse(body ?? '{}') };
  };

  it('learns of its caller what the options say', () => {
    const call = stage.login.callOf({ headers: { 'x-address': '192.0.2.7' } });
    expect(call).toEqual({ client: { address: '192.0.2.7' }, portal: 'default' });
  });

  it.each<[what: string, request: object, reason: string]>([
    ['a social account', { provider: 'google', accessToken: 'wrong' }, 'invalid-credentials'],
    ['a link', { confirmData: { email: 'app@example.com', key: '1.X' } }, 'link-invalid'],
  ])('by %s is tried as often as somebody likes: the portal counts no password', async (_what, request, reason) => {
    for (let attempt = 0; attempt < 6; attempt++)
      await expect(stage.login.start(request)).rejects.toMatchObject({ reason });
    expect(stage.asked).toHaveLength(6);
  });

  it('by a password is tried four times, and past that with a captcha that the portal judges', async () => {
    const wrong = { ...by('user'), password: 'wrong-password' };
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await resultOf(stage.login.start(wrong))).toMatch(/^invalid-credentials: /);
    expect(await resultOf(stage.login.start(by('user')))).toMatch(/^throttled: /);
    const captcha = { recaptchaType: 0, recaptchaResponse: 'solved' } as const;
    expect(await resultOf(stage.login.start({ ...by('user'), ...captcha }))).toBe('authenticated');
    expect(await resultOf(stage.login.start({ ...by('user'), ...captcha, recaptchaResponse: 'no' }))).toMatch(
      /^captcha-refused: /,
    );
    expect(await resultOf(stage.login.start(by('user')))).toMatch(/^throttled: /);
  });

  it('that names nobody by a password asks for no settings, with a captcha either', async () => {
    await stage.login.start({
      provider: 'google',
      accessToken: 'access',
      recaptchaType: 0,
      recaptchaResponse: 'solved',
    });
    expect(stage.portal.journal.map(({ request }) => request.path)).toEqual(['/api/2.0/authentication']);
  });

  it('sends a solved captcha once, for it is good once', async () => {
    const captcha = { recaptchaType: 0, recaptchaResponse: 'solved' } as const;
    const outcome = await stage.login.start({ ...by('sms'), ...captcha });
    expect(received().body).toEqual({ ...by('sms'), ...captcha });
    await stage.login.resendCode(challengeOf(outcome));
    expect(received().body).toEqual(by('sms'));
  });

  it('says in every step who the client is', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1', 'user-agent': 'Browser/1' };
    const outcome = await stage.login.start(by('new-phone'), CALL);
    expect(received()).toMatchObject({ headers });
    const sent = await stage.login.savePhone(challengeOf(outcome), '123456789', CALL);
    expect(received()).toMatchObject({ headers, body: { mobilePhone: '123456789' } });
    const resent = await stage.login.resendCode(challengeOf(sent), CALL);
    expect(received()).toMatchObject({ headers });
    await stage.login.verifyCode(challengeOf(resent), stage.smsCode('123456789'), CALL);
    expect(received()).toMatchObject({ headers });
  });

  it.each(['verifyCode', 'resendCode', 'savePhone'] as const)(
    'that was given up before %s asks nobody, and counts nothing',
    async (step) => {
      const user = step === 'savePhone' ? 'new-phone' : 'sms';
      const challenge = challengeOf(await stage.login.start(by(user)));
      const signal = AbortSignal.abort(new Error('gave up'));
      const take = (call: object): Promise<DocSpaceLoginOutcome> =>
        step === 'resendCode' ? stage.login.resendCode(challenge, call) : stage.login[step](challenge, '123456', call);
      for (let attempt = 0; attempt < 6; attempt++) await expect(take({ signal })).rejects.toThrow('gave up');
      expect(stage.asked).toEqual(['POST  200']);
      expect(await resultOf(take({}))).not.toContain('throttled');
    },
  );

  describe('asks for a code', () => {
    it.each(['Ab_-9', 'x'.repeat(32), '1'])('which may be %j', async (code) => {
      const challenge = challengeOf(await stage.login.start(by('app')));
      expect(await resultOf(stage.login.verifyCode(challenge, code))).toMatch(/^invalid-code: POST /);
    });

    it.each<unknown>(['x'.repeat(33), '', '1.2', 'ä', 123_456, undefined])('which may not be %j', async (code) => {
      const challenge = challengeOf(await stage.login.start(by('app')));
      expect(await resultOf(stage.login.verifyCode(challenge, code as string))).toBe(
        'invalid-code: code: must be 1 to 32 letters or digits',
      );
    });
  });

  describe('asks for a phone', () => {
    it.each(['12345', '+1 (23) 4-5', '1'.repeat(64)])('which may be %j', async (phone) => {
      const challenge = challengeOf(await stage.login.start(by('new-phone')));
      expect(await resultOf(stage.login.savePhone(challenge, phone))).toBe('code-required');
    });

    it.each<unknown>(['1234', '1'.repeat(65), '', 12_345, undefined])('which may not be %j', async (phone) => {
      const challenge = challengeOf(await stage.login.start(by('new-phone')));
      expect(await resultOf(stage.login.savePhone(challenge, phone as string))).toBe(
        'invalid-request: mobilePhone: must hold 5 to 64 digits',
      );
    });
  });

  it('by a code is each for itself, however many come at once', async () => {
    const [app, sms] = [await stage.login.start(by('app')), await stage.login.start(by('sms'))].map(challengeOf);
    const [appCode, smsCode] = [stage.appCode('app@example.com'), stage.smsCode('123456789')];
    const steps: [challenge: string | undefined, code: string][] = [
      [app, 'wrong-code'],
      [sms, 'wrong-code'],
      [app, appCode],
      [sms, smsCode],
    ];
    const settled = await Promise.allSettled(
      steps.map(([challenge, code]) => stage.login.verifyCode(challenge ?? '', code)),
    );
    const tokens = settled.map((one) =>
      one.status === 'fulfilled' && one.value.status === 'authenticated' ? one.value.token : undefined,
    );
    expect(tokens.slice(0, 2)).toEqual([undefined, undefined]);
    expect(new Set(tokens).size).toBe(3);
  });

  it.each([
    ['app', /^invalid-code: /],
    ['sms', /^throttled: /],
  ])('whose wrong codes are of the kind "%s" comes a minute later to %s', async (user, result) => {
    const challenge = challengeOf(await stage.login.start(by(user)));
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await resultOf(stage.login.verifyCode(challenge, 'wrong-code'))).toMatch(/^invalid-code: /);
    expect(await resultOf(stage.login.verifyCode(challenge, 'wrong-code'))).toMatch(/^throttled: /);
    clock.forward(65_000);
    expect(await resultOf(stage.login.verifyCode(challenge, 'wrong-code'))).toMatch(result);
  });

  it('goes on where a code leaves it open, and is over once one completes it', async () => {
    await using server = await RawServer.start(answered('{"sms":true}'));
    await using other = await Stage.set({ portalUrl: server.url });
    const first = challengeOf(await other.login.start(by('user')));
    const second = challengeOf(await other.login.verifyCode(first, '123456'));
    server.answer(answered('{"token":"token"}'));
    expect(await resultOf(other.login.verifyCode(second, '654321'))).toBe('authenticated');
    for (const challenge of [first, second])
      expect(await resultOf(other.login.verifyCode(challenge, '123456'))).toMatch(/^challenge-invalid: /);
  });

  it('by a link names the account of the authenticator app by the address of the link', async () => {
    const outcome = await stage.login.start({ confirmData: stage.portal.issueAuthLink('new-app@example.com') });
    expect(outcome).toMatchObject({
      status: 'app-enrolment',
      otpauthUrl: expect.stringContaining('127.0.0.1%3Anew-app%40example.com') as string,
    });
  });

  it('of somebody whom the portal does not name counts his codes by his challenge, apart from others', async () => {
    await using server = await RawServer.start(answered('{"sms":true}'));
    await using other = await Stage.set({ portalUrl: server.url });
    const start = async (): Promise<string> =>
      challengeOf(await other.login.start({ provider: 'google', accessToken: 'access' }));
    const [one, two] = [await start(), await start()];
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await resultOf(other.login.resendCode(one))).toBe('code-required');
    expect(await resultOf(other.login.resendCode(one))).toMatch(/^throttled: /);
    expect(await resultOf(other.login.resendCode(two))).toBe('code-required');
  });

  it('keeps its name through every challenge: a code that is sent again counts as the same login', async () => {
    await using server = await RawServer.start(answered('{"sms":true}'));
    await using other = await Stage.set({ portalUrl: server.url });
    let challenge = challengeOf(await other.login.start({ provider: 'google', accessToken: 'access' }));
    for (let attempt = 0; attempt < 4; attempt++) challenge = challengeOf(await other.login.resendCode(challenge));
    expect(await resultOf(other.login.resendCode(challenge))).toMatch(/^throttled: /);
  });
});
