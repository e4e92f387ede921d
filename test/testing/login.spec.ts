import type { DocSpaceEmulator, DocSpaceEmulatorPortal, DocSpaceEmulatorUser } from '../../lib/testing/index.js';
import {
  ann,
  Clock,
  errorWith,
  errorWithout,
  get,
  isAuthenticated,
  post,
  printed,
  responseOf,
  right,
  startPortal,
  startWith,
  tokenOf,
  unauthenticated,
} from './portal-under-test.js';

interface Row {
  readonly name: string;
  readonly user?: Partial<DocSpaceEmulatorUser>;
  readonly portal?: DocSpaceEmulatorPortal;
  readonly body: Record<string, unknown> | ((portal: DocSpaceEmulator) => object);
  readonly status: number;
  readonly text?: string;
}

const localized = errorWithout(401, 'Ошибка аутентификации пользователя');
const disabled = errorWith(403, 'User disabled', 'System.InvalidOperationException', -2146233079);
const noUser = errorWith(404, 'The user could not be found', 'ASC.Common.Web.ItemNotFoundException', -2146233088);
const google = {
  provider: 'google',
  id: '1',
  email: ann.email,
  accessToken: 'vouched',
  codeOAuth: 'coded',
  serializedProfile: 'profiled',
};
const vouched = { provider: 'google', accessToken: 'vouched' };

const rows: Row[] = [
  { name: 'an unknown user', body: { ...right, userName: 'nobody@example.com' }, status: 401, text: localized },
  { name: 'a wrong password', body: { ...right, password: 'wrong' }, status: 401, text: localized },
  {
    name: 'an unknown GUID',
    body: { ...right, userName: '00000000-0000-4000-8000-000000000000' },
    status: 401,
    text: localized,
  },
  { name: 'the GUID of the user', body: { ...right, userName: ann.id }, status: 200 },
  { name: 'the e-mail in other letters', body: { ...right, userName: 'U@EXAMPLE.COM' }, status: 200 },
  { name: 'an e-mail with a blank', body: { ...right, userName: `${ann.email} ` }, status: 401 },
  { name: 'a password with blanks around it', body: { ...right, password: `  ${ann.password} ` }, status: 200 },
  { name: 'names in any letters', body: { USERNAME: ann.email, PassWord: ann.password }, status: 200 },
  { name: 'no user name', body: { password: 'p' }, status: 401, text: unauthenticated },
  { name: 'a null user name', body: { userName: null, password: 'p' }, status: 401, text: unauthenticated },
  { name: 'an empty user name', body: { userName: '', password: 'p' }, status: 401, text: unauthenticated },
  { name: 'no password', body: { userName: ann.email }, status: 401, text: unauthenticated },
  { name: 'an empty password', body: { userName: ann.email, password: '' }, status: 401, text: unauthenticated },
  { name: 'a password of blanks', body: { userName: ann.email, password: '  ' }, status: 401, text: localized },
  { name: 'an empty hash', body: { userName: ann.email, passwordHash: '' }, status: 401, text: localized },
  { name: 'an empty hash and the password', body: { ...right, passwordHash: '' }, status: 200 },
  { name: 'a wrong hash and the password', body: { ...right, passwordHash: 'wrong' }, status: 401, text: localized },
  {
    name: 'the right hash and a wrong password',
    body: (portal) => ({ ...right, password: 'wrong', passwordHash: portal.users.get(ann.email)?.passwordHash }),
    status: 200,
  },
  { name: 'a terminated user', user: { status: 'disabled' }, body: right, status: 403, text: disabled },
  { name: 'a pending user', user: { status: 'pending' }, body: right, status: 403, text: disabled },
  {
    name: 'a terminated user and a wrong password',
    user: { status: 'disabled' },
    body: { ...right, password: 'wrong' },
    status: 401,
    text: localized,
  },
  {
    name: 'a rejected captcha',
    portal: { captcha: { publicKey: 'k', solution: 'solved' } },
    body: { ...right, recaptchaResponse: 'bad' },
    status: 403,
    text: errorWithout(403, 'Invalid Recaptcha'),
  },
  {
    name: 'a solved captcha',
    portal: { captcha: { publicKey: 'k', solution: 'solved' } },
    body: { ...right, recaptchaType: 3, recaptchaResponse: 'solved' },
    status: 200,
  },
  { name: 'a captcha where none is asked', body: { ...right, recaptchaResponse: 'bad' }, status: 200 },
  { name: 'a link', body: (portal) => ({ confirmData: portal.issueAuthLink(ann.email) }), status: 200 },
  { name: 'a first link', body: (portal) => ({ confirmData: portal.issueAuthLink(ann.email, true) }), status: 200 },
  {
    name: 'a link said to be another',
    body: (portal) => ({ confirmData: { ...portal.issueAuthLink(ann.email, true), first: false } }),
    status: 404,
    text: noUser,
  },
  {
    name: 'a wrong link beside the right password',
    body: { ...right, confirmData: { email: ann.email, key: '1.BAD' } },
    status: 404,
    text: noUser,
  },
  {
    name: 'a link whose user is gone',
    body: (portal) => ({ confirmData: portal.issueAuthLink('gone@example.com') }),
    status: 404,
    text: noUser,
  },
  { name: 'a link without its key', body: { confirmData: { email: ann.email } }, status: 401, text: unauthenticated },
  { name: 'the provider called email', body: { ...right, provider: 'email' }, status: 200 },
  {
    name: 'an unknown provider',
    body: { ...right, provider: 'unknown', accessToken: 'x' },
    status: 401,
    text: unauthenticated,
  },
  { name: 'a provider that vouches', portal: { socialProfiles: [google] }, body: vouched, status: 200 },
  {
    name: 'a provider by code',
    portal: { socialProfiles: [google] },
    body: { provider: 'google', codeOAuth: 'coded' },
    status: 200,
  },
  {
    name: 'a serialized profile',
    portal: { socialProfiles: [google] },
    body: { serializedProfile: 'profiled' },
    status: 200,
  },
  {
    name: 'a provider that does not vouch',
    portal: { socialProfiles: [google] },
    body: { provider: 'google', accessToken: 'other' },
    status: 401,
    text: unauthenticated,
  },
  {
    name: 'a provider that is not in the plan',
    portal: { oauth: false, socialProfiles: [google] },
    body: vouched,
    status: 401,
    text: unauthenticated,
  },
  {
    name: 'a profile of nobody',
    portal: { socialProfiles: [{ ...google, email: 'x@example.com' }] },
    body: vouched,
    status: 401,
    text: unauthenticated,
  },
  {
    name: 'a profile that is linked',
    user: { linkedProfiles: ['google:1'] },
    portal: { socialProfiles: [{ ...google, email: 'x@example.com' }] },
    body: vouched,
    status: 200,
  },
  {
    name: 'a profile whose e-mail was not confirmed',
    user: { activated: false },
    portal: { socialProfiles: [google] },
    body: vouched,
    status: 401,
  },
  { name: 'an LDAP user', user: { ldap: true }, portal: { ldap: true }, body: right, status: 200 },
  {
    name: 'an LDAP user by hash',
    user: { ldap: true },
    portal: { ldap: true },
    body: (portal) => ({ userName: ann.email, passwordHash: portal.users.get(ann.email)?.passwordHash }),
    status: 401,
  },
  {
    name: 'an LDAP user where LDAP is not in the plan',
    user: { ldap: true },
    body: right,
    status: 401,
    text: unauthenticated,
  },
];

