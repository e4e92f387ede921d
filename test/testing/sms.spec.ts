import {
  ann,
  Clock,
  confirmHeader,
  errorWith,
  isAuthenticated,
  post,
  printed,
  responseOf,
  right,
  startWith,
  tokenOf,
  unauthenticated,
} from './portal-under-test.js';

const phone = '123456789';
const sms = { secondFactor: 'sms', phone } as const;
const methodAccess = errorWith(
  500,
  'Attempt to access the method failed.',
  'System.MethodAccessException',
  -2146233072,
);
const outOfRange = errorWith(
  400,
  "Index was out of range. Must be non-negative and less than or equal to the size of the collection. (Parameter 'startIndex')",
  'System.ArgumentOutOfRangeException',
  -2146233086,
);
const withCode = (code?: string) => ({ ...right, ...(code === undefined ? {} : { code }) });

describe('a login by SMS', () => {
  it('asks for a phone first, then for its code, and knows the phone afterwards', async () => {
    await using portal = await startWith({ secondFactor: 'sms' });
    const asked = await post(portal, '', right);
    expect(portal.smsInbox).toHaveLength(0);
    const saved = await post(
      portal,
      '/setphone',
      { mobilePhone: '+1 23-45 (67) 89' },
      { confirm: confirmHeader(asked) },
    );
    expect(responseOf(saved)).toEqual({
      expires: '2026-07-14T10:30:30.123Z',
      sms: true,
      phoneNoise: '+1234*6789',
      tfa: false,
    });
    expect(portal.users.get(ann.email)).toMatchObject({ phone, phoneActivated: false });
    const code = portal.smsInbox.at(-1)?.code;
    const done = await post(portal, '/placeholder', withCode(code));
    expect(responseOf(done)).toMatchObject({ sms: true, phoneNoise: '+1234*6789', tfa: false });
    expect(done.cookies).toHaveLength(1);
    expect(await isAuthenticated(portal, { authorization: tokenOf(done) })).toBe(true);
    expect(portal.users.get(ann.email)?.phoneActivated).toBe(true);
    expect(responseOf(await post(portal, '', right)).confirmUrl).toContain('/confirm/PhoneAuth?');
  });

  it('sends six digits that never begin with 0, and not again while a code is live', async () => {
    await using portal = await startWith(sms);
    for (let login = 1; login <= 3; login += 1) await post(portal, '', right);
    expect(portal.smsInbox).toEqual([
      { phone, code: expect.stringMatching(/^[1-9]\d{5}$/) as string, at: Date.parse('2026-07-14T10:20:30.123Z') },
    ]);
  });

  it('takes a code once', async () => {
    await using portal = await startWith(sms);
    await post(portal, '', right);
    const code = portal.smsInbox.at(-1)?.code;
    expect((await post(portal, '/1', withCode(code))).status).toBe(200);
    expect((await post(portal, '/1', withCode(code))).text).toBe(unauthenticated);
  });

  it('takes any live code, and none of them after a success', async () => {
    await using portal = await startWith(sms);
    await post(portal, '', right);
    await post(portal, '/sendsms', right);
    const [older, newer] = portal.smsInbox.map(({ code }) => code);
    expect((await post(portal, '/1', withCode(older))).status).toBe(200);
    expect((await post(portal, '/1', withCode(newer))).status).toBe(401);
  });

  it('takes a code for ten minutes, restarted by every new one', async () => {
    const clock = new Clock();
    await using portal = await startWith(sms, { clock: clock.read });
    await post(portal, '', right);
    const first = portal.smsInbox.at(-1)?.code;
    clock.forward(9 * 60_000);
    await post(portal, '/sendsms', right);
    clock.forward(9 * 60_000);
    expect((await post(portal, '/1', withCode(first))).status).toBe(200);
    await post(portal, '', right);
    clock.forward(10 * 60_000);
    expect((await post(portal, '/1', withCode(portal.smsInbox.at(-1)?.code))).status).toBe(401);
  });

  it('refuses the sixth attempt, right or wrong', async () => {
    await using portal = await startWith(sms);
    await post(portal, '', right);
    for (let attempt = 1; attempt <= 5; attempt += 1) await post(portal, '/1', withCode('wrong'));
    expect((await post(portal, '/1', withCode(portal.smsInbox.at(-1)?.code))).text).toBe(unauthenticated);
  });

  it('gives a success its own attempt back', async () => {
    await using portal = await startWith(sms);
    for (let login = 1; login <= 7; login += 1) {
      await post(portal, '', right);
      expect((await post(portal, '/1', withCode(portal.smsInbox.at(-1)?.code))).status).toBe(200);
    }
  });

  it.each([undefined, '', 'wrong'])('refuses the code %s', async (code) => {
    await using portal = await startWith(sms);
    await post(portal, '', right);
    expect((await post(portal, '/1', withCode(code))).text).toBe(unauthenticated);
  });

  it('keeps at most six codes, and refuses a seventh', async () => {
    await using portal = await startWith(sms);
    for (let sent = 1; sent <= 6; sent += 1) expect((await post(portal, '/sendsms', right)).status).toBe(200);
    const text = 'You have sent too many text messages. Please try again later.';
    expect(printed((await post(portal, '/sendsms', right)).text)).toBe(
      errorWith(500, text, 'System.Exception', -2146233088),
    );
  });

  it('never accepts a code for a phone that is stored with a plus', async () => {
    await using portal = await startWith({ secondFactor: 'sms', phone: `+${phone}` });
    await post(portal, '', right);
    expect((await post(portal, '/1', withCode(portal.smsInbox.at(-1)?.code))).text).toBe(unauthenticated);
  });
});

