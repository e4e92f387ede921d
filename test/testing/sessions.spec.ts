import type { DocSpaceEmulator, DocSpaceEmulatorPortal } from '../../lib/testing/index.js';
import {
  ann,
  ask,
  envelope,
  get,
  isAuthenticated,
  post,
  responseOf,
  right,
  startPortal,
  tokenOf,
} from './portal-under-test.js';

const https = { 'x-forwarded-proto': 'https' };
const cookieOf = (token: string) => ({ cookie: `asc_auth_key=${encodeURIComponent(token)}` });
const deletion = 'asc_auth_key=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/';

describe('the cookie of a login', () => {
  it.each<[name: string, settings: DocSpaceEmulatorPortal, headers: Record<string, string>, attributes: string]>([
    ['over http', {}, {}, 'path=/; samesite=strict; httponly'],
    ['over https', {}, https, 'path=/; secure; samesite=none; httponly'],
    ['configured lax', { sameSite: 'lax' }, https, 'path=/; secure; samesite=lax; httponly'],
    ['configured strict', { sameSite: 'strict' }, {}, 'path=/; samesite=strict; httponly'],
    ['unset', { sameSite: 'unset' }, https, 'path=/; secure; samesite=strict; httponly'],
    [
      'unset, with foreign domains',
      { sameSite: 'unset', cspDomains: true },
      https,
      'path=/; secure; samesite=none; httponly',
    ],
    [
      'unset, with foreign domains, over http',
      { sameSite: 'unset', cspDomains: true },
      {},
      'path=/; samesite=strict; httponly',
    ],
    [
      'for a page of another portal',
      {},
      { origin: 'https://a.localhost' },
      'domain=.localhost; path=/; samesite=strict; httponly',
    ],
  ])('%s', async (_name, settings, headers, attributes) => {
    await using portal = await startPortal({ portal: settings });
    const login = await post(portal, '', { ...right, session: true }, headers);
    expect(login.cookies).toEqual([`asc_auth_key=${encodeURIComponent(tokenOf(login))}; ${attributes}`]);
  });

  it('never ends before the year 10000 where sessions are unlimited', async () => {
    await using portal = await startPortal({ portal: { sessionLifetimeMinutes: 0 } });
    expect((await post(portal, '', right)).cookies[0]).toContain('; expires=Fri, 31 Dec 9999 23:59:59 GMT;');
  });

  it('comes after the deletion of a stale one', async () => {
    await using portal = await startPortal();
    const { cookies } = await post(portal, '', right, { cookie: 'asc_auth_key=stale' });
    expect([cookies.length, cookies[0]]).toEqual([2, deletion]);
  });

  it('is https by what the query says of the origin', async () => {
    await using portal = await startPortal();
    const { cookies } = await post(portal, '?origin=https://portal.example.com', right);
    expect(cookies[0]).toContain('; secure; samesite=none;');
  });
});

describe('a token', () => {
  it('has 172 characters, and changes with every log-in', async () => {
    await using portal = await startPortal();
    const [first, second] = [tokenOf(await post(portal, '', right)), tokenOf(await post(portal, '', right))];
    expect([first.length, second.length, first === second]).toEqual([172, 172, false]);
  });

  it('has no log-in of its own when its address was forbidden, and can not be revoked singly', async () => {
    await using portal = await startPortal({ portal: { allowedIps: ['198.51.100.1'] } });
    const token = tokenOf(await post(portal, '', right));
    portal.settings.allowedIps = [];
    await post(portal, '/logout', undefined, cookieOf(token));
    expect(await isAuthenticated(portal, { authorization: token })).toBe(true);
  });
});

describe('logout', () => {
  const ask200 = async (portal: DocSpaceEmulator, headers: Record<string, string>) => {
    const answer = await post(portal, '/logout', undefined, headers);
    expect(answer.text).toBe(envelope(portal, 'POST', '/api/2.0/authentication/logout', undefined));
    return answer;
  };

  it('ends the log-in of the cookie at once, and no other', async () => {
    await using portal = await startPortal();
    const [ended, other] = [portal.issueToken(ann.email), portal.issueToken(ann.email)];
    expect((await ask200(portal, cookieOf(ended))).cookies).toEqual([deletion]);
    expect(await isAuthenticated(portal, { authorization: ended })).toBe(false);
    expect(await isAuthenticated(portal, { authorization: other })).toBe(true);
  });

  it.each(['', 'Bearer '])('ends nothing with "%s<token>" in the header', async (prefix) => {
    await using portal = await startPortal();
    const headers = { authorization: prefix + portal.issueToken(ann.email) };
    expect((await ask200(portal, headers)).cookies).toEqual([]);
    expect(await isAuthenticated(portal, headers)).toBe(true);
  });

  it('ends the log-in of the cookie even if the header is somebody else’s', async () => {
    await using portal = await startPortal({ users: [ann, { email: 'bob@example.com', password: 'p' }] });
    const [hers, his] = [portal.issueToken(ann.email), portal.issueToken('bob@example.com')];
    await ask200(portal, { ...cookieOf(hers), authorization: his });
    expect([
      await isAuthenticated(portal, { authorization: hers }),
      await isAuthenticated(portal, { authorization: his }),
    ]).toEqual([false, true]);
  });

  it('is a success for nobody, twice, and for keys and JWTs, which live on', async () => {
    await using portal = await startPortal();
    const token = portal.issueToken(ann.email);
    await ask200(portal, {});
    await ask200(portal, cookieOf(token));
    await ask200(portal, cookieOf(token));
    for (const other of [portal.issueApiKey(ann.email), portal.issueJwt(ann.email)]) {
      await ask200(portal, { authorization: `Bearer ${other}` });
      expect(await isAuthenticated(portal, { authorization: `Bearer ${other}` })).toBe(true);
    }
  });
});

