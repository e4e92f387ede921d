import type { DocSpaceLoginOutcome } from 'nestjs-docspace-auth';
import { startSample, type StartedSample } from './start-sample.js';

const post = (sample: StartedSample, path: string, body: object = {}, token?: string): Promise<Response> =>
  fetch(sample.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });

async function step(sample: StartedSample, path: string, body: object): Promise<DocSpaceLoginOutcome> {
  const answer = await post(sample, path, body);
  expect(answer.status).toBe(200);
  return (await answer.json()) as DocSpaceLoginOutcome;
}

const challengeOf = (outcome: DocSpaceLoginOutcome): string => ('challenge' in outcome ? outcome.challenge : '');
const tokenOf = (outcome: DocSpaceLoginOutcome): string => ('token' in outcome ? outcome.token : '');

const login = { userName: 'user@example.com', password: 'user-password' };

describe('the REST part of the sample', () => {
  it('logs in, tells who that is, logs out, and tells no more', async () => {
    await using sample = await startSample();
    const token = tokenOf(await step(sample, '/auth/login', login));
    const me = (): Promise<Response> => fetch(`${sample.url}/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await me()).json()).toEqual({ name: 'Una User', email: 'user@example.com', role: 'user' });
    expect(await (await post(sample, '/auth/logout', {}, token)).json()).toEqual({ revoked: true });
    expect((await me()).status).toBe(401);
  });

  it('takes the cookie that a login sets, and clears it on log-out', async () => {
    await using sample = await startSample();
    const [cookie = ''] = (await post(sample, '/auth/login', login)).headers.getSetCookie();
    expect(cookie).toMatch(/^asc_auth_key=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await fetch(`${sample.url}/me`, { headers })).status).toBe(200);
    const logout = await fetch(`${sample.url}/auth/logout`, { method: 'POST', headers });
    expect(logout.headers.getSetCookie()).toEqual([expect.stringMatching(/^asc_auth_key=; Max-Age=0;/)]);
    expect((await fetch(`${sample.url}/me`, { headers })).status).toBe(401);
  });

  it('goes through a phone enrolment, another SMS and its code', async () => {
    await using sample = await startSample();
    const first = await step(sample, '/auth/login', {
      userName: 'new-phone@example.com',
      password: 'new-phone-password',
    });
    expect(first.status).toBe('phone-enrolment');
    const sent = await step(sample, '/auth/phone', { challenge: challengeOf(first), mobilePhone: '15550123' });
    const again = await step(sample, '/auth/resend', { challenge: challengeOf(sent) });
    expect(again).toMatchObject({ status: 'code-required', method: 'sms' });
    const { code } = sample.portal.smsInbox[1] ?? { code: '' };
    const last = await post(sample, '/auth/code', { challenge: challengeOf(again), code });
    expect(await last.json()).toMatchObject({ status: 'authenticated' });
    expect(last.headers.getSetCookie()).toHaveLength(1);
  });

  it.each([
    ['/auth/code', {}, 401, 'challenge-invalid'],
    ['/auth/resend', { challenge: 1 }, 401, 'challenge-invalid'],
    ['/auth/phone', { challenge: 'x' }, 401, 'challenge-invalid'],
    ['/auth/login', {}, 400, 'invalid-request'],
    ['/auth/login', { ...login, password: 'wrong' }, 401, 'invalid-credentials'],
    ['/auth/logout', {}, 401, 'invalid-credentials'],
  ])('answers %s with %j by %i %s', async (path, body, status, reason) => {
    await using sample = await startSample();
    const answer = await post(sample, path, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ reason });
  });

  it('answers a step without a body', async () => {
    await using sample = await startSample();
    expect((await fetch(`${sample.url}/auth/code`, { method: 'POST' })).status).toBe(401);
    expect((await fetch(`${sample.url}/sign-in/code`, { method: 'POST' })).status).toBe(422);
  });

  it('describes itself, without its pages', async () => {
    await using sample = await startSample();
    expect((await fetch(`${sample.url}/docs`)).status).toBe(200);
    const description = (await (await fetch(`${sample.url}/docs-json`)).json()) as { paths: object };
    expect(Object.keys(description.paths).sort()).toEqual([
      '/auth/code',
      '/auth/login',
      '/auth/logout',
      '/auth/phone',
      '/auth/resend',
      '/me',
    ]);
  });
});

describe('the sample with a real portal', () => {
  it('shows nobody’s accounts and codes', async () => {
    await using sample = await startSample({ asRealPortal: true });
    const start = await (await fetch(sample.url)).text();
    expect(start).toContain(sample.portal.url);
    expect(start).not.toMatch(/example\.com|password|SMS/);
    const form = new URLSearchParams({ userName: 'sms@example.com', password: 'sms-password' });
    const page = await (await fetch(`${sample.url}/sign-in`, { method: 'POST', body: form })).text();
    expect(page).toContain('Enter the code from the SMS');
    expect(page).not.toContain('demo');
  });
});