describe('setphone', () => {
  const confirm = async (portal: Awaited<ReturnType<typeof startWith>>) => ({
    confirm: confirmHeader(await post(portal, '', right)),
  });

  it.each(['', 'none', null])('refuses the phone %s', async (mobilePhone) => {
    await using portal = await startWith({ secondFactor: 'sms' });
    const answer = await post(portal, '/setphone', { mobilePhone }, await confirm(portal));
    expect(printed(answer.text)).toBe(errorWith(500, 'Enter mobile phone number', 'System.Exception', -2146233088));
  });

  it('keeps 64 digits', async () => {
    await using portal = await startWith({ secondFactor: 'sms' });
    await post(portal, '/setphone', { mobilePhone: '7'.repeat(70) }, await confirm(portal));
    expect(portal.users.get(ann.email)?.phone).toBe('7'.repeat(64));
  });

  it.each([
    ['an expired link', 3_600_001, 401],
    ['a fresh link', 0, 200],
  ])('with %s', async (_name, ms, status) => {
    const clock = new Clock();
    await using portal = await startWith({ secondFactor: 'sms' }, { clock: clock.read });
    const headers = await confirm(portal);
    clock.forward(ms);
    expect((await post(portal, '/setphone', { mobilePhone: phone }, headers)).status).toBe(status);
  });

  it('is 403 without a body for a session, and for a link of another kind', async () => {
    await using portal = await startWith({ secondFactor: 'sms' });
    const session = { authorization: portal.issueToken(ann.email) };
    const answer = await post(portal, '/setphone', { mobilePhone: phone }, session);
    expect([answer.status, answer.text]).toEqual([403, '']);
  });

  it('acts for whoever is signed in, not for whom the link was made', async () => {
    await using portal = await startWith({ secondFactor: 'sms' });
    portal.users.add({ email: 'bob@example.com', password: 'p' });
    const headers = { ...(await confirm(portal)), authorization: portal.issueToken('bob@example.com') };
    await post(portal, '/setphone', { mobilePhone: phone }, headers);
    expect([portal.users.get(ann.email)?.phone, portal.users.get('bob@example.com')?.phone]).toEqual(['', phone]);
  });

  it('is 403 with a body for a user who was disabled meanwhile, 401 with a body for one who is gone', async () => {
    await using portal = await startWith({ secondFactor: 'sms' });
    const headers = await confirm(portal);
    Object.assign(portal.users.get(ann.email) ?? {}, { status: 'disabled' });
    const disabled = await post(portal, '/setphone', { mobilePhone: phone }, headers);
    portal.users.remove(ann.email);
    const gone = await post(portal, '/setphone', { mobilePhone: phone }, headers);
    expect([disabled.status, gone.status]).toEqual([403, 401]);
    expect(disabled.text + gone.text).toContain('"error"');
  });

  it('is 500 for an encemail that is garbage', async () => {
    await using portal = await startWith({ secondFactor: 'sms' });
    for (const encemail of ['!!!', 'AAAA']) {
      const answer = await post(
        portal,
        '/setphone',
        { mobilePhone: phone },
        { confirm: `type=PhoneActivation&key=1.A&encemail=${encemail}` },
      );
      expect([encemail, answer.status]).toEqual([encemail, 500]);
    }
  });
});