describe('the active connections', () => {
  const path = '/api/2.0/security/activeconnections';
  const put = (portal: DocSpaceEmulator, rest: string, headers: Record<string, string>) =>
    ask(portal, { method: 'PUT', path: path + rest, headers });

  it('name the log-in of the cookie, and none by header', async () => {
    await using portal = await startPortal();
    const token = portal.issueToken(ann.email);
    const byHeader = responseOf(await get(portal, { authorization: token }, path)) as {
      loginEvent: number;
      items: { id: number }[];
    };
    const byCookie = responseOf(await get(portal, cookieOf(token), path));
    expect([byHeader.loginEvent, byHeader.items.length, byCookie['loginEvent']]).toEqual([0, 1, byHeader.items[0]?.id]);
  });

  it('are ended one by one, also with a header; not those of others', async () => {
    await using portal = await startPortal({ users: [ann, { email: 'bob@example.com', password: 'p' }] });
    const [hers, his] = [portal.issueToken(ann.email), portal.issueToken('bob@example.com')];
    const { items } = responseOf(await get(portal, { authorization: hers }, path)) as { items: { id: number }[] };
    const rest = `/logout/${items[0]?.id ?? 0}`;
    expect((await put(portal, rest, { authorization: his })).status).toBe(403);
    expect(responseOf(await put(portal, rest, { authorization: hers }))).toBe(true);
    expect(await isAuthenticated(portal, { authorization: hers })).toBe(false);
  });

  it('are ended except this one, which only a cookie names', async () => {
    await using portal = await startPortal();
    const [mine, other] = [portal.issueToken(ann.email), portal.issueToken(ann.email)];
    expect(responseOf(await put(portal, '/logoutallexceptthis', cookieOf(mine)))).toBe('Test User');
    expect([
      await isAuthenticated(portal, { authorization: mine }),
      await isAuthenticated(portal, { authorization: other }),
    ]).toEqual([true, false]);
    await put(portal, '/logoutallexceptthis', { authorization: mine });
    expect(await isAuthenticated(portal, { authorization: mine })).toBe(false);
  });

  it('are all ended, the own cookie being set anew', async () => {
    await using portal = await startPortal();
    const tokens = [portal.issueToken(ann.email), portal.issueToken(ann.email)];
    const { cookies } = await put(portal, `/logoutall/${ann.id}`, cookieOf(tokens[0] ?? ''));
    for (const authorization of tokens) expect(await isAuthenticated(portal, { authorization })).toBe(false);
    expect(await isAuthenticated(portal, { cookie: cookies[0]?.split(';')[0] ?? '' })).toBe(true);
  });

  it('are all ended to change the password', async () => {
    await using portal = await startPortal();
    const token = portal.issueToken(ann.email);
    const { text } = await put(portal, '/logoutallchangepassword', { authorization: token });
    expect(text).toContain('/confirm/PasswordChange?type=PasswordChange&key=');
    expect(await isAuthenticated(portal, { authorization: token })).toBe(false);
  });
});

describe('people/@self', () => {
  const self = '/api/2.0/people/@self';

  it('prints its members in the portal’s order', async () => {
    await using portal = await startPortal();
    const answer = responseOf(await get(portal, { authorization: portal.issueToken(ann.email) }, self));
    expect(Object.keys(answer).join()).toBe(
      'firstName,lastName,userName,email,status,activationStatus,department,isAdmin,isRoomAdmin,isLDAP,isOwner,isVisitor,isCollaborator,mobilePhoneActivationStatus,isSSO,theme,isCustomQuota,loginEventId,registrationDate,hasPersonalFolder,id,displayName,avatar,avatarOriginal,avatarMax,avatarMedium,avatarSmall,profileUrl,hasAvatar,isAnonim',
    );
    expect(answer).toMatchObject({
      email: ann.email,
      status: 1,
      loginEventId: 0,
      id: ann.id,
      registrationDate: '2026-07-14T10:20:30.1230000+00:00',
    });
  });

  it('names the log-in only by cookie, and calls the owner no administrator', async () => {
    await using portal = await startPortal({ users: [{ ...ann, isOwner: true }] });
    const answer = responseOf(await get(portal, cookieOf(portal.issueToken(ann.email)), self));
    expect(answer).toMatchObject({ isAdmin: false, isOwner: true, loginEventId: expect.any(Number) as number });
    expect(answer['loginEventId']).not.toBe(0);
  });
});
