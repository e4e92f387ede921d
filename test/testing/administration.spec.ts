import type { DocSpaceEmulator } from '../../lib/testing/index.js';
import {
  ann,
  ask,
  Clock,
  get,
  isAuthenticated,
  post,
  responseOf,
  right,
  startPortal,
  tokenOf,
} from './portal-under-test.js';

const owner = { email: 'owner@example.com', password: 'owner-password', isOwner: true };
const admin = { email: 'admin@example.com', password: 'admin-password', isAdmin: true };
const everybody = { users: [ann, owner, admin] };
const settings = '/api/2.0/settings/security/loginSettings';
const tfaapp = '/api/2.0/settings/tfaapp';

type Who = 'owner@example.com' | 'admin@example.com' | 'u@example.com';
const as = (portal: DocSpaceEmulator, email: Who) => ({ authorization: portal.issueToken(email) });
const send = (
  portal: { url: string },
  method: string,
  path: string,
  body: object | undefined,
  headers: Record<string, string>,
) => ask(portal, { method, path, headers, ...(body ? { body } : {}) });

describe('a whole life of a portal', () => {
  it('is created, filled, guarded by codes, limited and deleted over HTTP alone', async () => {
    await using emulator = await startPortal({ portal: { testEmailPattern: '@test\\.example$' } });
    const email = 'boss@test.example';
    const register = { portalName: 'Fresh', firstName: 'B', lastName: 'Oss', email, password: 'boss-password' };
    const made = await send(emulator, 'POST', '/apisystem/portal/register', register, {});
    const { tenant } = JSON.parse(made.text) as {
      tenant: { domain: string; tenantId: number; status: string; portalName: string };
    };
    expect(tenant).toMatchObject({ domain: 'fresh.localhost', tenantId: 2, status: 'Active', portalName: 'fresh' });
    expect((await send(emulator, 'POST', '/apisystem/portal/register', register, {})).text).toContain(
      'registerNewTenantError',
    );

    const host = { host: tenant.domain };
    const boss = async () => ({
      ...host,
      authorization: tokenOf(await post(emulator, '', { userName: email, password: 'boss-password' }, host)),
    });
    const member = {
      firstName: 'Me',
      lastName: 'Mber',
      email: 'member@test.example',
      password: 'member-password',
      type: 'User',
    };
    const added = await send(emulator, 'POST', '/api/2.0/people', member, await boss());
    expect(responseOf(added)).toMatchObject({ email: member.email, isCollaborator: true });
    const limits = { attemptCount: 2, blockTime: 7, checkPeriod: 8 };
    expect(responseOf(await send(emulator, 'PUT', settings, limits, await boss()))).toEqual({
      ...limits,
      isDefault: false,
    });

    const before = await boss();
    expect(responseOf(await send(emulator, 'PUT', tfaapp, { type: 'App' }, before))).toBe(true);
    expect(await isAuthenticated(emulator, before)).toBe(false);
    const credentials = { userName: email, password: 'boss-password' };
    expect(responseOf(await post(emulator, '', credentials, host))['tfa']).toBe(true);
    const code = emulator.at(tenant.domain).users.get(email)?.appCode();
    const authorization = tokenOf(await post(emulator, '/1', { ...credentials, code }, host));
    const deleted = await send(emulator, 'DELETE', '/api/2.0/portal/deleteportalimmediately', undefined, {
      ...host,
      authorization,
    });
    expect([deleted.status, (await get(emulator, host)).status]).toEqual([200, 404]);
  });

  it.each([
    ['no name', { portalName: '' }, 'params'],
    ['no e-mail', { email: '' }, 'params'],
    ['a bad e-mail', { email: 'bad' }, 'emailIncorrect'],
    ['a short password', { password: 'short' }, 'passPolicyError'],
  ])('does not begin with %s', async (_name, wrong, error) => {
    await using emulator = await startPortal();
    const body = {
      portalName: 'fresh',
      firstName: 'B',
      lastName: 'O',
      email: 'b@o.example',
      password: 'boss-password',
      ...wrong,
    };
    const answer = await send(emulator, 'POST', '/apisystem/portal/register', body, {});
    expect([answer.status, (JSON.parse(answer.text) as { error: string }).error]).toEqual([400, error]);
  });

  it('has a name of its own choice on SaaS', async () => {
    await using emulator = await startPortal({ standalone: false, baseDomain: 'example.com' });
    const body = {
      portalName: 'fresh',
      firstName: 'B',
      lastName: 'O',
      email: 'b@o.example',
      password: 'boss-password',
    };
    const answer = await send(emulator, 'POST', '/apisystem/portal/register', body, {});
    expect(answer.text).toMatch(/"domain":"docspace-[0-9a-f]{8}\.example\.com"/);
  });

  it.each([
    ['a stranger', ann.email as Who, '.*'],
    ['the owner of a real portal', owner.email as Who, undefined],
    ['an owner with another e-mail', owner.email as Who, '@test\\.example$'],
  ])('is not ended by %s', async (_name, email, testEmailPattern) => {
    await using portal = await startPortal({
      ...everybody,
      portal: testEmailPattern === undefined ? {} : { testEmailPattern },
    });
    const answer = await send(
      portal,
      'DELETE',
      '/api/2.0/portal/deleteportalimmediately',
      undefined,
      as(portal, email),
    );
    expect([answer.status, answer.text.includes('Access denied')]).toEqual([403, true]);
  });

  it('leaves nobody on loopback when the first portal ends', async () => {
    await using portal = await startPortal({
      ...everybody,
      portal: { testEmailPattern: '.*' },
      portals: [{ host: 'other.test' }],
    });
    await send(portal, 'DELETE', '/api/2.0/portal/deleteportalimmediately', undefined, as(portal, 'owner@example.com'));
    expect([(await get(portal)).status, (await get(portal, { host: 'other.test' })).status]).toEqual([404, 200]);
  });
});

