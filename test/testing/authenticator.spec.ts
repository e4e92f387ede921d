import { TOTP } from 'otpauth';
import type { DocSpaceEmulator } from '../../lib/testing/index.js';
import {
  ann,
  ask,
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
  type Reply,
} from './portal-under-test.js';

const fresh = { secondFactor: 'app' } as const;
const known = { secondFactor: 'app', appEnrolled: true, backupCodes: ['backup', 'BACK-2'] } as const;
const minute = 60_000;
const user = (portal: DocSpaceEmulator) => portal.users.get(ann.email);
const enter = (portal: DocSpaceEmulator, code: string | undefined, more: object = {}, headers = {}): Promise<Reply> =>
  post(portal, '/placeholder', { ...right, code, ...more }, headers);
const current = (portal: DocSpaceEmulator): string => user(portal)?.appCode() ?? '';

/** The `confirm` header of an authenticator's link, whose key travels in a cookie. */
async function appConfirm(portal: DocSpaceEmulator): Promise<{ confirm: string }> {
  const asked = await post(portal, '', right);
  const key = /asc_confirm_key_\w+=([^;]+)/.exec(asked.cookies.join())?.[1] ?? '';
  return { confirm: `${confirmHeader(asked)}&key=${key}` };
}

const validate = (portal: DocSpaceEmulator, body: object, headers: Record<string, string>) =>
  ask(portal, { method: 'POST', path: '/api/2.0/settings/tfaapp/validate', body, headers });

describe('a login by authenticator', () => {
  it('shows the key until the first code, makes backup codes then, and logs in once', async () => {
    await using portal = await startWith(fresh);
    const { tfaKey } = responseOf(await post(portal, '', right)) as { tfaKey: string };
    expect(tfaKey).toMatch(/^[A-Z2-7]{16}$/);
    expect(responseOf(await post(portal, '', right))['tfaKey']).toBe(tfaKey);
    const app = new TOTP({ secret: tfaKey, algorithm: 'SHA1', digits: 6, period: 30 });
    const done = await enter(portal, app.generate({ timestamp: Date.parse('2026-07-14T10:20:30.123Z') }));
    expect(await isAuthenticated(portal, { authorization: tokenOf(done) })).toBe(true);
    expect(done.cookies).toHaveLength(1);
    expect(user(portal)?.backupCodes.join(' ')).toMatch(/^([\w-]{6} ){4}[\w-]{6}$/);
    expect(responseOf(await post(portal, '', right))['tfaKey']).toBeUndefined();
  });

  it('logs in twice when the app is known, and returns the second, persistent log-in', async () => {
    await using portal = await startWith(known);
    const done = await enter(portal, current(portal), { session: true });
    const [first, second] = done.cookies;
    expect(responseOf(done)).toMatchObject({ expires: '0001-01-01T00:00:00', sms: false, tfa: true });
    expect([first?.includes('expires='), second?.includes('expires=')]).toEqual([false, true]);
    expect(second).toContain(`asc_auth_key=${encodeURIComponent(tokenOf(done))};`);
    expect(first).not.toContain(encodeURIComponent(tokenOf(done)));
    expect(await isAuthenticated(portal, { cookie: first?.split(';')[0] ?? '' })).toBe(true);
  });

  it('logs in once when the request is signed in already, and ignores session for the cookie', async () => {
    await using portal = await startWith(known);
    const headers = { authorization: portal.issueToken(ann.email) };
    const { cookies } = await enter(portal, current(portal), { session: true }, headers);
    expect([cookies.length, cookies[0]?.includes('expires=')]).toEqual([1, true]);
  });

  it.each([
    [-5 * minute - 30_000, 401],
    [-5 * minute, 200],
    [5 * minute, 200],
    [5 * minute + 30_000, 401],
  ])('takes a code %i ms away with %i', async (ms, status) => {
    const clock = new Clock();
    clock.now = Date.parse('2026-07-14T10:20:00.000Z');
    await using portal = await startWith(known, { clock: clock.read });
    const code = current(portal);
    clock.forward(ms);
    expect((await enter(portal, code)).status).toBe(status);
  });

  it('takes the same code again', async () => {
    await using portal = await startWith(known);
    for (let time = 1; time <= 7; time += 1) expect((await enter(portal, current(portal))).status).toBe(200);
  });

  it('takes each backup code once', async () => {
    await using portal = await startWith(known);
    const codes = ['backup', 'backup', 'BACK-2', 'back-2'];
    const statuses: number[] = [];
    for (const code of codes) statuses.push((await enter(portal, code)).status);
    expect(statuses).toEqual([200, 401, 200, 401]);
  });

  it.each([undefined, '', '000000', 'wrong'])('refuses the code %s', async (code) => {
    await using portal = await startWith(known);
    expect((await enter(portal, code)).text).toBe(unauthenticated);
  });

  it('refuses the sixth attempt of a minute that every attempt renews', async () => {
    const clock = new Clock();
    await using portal = await startWith(known, { clock: clock.read });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await enter(portal, 'wrong');
      clock.forward(minute - 1);
    }
    expect((await enter(portal, current(portal))).status).toBe(401);
    clock.forward(minute);
    expect((await enter(portal, current(portal))).status).toBe(200);
  });

  it('checks the password again at the second step', async () => {
    await using portal = await startWith(known);
    expect((await enter(portal, current(portal), { password: 'wrong' })).status).toBe(401);
    Object.assign(user(portal) ?? {}, { status: 'disabled' });
    expect((await enter(portal, current(portal))).status).toBe(403);
  });
});