describe('a portal that can not mask ten digits', () => {
  const faithful = { portal: { phoneMaskBug: true } };
  const long = { secondFactor: 'sms', phone: '15551234567' } as const;

  it('fails after the SMS of a login went out', async () => {
    await using portal = await startWith(long, faithful);
    expect(printed((await post(portal, '', right)).text)).toBe(outOfRange);
    expect(portal.smsInbox).toHaveLength(1);
  });

  it('fails after the phone was saved and its SMS went out', async () => {
    await using portal = await startWith({ secondFactor: 'sms' }, faithful);
    const confirm = confirmHeader(await post(portal, '', right));
    expect(printed((await post(portal, '/setphone', { mobilePhone: '15551234567' }, { confirm })).text)).toBe(
      outOfRange,
    );
    expect([portal.users.get(ann.email)?.phone, portal.smsInbox.length]).toEqual(['15551234567', 1]);
  });

  it('fails after sending again', async () => {
    await using portal = await startWith(long, faithful);
    expect(printed((await post(portal, '/sendsms', right)).text)).toBe(outOfRange);
    expect(portal.smsInbox).toHaveLength(1);
  });

  it('refuses the right code although a log-in was made', async () => {
    await using portal = await startWith(long, faithful);
    await post(portal, '', right);
    expect((await post(portal, '/1', withCode(portal.smsInbox[0]?.code))).text).toBe(unauthenticated);
    expect(portal.users.get(ann.email)?.phoneActivated).toBe(true);
  });
});

describe('a portal without an SMS provider', () => {
  const silent = { portal: { smsProvider: false } };

  it('fails the first login, and lets the next ones wait for a code that never comes', async () => {
    await using portal = await startWith(sms, silent);
    expect(printed((await post(portal, '', right)).text)).toBe(methodAccess);
    expect((await post(portal, '', right)).status).toBe(200);
    expect(portal.smsInbox).toHaveLength(0);
  });

  it('fails setphone and sendsms', async () => {
    await using portal = await startWith({ secondFactor: 'sms' }, silent);
    const confirm = confirmHeader(await post(portal, '', right));
    expect(printed((await post(portal, '/setphone', { mobilePhone: phone }, { confirm })).text)).toBe(methodAccess);
    for (let sent = 1; sent <= 3; sent += 1) expect((await post(portal, '/sendsms', right)).status).toBe(500);
  });
});

describe('sendsms', () => {
  it.each([
    ['a wrong password', { password: 'wrong' }, sms, 401],
    ['a user without SMS', {}, {}, 500],
    ['a user without a phone', {}, { secondFactor: 'sms' } as const, 400],
    ['a disabled user', {}, { ...sms, status: 'disabled' } as const, 403],
    ['a user whose phone is known', {}, sms, 200],
  ])('with %s', async (_name, body, user, status) => {
    await using portal = await startWith(user);
    const answer = await post(portal, '/sendsms', { ...right, ...body });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.text).toContain('"type":"System.ArgumentException"');
  });
});