describe('POST /people', () => {
  const people = '/api/2.0/people';
  it.each<[Who, string | number, number]>([
    ['owner@example.com', 'DocSpaceAdmin', 200],
    ['owner@example.com', 'RoomAdmin', 200],
    ['owner@example.com', 4, 200],
    ['owner@example.com', 'Guest', 403],
    ['admin@example.com', 'DocSpaceAdmin', 403],
    ['admin@example.com', 'RoomAdmin', 200],
    ['admin@example.com', 2, 403],
    ['u@example.com', 'RoomAdmin', 403],
  ])('by %s of a %s is answered by %i', async (email, type, status) => {
    await using portal = await startPortal(everybody);
    const body = { firstName: 'N', lastName: 'Ew', email: 'new@example.com', password: 'new-password', type };
    expect((await send(portal, 'POST', people, body, as(portal, email))).status).toBe(status);
  });

  it('takes a hash for a password', async () => {
    await using portal = await startPortal(everybody);
    const passwordHash = '1e90d9ca1d0cf47fe342ddd4665d05eb06aa3c1e62dccf03a72e0342558de94f';
    await send(
      portal,
      'POST',
      people,
      { email: 'new@example.com', passwordHash, type: 'User' },
      as(portal, 'admin@example.com'),
    );
    expect((await post(portal, '', { userName: 'new@example.com', passwordHash })).status).toBe(200);
    expect((await post(portal, '', { userName: 'new@example.com', password: 'password' })).status).toBe(200);
  });

  it('is open to an invitation, and closed to strangers', async () => {
    await using portal = await startPortal(everybody);
    const body = { firstName: 'N', lastName: 'Ew', email: 'new@example.com', password: 'new-password', type: 'Guest' };
    expect(await send(portal, 'POST', people, body, {})).toMatchObject({ status: 401, text: '' });
    const url = portal.confirmationUrl('LinkInvite', '', { emplType: 'Guest' });
    expect((await send(portal, 'POST', people, body, { confirm: url.split('?')[1] ?? '' })).status).toBe(200);
    expect(portal.users.get('new@example.com')?.role).toBe('guest');
  });

  it('finds a user by e-mail in any letters, and no other', async () => {
    await using portal = await startPortal(everybody);
    const headers = as(portal, 'u@example.com');
    expect(responseOf(await get(portal, headers, `${people}/email?email=U@EXAMPLE.com`))['id']).toBe(ann.id);
    expect((await get(portal, headers, `${people}/email?email=nobody@example.com`)).status).toBe(404);
    expect((await get(portal, {}, `${people}/email?email=u@example.com`)).status).toBe(401);
  });

  it('adds an active user whose e-mail is pending, for administrators', async () => {
    await using portal = await startPortal(everybody);
    const body = { firstName: 'N', lastName: 'Ew', email: 'new@example.com', password: 'new-password', type: 'User' };
    expect((await send(portal, 'POST', `${people}/active`, body, as(portal, 'u@example.com'))).status).toBe(403);
    const answer = responseOf(await send(portal, 'POST', `${people}/active`, body, as(portal, 'admin@example.com')));
    expect([answer['status'], answer['activationStatus']]).toEqual([1, 2]);
  });
});