describe('the second factor', () => {
  it.each([
    ['is asked of everybody when the portal wants it', {}, { secondFactor: 'app' }, true],
    ['is not asked of who is exempt', { secondFactor: 'none' }, { secondFactor: 'app' }, false],
    ['is not asked from a trusted address', {}, { secondFactor: 'app', trustedIps: ['127.0.0.1'] }, false],
    [
      'is asked of mandatory users everywhere',
      {},
      { secondFactor: 'app', trustedIps: ['127.0.0.1'], mandatoryUsers: [ann.id] },
      true,
    ],
  ] as const)('%s', async (_name, seed, settings, tfa) => {
    await using portal = await startWith(seed, { portal: settings });
    expect(responseOf(await post(portal, '', right))['tfa']).toBe(tfa);
  });

  it('believes the address that the query claims', async () => {
    await using portal = await startWith({}, { portal: { secondFactor: 'app', trustedIps: ['198.51.100.1'] } });
    expect(responseOf(await post(portal, '?request-x-real-ip=198.51.100.1', right))['tfa']).toBe(false);
  });
});

describe('the web pages’ own way', () => {
  it('answers true for a first code, and false for an ordinary success; the session is a cookie', async () => {
    await using portal = await startWith(fresh);
    const first = await validate(portal, { code: current(portal) }, await appConfirm(portal));
    const second = await validate(portal, { code: current(portal), session: true }, await appConfirm(portal));
    expect([first.text, second.text].map((text) => /"response":\w+/.exec(text)?.[0])).toEqual([
      '"response":true',
      '"response":false',
    ]);
    expect(await isAuthenticated(portal, { cookie: second.cookies[0]?.split(';')[0] ?? '' })).toBe(true);
  });

  it('clears the cookie that held the key', async () => {
    await using portal = await startWith(known);
    const asked = await post(portal, '', right);
    const cookie = asked.cookies[0]?.split(';')[0] ?? '';
    const done = await validate(portal, { code: current(portal) }, { confirm: confirmHeader(asked), cookie });
    expect(done.cookies[0]).toBe('asc_confirm_key_TfaAuth=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/');
  });

  it('takes no backup code, no empty one, and no sixth attempt', async () => {
    await using portal = await startWith(known);
    const headers = await appConfirm(portal);
    const incorrect = errorWith(400, 'Incorrect code', 'System.ArgumentException', -2147024809);
    expect(printed((await validate(portal, { code: 'backup' }, headers)).text)).toBe(incorrect);
    expect((await validate(portal, { code: '' }, headers)).status).toBe(500);
    expect((await validate(portal, {}, headers)).headers['content-type']).toContain('problem+json');
    for (let attempt = 2; attempt <= 5; attempt += 1) await validate(portal, { code: 'wrong' }, headers);
    expect((await validate(portal, { code: current(portal) }, headers)).status).toBe(403);
  });

  it('answers false, and logs nobody in, when the second factor is off by now', async () => {
    await using portal = await startWith(known);
    const headers = await appConfirm(portal);
    Object.assign(user(portal) ?? {}, { secondFactor: 'none' });
    const answer = await validate(portal, { code: current(portal) }, headers);
    expect([answer.text.includes('"response":false'), answer.cookies]).toEqual([true, []]);
  });

  it('is closed to a link whose key is good when the request is signed in', async () => {
    await using portal = await startWith(known);
    const headers = { ...(await appConfirm(portal)), authorization: portal.issueToken(ann.email) };
    expect((await validate(portal, { code: current(portal) }, headers)).status).toBe(401);
  });

  it('gives the key of an app that is not connected yet, and of no other', async () => {
    await using portal = await startWith(fresh);
    const path = '/api/2.0/settings/tfaapp/setup';
    const headers = await appConfirm(portal);
    const given = responseOf(await ask(portal, { path, headers }));
    expect([given['account'], given['manualEntryKey']]).toEqual([ann.email, user(portal)?.tfaKey]);
    const session = { authorization: portal.issueToken(ann.email) };
    expect(await ask(portal, { path, headers: session })).toMatchObject({ status: 403, text: '' });
    Object.assign(user(portal) ?? {}, { appEnrolled: true });
    expect(await ask(portal, { path, headers })).toMatchObject({
      status: 403,
      text: expect.stringContaining('Access denied') as string,
    });
  });
});
