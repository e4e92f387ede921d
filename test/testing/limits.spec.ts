import type { DocSpaceEmulator } from '../../lib/testing/index.js';
import { ann, ask, base, Clock, get, post, right, startPortal, startWith, tooMany } from './portal-under-test.js';

const wrong = { ...right, password: 'wrong' };
const minute = 60_000;

async function statuses(portal: DocSpaceEmulator, bodies: object[], headers = {}): Promise<number[]> {
  const found: number[] = [];
  for (const body of bodies) found.push((await post(portal, '', body, headers)).status);
  return found;
}

const times = (count: number, body: object = wrong): object[] => Array.from({ length: count }, () => body);

describe('the lock-out', () => {
  it('lets five attempts through, and refuses the sixth whatever the password', async () => {
    await using portal = await startPortal();
    expect(await statuses(portal, [...times(5), right, right])).toEqual([401, 401, 401, 401, 401, 403, 403]);
    const answer = await post(portal, '', right);
    expect([answer.text, answer.headers['retry-after']]).toEqual([tooMany, undefined]);
  });

  it('ends after its minute, which attempts meanwhile don’t prolong, with the history cleared', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read });
    await statuses(portal, times(6));
    clock.forward(minute - 1);
    expect(await statuses(portal, [right])).toEqual([403]);
    clock.forward(1);
    expect(await statuses(portal, times(6))).toEqual([401, 401, 401, 401, 401, 403]);
  });

  it('forgets attempts that are older than its window', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read });
    await statuses(portal, times(4));
    clock.forward(minute);
    expect(await statuses(portal, times(5))).toEqual([401, 401, 401, 401, 401]);
  });

  it('takes back only the entry of a success; earlier failures stay', async () => {
    await using portal = await startPortal();
    expect(await statuses(portal, [...times(4), right, right, right])).toEqual([401, 401, 401, 401, 200, 200, 200]);
    expect(await statuses(portal, times(2))).toEqual([401, 403]);
  });

  it('counts per login name in any letters, and per address', async () => {
    await using portal = await startPortal();
    await statuses(portal, times(5, { ...wrong, userName: 'U@Example.COM' }));
    expect(await statuses(portal, [right])).toEqual([403]);
    expect(await statuses(portal, [{ ...wrong, userName: 'other@example.com' }])).toEqual([401]);
    expect(await statuses(portal, [right], { 'x-forwarded-for': '203.0.113.1' })).toEqual([200]);
  });

  it('counts for the whole installation, not per portal', async () => {
    await using portal = await startPortal({ portals: [{ host: 'other.example.com', users: [ann] }] });
    await statuses(portal, times(5));
    expect(await statuses(portal, [right], { host: 'other.example.com' })).toEqual([403]);
  });

  it('believes the address that the query claims', async () => {
    await using portal = await startPortal();
    await statuses(portal, times(6));
    expect((await post(portal, '?request-x-real-ip=198.51.100.1', right)).status).toBe(200);
  });

  it('counts no attempt without a name or password', async () => {
    await using portal = await startPortal();
    await statuses(portal, [
      ...times(9, {}),
      ...times(9, { userName: ann.email }),
      ...times(9, { userName: ann.email, password: '' }),
    ]);
    expect(await statuses(portal, [right])).toEqual([200]);
  });

  it('counts a password of blanks, and an empty hash', async () => {
    await using portal = await startPortal();
    await statuses(portal, [
      ...times(3, { userName: ann.email, password: ' ' }),
      ...times(2, { userName: ann.email, passwordHash: '' }),
    ]);
    expect(await statuses(portal, [right])).toEqual([403]);
  });

  it('is passed by a solved captcha, which is not counted either', async () => {
    await using portal = await startPortal({ portal: { captcha: { publicKey: 'k', solution: 'solved' } } });
    await statuses(portal, times(6));
    const solved = { ...right, recaptchaResponse: 'solved' };
    expect(await statuses(portal, [solved, { ...solved, password: 'wrong' }, right])).toEqual([200, 401, 403]);
  });

  it('holds for the second step and for sendsms too', async () => {
    await using portal = await startWith({ secondFactor: 'sms', phone: '123456789' });
    await statuses(portal, times(5));
    expect((await post(portal, '/1', { ...right, code: '1' })).text).toBe(tooMany);
    expect((await post(portal, '/sendsms', right)).text).toBe(tooMany);
  });

  it('does not hold for Basic', async () => {
    await using portal = await startPortal();
    const headers = (password: string) => ({
      authorization: `Basic ${Buffer.from(`${ann.email}:${password}`).toString('base64')}`,
    });
    for (let attempt = 1; attempt <= 9; attempt += 1) await get(portal, headers('wrong'));
    expect((await get(portal, headers(ann.password))).text).toContain('"response":true');
  });

  it('follows the portal’s settings', async () => {
    const clock = new Clock();
    await using portal = await startPortal({
      clock: clock.read,
      portal: { loginSettings: { attemptCount: 1, blockTime: 5, checkPeriod: 2 } },
    });
    expect(await statuses(portal, times(2))).toEqual([401, 403]);
    clock.forward(4999);
    expect(await statuses(portal, [right])).toEqual([403]);
    clock.forward(1);
    expect(await statuses(portal, [wrong])).toEqual([401]);
    clock.forward(2000);
    expect(await statuses(portal, [wrong])).toEqual([401]);
  });
});

describe('the rate limiter', () => {
  const far = { 'x-forwarded-for': '203.0.113.1' };

  it('is off unless switched on, and never limits loopback', async () => {
    await using off = await startPortal();
    await using on = await startPortal({ portal: { rateLimiter: { perMinute: 1 } } });
    for (const portal of [off, on]) {
      for (let request = 1; request <= 3; request += 1) expect((await get(portal)).status).toBe(200);
    }
    expect((await get(off, far)).status).toBe(200);
  });

  it('slides over a minute, per user or address', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read, portal: { rateLimiter: { perMinute: 2 } } });
    await get(portal, far);
    clock.forward(20_000);
    await get(portal, far);
    clock.forward(23_000);
    const refused = await get(portal, far);
    expect([refused.status, refused.text, refused.headers['retry-after']]).toEqual([429, '', '17']);
    expect(refused.headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '0' });
    expect((await get(portal, { ...far, authorization: portal.issueToken(ann.email) })).status).toBe(200);
    expect((await get(portal, { 'x-forwarded-for': '203.0.113.2' })).status).toBe(200);
    clock.forward(17_000);
    expect((await get(portal, far)).status).toBe(200);
  });

  it('counts what is written in a day', async () => {
    await using portal = await startPortal({ portal: { rateLimiter: { writesPerDay: 1, exemptLoopback: false } } });
    const answers = [await post(portal, '', right), await post(portal, '', right), await get(portal)];
    expect(answers.map(({ status }) => status)).toEqual([200, 429, 200]);
  });

  it('counts what is in flight', async () => {
    await using portal = await startPortal({ portal: { rateLimiter: { concurrentGet: 1, exemptLoopback: false } } });
    portal.faults.add({ kind: 'drip', delayMs: 1, times: 1 });
    const slow = get(portal);
    while (portal.journal.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await ask(portal, { path: base })).status).toBe(429);
    expect((await slow).status).toBe(200);
    expect((await get(portal)).status).toBe(200);
  });
});