describe('the settings of the lock-out', () => {
  it('are read, changed and restored by administrators', async () => {
    await using portal = await startPortal(everybody);
    const headers = as(portal, 'admin@example.com');
    const standard = { attemptCount: 5, blockTime: 60, checkPeriod: 60, isDefault: true };
    expect(responseOf(await get(portal, headers, settings))).toEqual(standard);
    await send(portal, 'PUT', settings, { attemptCount: '1', blockTime: 1, checkPeriod: 9999 }, headers);
    expect(portal.settings.loginSettings).toEqual({ attemptCount: 1, blockTime: 1, checkPeriod: 9999 });
    expect(responseOf(await send(portal, 'DELETE', settings, undefined, headers))).toEqual(standard);
    expect((await get(portal, as(portal, 'u@example.com'), settings)).status).toBe(403);
  });

  it.each([0, 10_000])('are not %i', async (attemptCount) => {
    await using portal = await startPortal(everybody);
    const answer = await send(
      portal,
      'PUT',
      settings,
      { attemptCount, blockTime: 1, checkPeriod: 1 },
      as(portal, 'admin@example.com'),
    );
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
  });

  it('are not read again when they did not change', async () => {
    const clock = new Clock();
    await using portal = await startPortal({ ...everybody, clock: clock.read });
    const headers = as(portal, 'admin@example.com');
    const modified = (await get(portal, headers, settings)).headers['last-modified'] ?? '';
    const again = { ...headers, 'if-modified-since': modified };
    expect(await get(portal, again, settings)).toMatchObject({ status: 304, text: '' });
    clock.forward(1000);
    await send(portal, 'DELETE', settings, undefined, headers);
    expect((await get(portal, again, settings)).status).toBe(200);
  });
});

describe('the settings of the second factor', () => {
  it.each<[string, Who, object, number]>([
    ['somebody else', 'u@example.com', { type: 2 }, 403],
    ['an administrator', 'admin@example.com', { type: 2 }, 200],
    ['an administrator, by name', 'admin@example.com', { type: 'sms' }, 200],
    ['an administrator, to nothing', 'admin@example.com', { type: 0 }, 200],
    [
      'an administrator, the owner being mandatory',
      'admin@example.com',
      { type: 2, mandatoryUsers: ['66faa6e4-f133-11ea-b126-000000000001'] },
      403,
    ],
  ])('are set by %s', async (_name, email, body, status) => {
    const id = '66faa6e4-f133-11ea-b126-000000000001';
    await using portal = await startPortal({ users: [ann, { ...owner, id }, admin] });
    expect((await send(portal, 'PUT', tfaapp, body, as(portal, email))).status).toBe(status);
  });

  it('end every session when a kind is switched on, and none when it is switched off', async () => {
    await using portal = await startPortal(everybody);
    const hers = as(portal, 'u@example.com');
    expect(responseOf(await send(portal, 'PUT', tfaapp, { type: 'None' }, as(portal, 'admin@example.com')))).toBe(
      false,
    );
    expect(await isAuthenticated(portal, hers)).toBe(true);
    const body = { type: 2, trustedIps: ['198.51.100.1'], mandatoryUsers: [ann.id] };
    expect(responseOf(await send(portal, 'PUT', tfaapp, body, as(portal, 'admin@example.com')))).toBe(true);
    expect(await isAuthenticated(portal, hers)).toBe(false);
    expect(portal.settings).toMatchObject({
      secondFactor: 'app',
      trustedIps: ['198.51.100.1'],
      mandatoryUsers: [ann.id],
    });
  });

  it('can not ask for SMS without a provider', async () => {
    await using portal = await startPortal({ ...everybody, portal: { smsProvider: false } });
    const answer = await send(portal, 'PUT', tfaapp, { type: 1 }, as(portal, 'admin@example.com'));
    expect([answer.status, answer.text.includes('System.InvalidOperationException')]).toEqual([403, true]);
  });
});