describe('POST /authentication', () => {
  it.each(rows)('with $name', async ({ user = {}, portal: settings, body, status, text }) => {
    await using portal = await startWith(user, { portal: { culture: 'ru', ...settings } });
    const answer = await post(portal, '', typeof body === 'function' ? body(portal) : body);
    expect(answer.status).toBe(status);
    if (text !== undefined) expect(printed(answer.text)).toBe(text);
    if (status === 200) expect(await isAuthenticated(portal, { authorization: tokenOf(answer) })).toBe(true);
  });

  it('uses a link once, within the hour', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read });
    const [confirmData, late] = [portal.issueAuthLink(ann.email, false), portal.issueAuthLink(ann.email)];
    expect((await post(portal, '', { confirmData })).status).toBe(200);
    expect((await post(portal, '', { confirmData })).status).toBe(404);
    clock.forward(3_600_001);
    expect((await post(portal, '', { confirmData: late })).status).toBe(404);
  });

  it('leaves a link alone when it asks for a second factor', async () => {
    await using portal = await startWith({ secondFactor: 'app', appEnrolled: true });
    const confirmData = portal.issueAuthLink(ann.email);
    for (const attempt of [1, 2, 3]) {
      expect([attempt, responseOf(await post(portal, '', { confirmData }))['tfa']]).toEqual([attempt, true]);
    }
  });

  it('signs somebody else out when a link signs a user in', async () => {
    await using portal = await startPortal({ users: [ann, { email: 'bob@example.com', password: 'p' }] });
    const cookie = `asc_auth_key=${portal.issueToken('bob@example.com')}`;
    const { cookies } = await post(portal, '', { confirmData: portal.issueAuthLink(ann.email) }, { cookie });
    expect(cookies[0]).toBe('asc_auth_key=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/');
    expect(cookies).toHaveLength(2);
  });

  it('switches the user to an enabled language, and ignores others', async () => {
    await using portal = await startPortal();
    await post(portal, '', { ...right, culture: 'de' });
    const { token } = responseOf(await post(portal, '', { ...right, culture: 'xx' }));
    const self = await get(portal, { authorization: token ?? '' }, '/api/2.0/people/@self');
    expect(responseOf(self)['cultureName']).toBe('de');
  });

  it('answers in the language of whoever is signed in', async () => {
    await using portal = await startWith({ culture: 'ru' });
    const headers = { authorization: portal.issueToken(ann.email) };
    expect((await post(portal, '', { ...right, password: 'wrong' }, headers)).text).toBe(localized);
    expect((await post(portal, '', { ...right, password: 'wrong' })).text).toBe(unauthenticated);
  });

  it('gives a token its whole life even for a browser session', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ clock: clock.read });
    const headers = { authorization: tokenOf(await post(portal, '', { ...right, session: true })) };
    clock.forward(364 * 24 * 3_600_000);
    expect(await isAuthenticated(portal, headers)).toBe(true);
  });

  it.each([
    [0, '0001-01-01T00:00:00'],
    [15, '2026-07-14T10:35:30.123Z'],
    ['default', '2027-07-14T10:20:30.123Z'],
  ] as const)('prints the end of a session of %s minutes', async (sessionLifetimeMinutes, expires) => {
    await using portal = await startPortal({ portal: { sessionLifetimeMinutes } });
    expect(responseOf(await post(portal, '', right))['expires']).toBe(expires);
  });

  it.each([
    ['2026-07-14T10:20:30.123Z', '2027-07-14T10:20:30.123Z'],
    ['2026-07-14T10:20:30.120Z', '2027-07-14T10:20:30.12Z'],
    ['2026-07-14T10:20:30.000Z', '2027-07-14T10:20:30Z'],
    ['2028-02-29T00:00:00.000Z', '2029-02-28T00:00:00Z'],
  ])('trims the fraction of a year from %s', async (now, expires) => {
    await using portal = await startPortal({ clock: () => Date.parse(now) });
    expect(responseOf(await post(portal, '', right))['expires']).toBe(expires);
  });
});
