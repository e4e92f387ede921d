import type { DocSpaceConfirmType, DocSpaceEmulator, DocSpaceEmulatorUser } from '../../lib/testing/index.js';
import {
  ann,
  ask,
  Clock,
  errorWith,
  post,
  printed,
  responseOf,
  right,
  startPortal,
  startWith,
} from './portal-under-test.js';

const hour = 3_600_000;
const week = 7 * 24 * hour;

/** What `confirm` says of a link, asked for with everything that the link carries. */
async function judged(portal: DocSpaceEmulator, url: string, more: object = {}, headers: Record<string, string> = {}) {
  const query = Object.fromEntries(new URL(url).searchParams);
  const { encemail, uid, ...others } = query;
  const body = { ...others, ...(uid ? { uiD: uid } : {}), ...(encemail ? { encEmail: encemail } : {}), ...more };
  return responseOf(await post(portal, '/confirm', body, headers));
}

const everyKind: [DocSpaceConfirmType, number, Partial<DocSpaceEmulatorUser>?][] = [
  ['EmpInvite', week],
  ['LinkInvite', week],
  ['PortalSuspend', week, { isOwner: true }],
  ['PortalRemove', week, { isOwner: true }],
  ['DnsChange', week],
  ['PortalOwnerChange', week, { isOwner: true }],
  ['Activation', week, { status: 'pending' }],
  ['EmailChange', week],
  ['EmailActivation', week],
  ['PasswordChange', week],
  ['ProfileRemove', week],
  ['PhoneActivation', hour],
  ['PhoneAuth', hour],
  ['Auth', hour],
  ['TfaActivation', hour],
  ['TfaAuth', hour],
  ['Wizard', week],
  ['GuestShareLink', week],
];