describe('what a portal says of itself', () => {
  it('hides from strangers what they must not believe, and the hash’s parameters from users who don’t ask', async () => {
    await using portal = await startPortal(everybody);
    const path = '/api/2.0/settings';
    const stranger = responseOf(await get(portal, {}, path));
    expect(stranger).toMatchObject({
      ownerId: '00000000-0000-0000-0000-000000000000',
      tenantStatus: 0,
      recaptchaType: 0,
    });
    expect(stranger['passwordHash']).toBeDefined();
    const headers = as(portal, 'u@example.com');
    expect(responseOf(await get(portal, headers, path))['passwordHash']).toBeUndefined();
    expect(responseOf(await get(portal, headers, `${path}?withPassword=TRUE`))['passwordHash']).toBeDefined();
    expect(responseOf(await get(portal, headers, path))['ownerId']).toBe(portal.users.get(owner.email)?.id);
  });

  it('shows the captcha’s public key', async () => {
    await using portal = await startPortal({
      portal: { captcha: { publicKey: 'public', solution: 'solved', type: 3 } },
    });
    expect(responseOf(await get(portal, {}, '/api/2.0/settings'))).toMatchObject({
      recaptchaType: 3,
      recaptchaPublicKey: 'public',
    });
  });

  it('lists its ways of signing in, members in the portal’s order', async () => {
    await using portal = await startPortal({
      portal: {
        ldap: true,
        ldapDomain: 'CORP',
        ssoLabel: 'SSO',
        ssoUrl: '/sso/login',
        socialProfiles: [{ provider: 'google', id: '1', email: ann.email }],
      },
    });
    expect((await get(portal, {}, '/api/2.0/capabilities')).text).toContain(
      '{"response":{"ldapEnabled":true,"ldapDomain":"CORP","providers":["google"],"ssoLabel":"SSO","oauthEnabled":true,"ssoUrl":"/sso/login","identityServerEnabled":true},',
    );
  });

  it('publishes the key that checks its JWTs, and calls them active or not', async () => {
    await using portal = await startPortal();
    const discovery = JSON.parse((await get(portal, {}, '/oauth2/.well-known/openid-configuration')).text) as Record<
      string,
      string
    >;
    expect(discovery['issuer']).toBe(`${portal.url}/oauth2`);
    const keys = JSON.parse((await get(portal, {}, '/oauth2/jwks')).text) as { keys: { kty: string; crv: string }[] };
    expect(keys.keys[0]).toMatchObject({ kty: 'EC', crv: 'P-256' });
    const active = async (token: string) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await ask(portal, { method: 'POST', path: '/oauth2/introspect', headers, body: `token=${token}` });
      return (JSON.parse(answer.text) as { active: boolean }).active;
    };
    const forged = portal.issueJwt(ann.email, { forged: true });
    expect([await active(portal.issueJwt(ann.email)), await active(forged), await active('nonsense')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(right.userName).toBe(ann.email);
  });
});
