import type { DocSpaceEmulator, DocSpaceEmulatorPortal } from '../../lib/testing/index.js';
import {
  ann,
  ask,
  base,
  Clock,
  confirmHeader,
  errorWith,
  errorWithout,
  id,
  post,
  printed,
  startWith,
  tooMany,
  unauthenticated,
  type Question,
  type Reply,
} from './portal-under-test.js';

type Maker = (portal: DocSpaceEmulator) => Question | Promise<Question>;
interface Row {
  readonly name: string;
  readonly user?: Parameters<typeof startWith>[0];
  readonly portal?: DocSpaceEmulatorPortal;
  readonly ask: Question | Maker;
  readonly status: number;
  readonly body: string;
  readonly cookies?: readonly (string | RegExp)[];
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

const proxied = { host: 'portal.example.com', 'x-forwarded-proto': 'https' };
const json = { 'content-type': 'application/json' };
const links = (method: string, path = ''): string =>
  `"links":[{"href":"https://portal.example.com${base}${path}","action":"${method}"}]`;
const ok = (method: string, path: string, response: string, count = 1): string =>
  `{${response === '' ? '' : `"response":${response},`}"count":${count},${links(method, path)},"status":0,"statusCode":200}`;
const problem = (section: string, title: string, status: number, errors = ''): string =>
  `{"type":"https://tools.ietf.org/html/rfc9110#section-${section}","title":"${title}","status":${status},${errors}"traceId":"00-..."}`;
const invalid = (path: string, errors: string): string =>
  `{"response":${problem('15.5.1', 'One or more validation errors occurred.', 400, `"errors":${errors},`)},"count":1,${links('POST', path)},"status":1,"statusCode":400}`;
const login = (body: object | string, path = '', headers: Record<string, string> = {}): Question => ({
  method: 'POST',
  path: base + path,
  body,
  headers,
});
const anonymous = ok('GET', '', 'false');
const authenticated = ok('GET', '', 'true');
const deletion = 'asc_auth_key=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/';
const persistent =
  /^asc_auth_key=[A-Za-z0-9%]+; expires=Wed, 14 Jul 2027 10:20:30 GMT; path=\/; secure; samesite=none; httponly$/;
const untilClosed = /^asc_auth_key=[A-Za-z0-9%]+; path=\/; secure; samesite=none; httponly$/;
const hash = '99dbec8b6a3ef613f4fc4b58241e14bb08439e36315c9bec46d387118615bcab';
const byHash = { userName: ann.email, passwordHash: hash };
const byPassword = { userName: ann.email, password: ann.password };
const cleared = { 'cache-control': 'no-cache,no-store', pragma: 'no-cache', expires: '-1' };
const json8 = { 'content-type': 'application/json; charset=utf-8' };
const problem8 = { 'content-type': 'application/problem+json; charset=utf-8', 'api-supported-versions': undefined };
const inAction = { ...json8, 'api-supported-versions': '2.0' };
const notInAction = { ...json8, 'api-supported-versions': undefined };
const empty = { 'content-type': undefined, 'api-supported-versions': undefined, 'content-length': '0' };
const maintenance = problem('15.5.4', 'Forbidden', 403);
const revoked = (portal: DocSpaceEmulator): string => {
  const token = portal.issueToken(ann.email);
  portal.revoke(token);
  return `asc_auth_key=${encodeURIComponent(token)}`;
};
const withCode = (path: string, code?: string): Question =>
  login({ ...byHash, ...(code === undefined ? {} : { code }) }, path);
const elsewhere = { 'x-forwarded-for': '203.0.113.7' };

const rows: readonly Row[] = [
  { name: '1: nothing', ask: {}, status: 200, body: anonymous, headers: inAction },
  {
    name: '2: a token',
    ask: (portal) => ({ headers: { authorization: portal.issueToken(ann.email) } }),
    status: 200,
    body: authenticated,
    headers: { ...inAction, server: 'Kestrel', 'server-timing': 'aspnetcore-request-time;dur=0ms' },
  },
  {
    name: '3: a revoked cookie',
    ask: (portal) => ({ headers: { cookie: revoked(portal) } }),
    status: 200,
    body: anonymous,
    cookies: [deletion],
  },
  {
    name: '4: a good header and a stale cookie',
    ask: (portal) => ({ headers: { cookie: revoked(portal), authorization: portal.issueToken(ann.email) } }),
    status: 200,
    body: anonymous,
    cookies: [deletion],
  },
  {
    name: '5: wrong Basic',
    ask: { headers: { authorization: `Basic ${Buffer.from('u@example.com:wrong').toString('base64')}` } },
    status: 200,
    body: anonymous,
    headers: { 'www-authenticate': 'Basic' },
  },
  {
    name: '6: broken Basic',
    ask: { headers: { authorization: 'Basic !!!' } },
    status: 500,
    body: errorWith(
      500,
      'The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.',
      'System.FormatException',
      -2146233033,
    ),
    headers: { ...notInAction, ...cleared, 'www-authenticate': undefined },
  },
  {
    name: '7: an invalid API key',
    ask: { headers: { authorization: `Bearer sk-${'0'.repeat(64)}` } },
    status: 403,
    body: maintenance,
    headers: problem8,
  },
  {
    name: '8: a JWT whose subject is no GUID',
    ask: (portal) => ({ headers: { authorization: `Bearer ${jwtOf(portal, { sub: 'abc' })}` } }),
    status: 401,
    body: errorWithout(401, "Claim 'sub' is not present in JWT"),
    headers: { ...notInAction, ...cleared },
  },
  {
    name: '9: a forbidden address',
    portal: { allowedIps: ['198.51.100.1'] },
    ask: (portal) => ({ headers: { ...elsewhere, accept: '*/*', authorization: portal.issueToken(ann.email) } }),
    status: 403,
    body: 'The access to the portal is restricted',
    headers: { 'content-type': 'text/plain; charset=utf-8', 'api-supported-versions': undefined },
  },
  {
    name: '10: a forbidden address that wants JSON',
    portal: { allowedIps: ['198.51.100.1'] },
    ask: (portal) => ({
      headers: { ...elsewhere, accept: 'application/json', authorization: portal.issueToken(ann.email) },
    }),
    status: 403,
    body: '"The access to the portal is restricted"',
    headers: notInAction,
  },
  {
    name: '11: a suspended portal',
    portal: { status: 'suspended' },
    ask: {},
    status: 404,
    body: problem('15.5.5', 'Not Found', 404),
    headers: problem8,
  },
  {
    name: '12: a login by hash',
    ask: login(byHash),
    status: 200,
    body: ok('POST', '', '{"token":"TOK","expires":"2027-07-14T10:20:30.123Z","sms":false,"tfa":false}'),
    cookies: [persistent],
    headers: inAction,
  },
  {
    name: '13: a login for the browser session',
    ask: login({ ...byHash, session: true }),
    status: 200,
    body: ok('POST', '', '{"token":"TOK","expires":"0001-01-01T00:00:00","sms":false,"tfa":false}'),
    cookies: [untilClosed],
  },
  {
    name: '14: a wrong password',
    ask: login({ ...byPassword, password: 'wrong' }),
    status: 401,
    body: unauthenticated,
    headers: { ...inAction, ...cleared },
  },
  {
    name: '15: an unknown user',
    ask: login({ ...byPassword, userName: 'x@example.com' }),
    status: 401,
    body: unauthenticated,
  },
  { name: '16: nothing to log in with', portal: { culture: 'ru' }, ask: login({}), status: 401, body: unauthenticated },
  { name: '17: no password', ask: login({ userName: ann.email }), status: 401, body: unauthenticated },
  {
    name: '18: the sixth attempt',
    ask: async (portal) => {
      for (let attempt = 1; attempt <= 5; attempt += 1) {
        expect((await post(portal, '', { ...byPassword, password: 'wrong' })).status).toBe(401);
      }
      return login(byPassword);
    },
    status: 403,
    body: tooMany,
  },
  {
    name: '19: a bad captcha',
    portal: { captcha: { publicKey: 'public', solution: 'solved' } },
    ask: login({ ...byPassword, recaptchaResponse: 'bad' }),
    status: 403,
    body: errorWithout(403, 'Invalid Recaptcha'),
  },
  {
    name: '20: a disabled user',
    user: { status: 'disabled' },
    ask: login(byPassword),
    status: 403,
    body: errorWith(403, 'User disabled', 'System.InvalidOperationException', -2146233079),
  },
  {
    name: '21: a used link',
    ask: async (portal) => {
      const confirmData = portal.issueAuthLink(ann.email);
      expect((await post(portal, '', { confirmData })).status).toBe(200);
      return login({ confirmData });
    },
    status: 404,
    body: errorWith(404, 'The user could not be found', 'ASC.Common.Web.ItemNotFoundException', -2146233088),
  },
  {
    name: '22: a flag that is a text',
    ask: login({ userName: 'u', password: 'p', session: 'yes' }),
    status: 400,
    body: invalid(
      '',
      '{"$.session":["The JSON value could not be converted to System.Boolean. Path: $.session | LineNumber: 0 | BytePositionInLine: 46."]}',
    ),
    headers: problem8,
  },
  {
    name: '23: an e-mail that is none',
    ask: login({ confirmData: { email: 'not-mail', key: 'k' } }),
    status: 400,
    body: invalid('', '{"ConfirmData.Email":["The Email field is not a valid e-mail address."]}'),
  },
  {
    name: '24: an empty body',
    ask: login('', '', json),
    status: 400,
    body: invalid('', '{"":["A non-empty request body is required."]}'),
  },
  {
    name: '25: a form',
    ask: login('userName=u', '', { 'content-type': 'application/x-www-form-urlencoded' }),
    status: 415,
    body: `{"response":${problem('15.5.16', 'Unsupported Media Type', 415)},"count":1,${links('POST')},"status":0,"statusCode":200}`,
    headers: problem8,
  },
  {
    name: '26: SMS without a confirmed phone',
    user: { secondFactor: 'sms', phone: '123456789', phoneActivated: false },
    ask: login(byHash),
    status: 200,
    body: ok(
      'POST',
      '',
      '{"expires":"0001-01-01T00:00:00","sms":true,"tfa":false,"confirmUrl":"https://portal.example.com/confirm/PhoneActivation?type=PhoneActivation&key=KEY&encemail=ENC"}',
    ),
    cookies: [],
  },
  {
    name: '27: SMS to nine digits',
    user: { secondFactor: 'sms', phone: '123456789' },
    ask: login(byHash),
    status: 200,
    body: ok(
      'POST',
      '',
      '{"expires":"2026-07-14T10:30:30.123Z","sms":true,"phoneNoise":"+1234*6789","tfa":false,"confirmUrl":"https://portal.example.com/confirm/PhoneAuth?type=PhoneAuth&key=KEY&encemail=ENC"}',
    ),
  },
  {
    name: '28: SMS to eleven digits, faithfully',
    user: { secondFactor: 'sms', phone: '15551234567' },
    portal: { phoneMaskBug: true },
    ask: login(byHash),
    status: 400,
    body: errorWith(
      400,
      "Index was out of range. Must be non-negative and less than or equal to the size of the collection. (Parameter 'startIndex')",
      'System.ArgumentOutOfRangeException',
      -2146233086,
    ),
  },
  {
    name: '29: the authenticator, first time',
    user: { secondFactor: 'app', tfaKey: 'MFRGGRCFIYYTEMZU' },
    ask: login(byHash),
    status: 200,
    body: ok(
      'POST',
      '',
      `{"expires":"0001-01-01T00:00:00","sms":false,"tfa":true,"tfaKey":"MFRGGRCFIYYTEMZU","confirmUrl":"https://portal.example.com/confirm/TfaActivation?type=TfaActivation&uid=${id}"}`,
    ),
    cookies: [/^asc_confirm_key_TfaActivation=\d+\.[A-Z0-9]+; path=\/; secure; samesite=none; httponly$/],
  },
  {
    name: '30: the authenticator, known',
    user: { secondFactor: 'app', appEnrolled: true },
    ask: login(byHash),
    status: 200,
    body: ok(
      'POST',
      '',
      `{"expires":"0001-01-01T00:00:00","sms":false,"tfa":true,"confirmUrl":"https://portal.example.com/confirm/TfaAuth?type=TfaAuth&uid=${id}"}`,
    ),
    cookies: [/^asc_confirm_key_TfaAuth=\d+\.[A-Z0-9]+; path=\/; secure; samesite=none; httponly$/],
  },
  {
    name: '31: a code of the authenticator',
    user: { secondFactor: 'app', appEnrolled: true },
    ask: (portal) => withCode('/123456', portal.users.get(ann.email)?.appCode()),
    status: 200,
    body: ok('POST', '/123456', '{"token":"TOK","expires":"2027-07-14T10:20:30.123Z","sms":false,"tfa":true}'),
    cookies: [persistent, persistent],
  },
  {
    name: '32: a code only in the path',
    user: { secondFactor: 'app', appEnrolled: true },
    ask: (portal) => withCode(`/${portal.users.get(ann.email)?.appCode() ?? ''}`),
    status: 401,
    body: unauthenticated,
  },
  {
    name: '33: a wrong code',
    user: { secondFactor: 'app', appEnrolled: true },
    portal: { culture: 'ru-RU' },
    ask: withCode('/000000', 'wrong'),
    status: 401,
    body: errorWithout(401, 'Ошибка аутентификации пользователя'),
  },
  {
    name: '33: a code without a second factor',
    ask: withCode('/000000', '000000'),
    status: 401,
    body: unauthenticated,
  },
  {
    name: '34: a valid link',
    ask: (portal) => confirmQuestion(portal.confirmationUrl('EmailActivation', ann.email)),
    status: 200,
    body: ok('POST', '/confirm', '{"result":0,"email":"u@example.com","isAgent":false}'),
    headers: inAction,
  },
  {
    name: '35: an invalid link',
    ask: login({ type: 'PasswordChange', key: '1.BAD', email: ann.email, uiD: id }, '/confirm'),
    status: 200,
    body: ok('POST', '/confirm', '{"result":1,"isAgent":false}'),
  },
  {
    name: '37: no link at all',
    ask: login({}, '/confirm'),
    status: 400,
    body: errorWith(
      400,
      "The value cannot be an empty string. (Parameter 'email')",
      'System.ArgumentException',
      -2147024809,
    ),
  },
  {
    name: '38: a log-out',
    ask: (portal) => ({
      method: 'POST',
      path: `${base}/logout`,
      headers: { cookie: `asc_auth_key=${encodeURIComponent(portal.issueToken(ann.email))}` },
    }),
    status: 200,
    body: ok('POST', '/logout', '', 0),
    cookies: [deletion],
  },
  {
    name: '39: the log-out of an SSO user',
    user: { sso: true },
    portal: { ssoLogout: true },
    ask: (portal) => ({
      method: 'POST',
      path: `${base}/logout`,
      headers: { cookie: `asc_auth_key=${encodeURIComponent(portal.issueToken(ann.email))}` },
    }),
    status: 200,
    body: ok('POST', '/logout', `"/sso/slo?data=${Buffer.from('{"NameID":"u@example.com"}').toString('base64url')}"`),
    cookies: [deletion],
  },
  {
    name: '40: setphone without a link',
    ask: login({ mobilePhone: '123456789' }, '/setphone'),
    status: 401,
    body: '',
    headers: empty,
  },
  {
    name: '41: setphone with a link of another kind',
    user: { secondFactor: 'sms', phone: '123456789' },
    ask: async (portal) =>
      login({ mobilePhone: '123456789' }, '/setphone', { confirm: confirmHeader(await post(portal, '', byHash)) }),
    status: 403,
    body: '',
    headers: empty,
  },
  {
    name: '42: setphone',
    user: { secondFactor: 'sms' },
    ask: async (portal) =>
      login({ mobilePhone: '+123 456-789' }, '/setphone', { confirm: confirmHeader(await post(portal, '', byHash)) }),
    status: 200,
    body: ok(
      'POST',
      '/setphone',
      '{"expires":"2026-07-14T10:30:30.123Z","sms":true,"phoneNoise":"+1234*6789","tfa":false}',
    ),
  },
  {
    name: '43: setphone of a phone that is active',
    user: { secondFactor: 'sms' },
    ask: async (portal) => {
      const confirm = confirmHeader(await post(portal, '', byHash));
      Object.assign(portal.users.get(ann.email) ?? {}, { phone: '123456789', phoneActivated: true });
      return login({ mobilePhone: '987654321' }, '/setphone', { confirm });
    },
    status: 500,
    body: errorWith(
      500,
      'To change the number, you need to delete your current phone number',
      'System.Exception',
      -2146233088,
    ),
  },
  {
    name: '44: sendsms without SMS',
    ask: login(byHash, '/sendsms'),
    status: 500,
    body: errorWith(500, 'Attempt to access the method failed.', 'System.MethodAccessException', -2146233072),
  },
  {
    name: '45: the rate limiter',
    portal: { rateLimiter: { perMinute: 2 } },
    ask: async (portal) => {
      for (let request = 1; request <= 2; request += 1) await ask(portal, { headers: { ...proxied, ...elsewhere } });
      return { headers: elsewhere };
    },
    status: 429,
    body: '',
    headers: { ...empty, 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '0', 'retry-after': '60' },
  },
  {
    name: '46: a portal in maintenance',
    portal: { status: 'restoring' },
    ask: login(byHash),
    status: 403,
    body: maintenance,
    headers: problem8,
  },
  {
    name: '47: a wrong code on the settings page',
    user: { secondFactor: 'app', appEnrolled: true },
    ask: async (portal) => {
      const asked = await post(portal, '', byHash);
      const key = /asc_confirm_key_TfaAuth=([^;]+)/.exec(asked.cookies.join())?.[1] ?? '';
      return {
        method: 'POST',
        path: '/api/2.0/settings/tfaapp/validate',
        headers: { confirm: `${confirmHeader(asked)}&key=${key}` },
        body: { code: '000000' },
      };
    },
    status: 400,
    body: errorWith(400, 'Incorrect code', 'System.ArgumentException', -2147024809),
  },
];

function jwtOf(portal: DocSpaceEmulator, options: Parameters<DocSpaceEmulator['issueJwt']>[1]): string {
  const root = 'https://portal.example.com';
  return portal.issueJwt(ann.email, { issuer: `${root}/oauth2`, audience: root, ...options });
}

function confirmQuestion(url: string): Question {
  const query = new URL(url).searchParams;
  return login(
    { type: query.get('type'), key: query.get('key'), email: query.get('email'), uiD: query.get('uid') },
    '/confirm',
  );
}

async function reply(row: Row): Promise<Reply> {
  await using portal = await startWith(row.user ?? {}, { portal: { host: 'portal.example.com', ...row.portal } });
  const question = typeof row.ask === 'function' ? await row.ask(portal) : row.ask;
  return await ask(portal, { ...question, headers: { ...proxied, ...question.headers } });
}

describe('the examples of the wire reference', () => {
  it.each(rows)('$name', async (row) => {
    const answer = await reply(row);
    expect(printed(answer.text)).toBe(row.body);
    expect(answer.status).toBe(row.status);
    for (const [name, value] of Object.entries(row.headers ?? {}))
      expect([name, answer.headers[name]]).toEqual([name, value]);
    const cookies = row.cookies ?? answer.cookies;
    expect(answer.cookies).toEqual(
      cookies.map((line) => (typeof line === 'string' ? line : (expect.stringMatching(line) as string))),
    );
  });

  it('11: an unknown subdomain', async () => {
    await using portal = await startWith({}, { baseDomain: 'example.com' });
    const answer = await ask(portal, { headers: { host: 'nobody.example.com' } });
    expect([answer.status, printed(answer.text)]).toEqual([404, problem('15.5.5', 'Not Found', 404)]);
  });

  it('36: an expired link', async () => {
    const clock = new Clock();
    await using portal = await startWith({}, { clock: clock.read, portal: { host: 'portal.example.com' } });
    const question = confirmQuestion(portal.confirmationUrl('EmailActivation', ann.email));
    clock.forward(7 * 24 * 3_600_000);
    expect(await answered(portal, question)).toContain('"result":0,');
    clock.forward(1);
    expect(await answered(portal, question)).toBe(ok('POST', '/confirm', '{"result":2,"isAgent":false}'));
  });
});

async function answered(portal: DocSpaceEmulator, question: Question): Promise<string> {
  return (await ask(portal, { ...question, headers: proxied })).text;
}