describe('POST /confirm', () => {
  it.each(everyKind)('knows a link of the kind %s until %i ms are over', async (type, ms, ...[user = {}]) => {
    const clock = new Clock();
    await using portal = await startWith(user, { clock: clock.read });
    const url = portal.confirmationUrl(type, ann.email, { emplType: 'User' });
    const late = portal.confirmationUrl(type, ann.email, { emplType: 'RoomAdmin' });
    clock.forward(ms);
    expect(await judged(portal, url)).toEqual({ result: 0, email: ann.email, isAgent: false });
    clock.forward(1);
    expect(await judged(portal, late)).toEqual({ result: 2, isAgent: false });
    expect(await judged(portal, late, { key: '1.FORGED' })).toEqual({ result: 1, isAgent: false });
  });

  it('knows a link that continues a portal for ever', async () => {
    const clock = new Clock();
    await using portal = await startWith({ isOwner: true }, { clock: clock.read });
    const url = portal.confirmationUrl('PortalContinue', ann.email);
    clock.forward(1e12);
    expect((await judged(portal, url))['result']).toBe(0);
  });

  it.each(['PortalSuspend', 'PortalContinue', 'PortalRemove', 'PortalOwnerChange'] as const)(
    'calls %s invalid for all but the owner',
    async (type) => {
      await using portal = await startPortal();
      expect((await judged(portal, portal.confirmationUrl(type, ann.email)))['result']).toBe(1);
    },
  );

  it('calls the activation of an active user invalid', async () => {
    await using portal = await startPortal();
    expect((await judged(portal, portal.confirmationUrl('Activation', ann.email)))['result']).toBe(1);
  });

  it('calls a link for the authenticator invalid when the request is signed in', async () => {
    await using portal = await startPortal();
    const url = portal.confirmationUrl('TfaAuth', ann.email);
    const headers = { authorization: portal.issueToken(ann.email) };
    expect((await judged(portal, url, {}, headers))['result']).toBe(1);
    expect((await judged(portal, url))['result']).toBe(0);
  });

  it('does not mind the letters of e-mail and hash', async () => {
    await using portal = await startPortal();
    const url = portal.confirmationUrl('EmailActivation', ann.email);
    const key = new URL(url).searchParams.get('key')?.toLowerCase();
    expect((await judged(portal, url, { key, email: 'U@Example.com' }))['result']).toBe(0);
  });

  it('gives an invitation a quarter of an hour from the first visit', async () => {
    const clock = new Clock();
    await using portal = await startWith({}, { clock: clock.read });
    const url = portal.confirmationUrl('LinkInvite', '', { emplType: 'User' });
    expect((await judged(portal, url))['result']).toBe(0);
    clock.forward(hour / 4);
    expect((await judged(portal, url))['result']).toBe(0);
    clock.forward(1);
    expect((await judged(portal, url))['result']).toBe(2);
  });

  it('activates the user whose password is to be changed', async () => {
    await using portal = await startWith({ status: 'pending' });
    await judged(portal, portal.confirmationUrl('PasswordChange', ann.email));
    expect((await post(portal, '', right)).status).toBe(200);
  });

  it('calls a link to change the password invalid once it was changed', async () => {
    const clock = new Clock();
    await using portal = await startWith({}, { clock: clock.read });
    const url = portal.confirmationUrl('PasswordChange', ann.email);
    clock.forward(1);
    portal.users.get(ann.email)?.setPassword('another password');
    expect((await judged(portal, url))['result']).toBe(1);
  });

  it('calls a used link to sign in invalid', async () => {
    await using portal = await startPortal();
    const url = portal.confirmationUrl('Auth', ann.email);
    await post(portal, '', { confirmData: { email: ann.email, key: new URL(url).searchParams.get('key') } });
    expect((await judged(portal, url))['result']).toBe(1);
  });

  it('reads the key from the cookie of its kind', async () => {
    await using portal = await startWith({ secondFactor: 'app' });
    const asked = await post(portal, '', right);
    const cookie = asked.cookies[0]?.split(';')[0] ?? '';
    const answer = await post(portal, '/confirm', { type: 'TfaActivation', uiD: ann.id }, { cookie });
    expect(responseOf(answer)).toEqual({ result: 0, isAgent: false });
  });

  it('wants to know what an invitation is for', async () => {
    await using portal = await startPortal();
    const answer = await post(portal, '/confirm', { type: 'EmpInvite', email: ann.email, key: '1.A' });
    expect(printed(answer.text)).toBe(
      errorWith(403, 'Nullable object must have a value.', 'System.InvalidOperationException', -2146233079),
    );
  });

  it('keeps invitations from forbidden addresses', async () => {
    await using portal = await startPortal({ portal: { allowedIps: ['198.51.100.1'] } });
    const answer = await post(portal, '/confirm', { type: 'LinkInvite', key: '1.A', emplType: 'User' });
    expect(printed(answer.text)).toBe(
      errorWith(403, 'Access denied', 'System.Security.SecurityException', -2146233078),
    );
  });

  it.each(['!!!', 'AAAA'])('is a 500 for the sealed e-mail %s', async (encEmail) => {
    await using portal = await startPortal();
    expect((await post(portal, '/confirm', { type: 'PhoneAuth', key: '1.A', encEmail })).status).toBe(500);
  });

  it('works on a suspended portal', async () => {
    await using portal = await startPortal({ portal: { status: 'suspended' } });
    expect((await judged(portal, portal.confirmationUrl('EmailActivation', ann.email)))['result']).toBe(0);
  });
});

describe('the confirm header', () => {
  const setPhone = async (portal: DocSpaceEmulator, confirm: string) =>
    ask(portal, {
      method: 'POST',
      path: '/api/2.0/authentication/setphone',
      body: { mobilePhone: '123456789' },
      headers: { confirm },
    });
  const query = (portal: DocSpaceEmulator): string =>
    portal.confirmationUrl('PhoneActivation', ann.email).split('?')[1] ?? '';

  it.each<[string, (text: string) => string, number]>([
    ['as it is', (text) => text, 200],
    ['with the kind as a number', (text) => text.replace('type=PhoneActivation', 'type=12'), 200],
    ['with names in other letters', (text) => text.replace('type=', 'TYPE=').replace('key=', 'Key='), 200],
    [
      'with the e-mail in plain text',
      (text) => text.replace(/encemail=.*/, `email=${encodeURIComponent(ann.email)}`),
      200,
    ],
    ['with an identifier that is garbage', (text) => `${text}&uid=garbage`, 200],
    ['with the kind in other letters', (text) => text.replace('PhoneActivation', 'phoneactivation'), 401],
    ['of another kind', (text) => text.replace('type=PhoneActivation', 'type=PhoneAuth'), 401],
    ['with another first', (text) => `${text}&first=True`, 401],
    ['with no kind', (text) => text.replace('type=PhoneActivation', 'type='), 401],
    ['with no key', (text) => text.replace(/key=[^&]+/, 'key='), 401],
  ])('%s', async (_name, change, status) => {
    await using portal = await startWith({ secondFactor: 'sms' });
    expect((await setPhone(portal, change(query(portal)))).status).toBe(status);
  });
});
