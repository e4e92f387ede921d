import { DocSpaceAuthService, DocSpaceConfirmation, DocSpaceCredentials } from 'nestjs-docspace-auth';
import { answered, bare, failed, invalid, linksOf, problem } from '../support/answers.js';
import { type RawAnswer, RawServer } from '../support/raw-server.js';
import { refusalOfCall, SECRETS, type Told } from '../support/rejections.js';
import { anApp } from '../support/start-app.js';

/** One row of the wire page's examples: what the portal prints, and what our method then comes to. */
interface Example {
  answer: RawAnswer;
  call: (service: DocSpaceAuthService) => Promise<unknown>;
  becomes: { resolves: unknown } | { rejects: Omit<Told, 'endpoint'> };
}

const TOK = SECRETS.token;

const resolves = (response: unknown, method = 'POST', path = ''): Example['becomes'] => ({
  resolves: { response, count: 1, ...linksOf(method, path), status: 0, statusCode: 200 },
});
const refused = (reason: string, status: number, retryAfterMs?: number): Example['becomes'] => ({
  rejects: { class: 'DocSpaceRefusedError', reason, status, ...(retryAfterMs !== undefined && { retryAfterMs }) },
});
const unavailable = (status: number): Example['becomes'] => ({
  rejects: { class: 'DocSpaceUnavailableError', status },
});

const credentials = DocSpaceCredentials.token(TOK);
const check = (service: DocSpaceAuthService): Promise<unknown> => service.getIsAuthentificated({ credentials });
const checkAs =
  (presented: DocSpaceCredentials): Example['call'] =>
  (service) =>
    service.getIsAuthentificated({ credentials: presented });
const request = { userName: 'u@example.com', passwordHash: SECRETS.hash };
const login = (service: DocSpaceAuthService): Promise<unknown> => service.authenticateMe(request);
const withCode = (service: DocSpaceAuthService): Promise<unknown> =>
  service.authenticateMeFromBodyWithCode(SECRETS.code, request);
const confirm = (service: DocSpaceAuthService): Promise<unknown> =>
  service.checkConfirm({ type: 'PasswordChange', key: SECRETS.key, email: 'u@example.com' });
const logout = (service: DocSpaceAuthService): Promise<unknown> => service.logout({ credentials });
const savePhone =
  (type?: 'PhoneActivation' | 'PhoneAuth'): Example['call'] =>
  (service) =>
    service.saveMobilePhone(
      { mobilePhone: '123456789' },
      type && { confirmation: DocSpaceConfirmation.of({ type, key: SECRETS.key, encemail: SECRETS.encemail }) },
    );

const COOKIE_GONE = { 'set-cookie': 'asc_auth_key=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/' };
const cookieSet = (expires = ''): { 'set-cookie': string } => ({
  'set-cookie': `asc_auth_key=${encodeURIComponent(TOK)};${expires} path=/; secure; samesite=none; httponly`,
});
const CONFIRM_COOKIE = { 'set-cookie': 'asc_confirm_key_TfaActivation=1.A; path=/; secure; samesite=none; httponly' };
const AUTHENTICATION_FAILED = failed(401, 'User authentication failed');
const PORTAL = 'https://portal.example.com';
const ACTIVATION = `${PORTAL}/confirm/PhoneActivation?type=PhoneActivation&key=${SECRETS.key}&encemail=${SECRETS.encemail}`;
const PHONE_AUTH = `${PORTAL}/confirm/PhoneAuth?type=PhoneAuth&key=${SECRETS.key}&encemail=${SECRETS.encemail}`;
const TFA_ACTIVATION = `${PORTAL}/confirm/TfaActivation?type=TfaActivation&uid=66faa6e4-f133-11ea-b126-00ffeec8b4ef`;
const TFA_AUTH = `${PORTAL}/confirm/TfaAuth?type=TfaAuth&uid=66faa6e4-f133-11ea-b126-00ffeec8b4ef`;
const ZERO = '"expires":"0001-01-01T00:00:00"';

/** By the number of the row; 47 answers an endpoint that this package does not call. */
const EXAMPLES: Record<string, Example> = {
  '1: no credentials': {
    answer: answered('false', 'GET'),
    call: (service) => service.getIsAuthentificated(),
    becomes: resolves(false, 'GET'),
  },
  '2: a good token': { answer: answered('true', 'GET'), call: check, becomes: resolves(true, 'GET') },
  '3: a revoked token': {
    answer: answered('false', 'GET', '', COOKIE_GONE),
    call: check,
    becomes: resolves(false, 'GET'),
  },
  '4: a stale cookie': {
    answer: answered('false', 'GET', '', COOKIE_GONE),
    call: check,
    becomes: resolves(false, 'GET'),
  },
  '5: wrong Basic': {
    answer: answered('false', 'GET', '', { 'www-authenticate': 'Basic' }),
    call: checkAs(DocSpaceCredentials.basic('u@example.com', SECRETS.password)),
    becomes: resolves(false, 'GET'),
  },
  '6: broken Basic': {
    answer: failed(500, 'The input is not a valid Base-64 string ...', 'System.FormatException', -2146233033),
    call: checkAs(DocSpaceCredentials.basic('u@example.com', SECRETS.password)),
    becomes: unavailable(500),
  },
  '7: an invalid API key': {
    answer: problem(403),
    call: checkAs(DocSpaceCredentials.apiKey(SECRETS.apiKey)),
    becomes: refused('api-key-refused', 403),
  },
  '8: a JWT with a wrong sub': {
    answer: failed(401, "Claim 'sub' is not present in JWT"),
    call: checkAs(DocSpaceCredentials.jwt(SECRETS.jwt)),
    becomes: refused('invalid-credentials', 401),
  },
  '9: a forbidden address, as text': {
    answer: bare(403, 'The access to the portal is restricted', { 'content-type': 'text/plain; charset=utf-8' }),
    call: check,
    becomes: refused('ip-restricted', 403),
  },
  '10: a forbidden address, as JSON': {
    answer: bare(403, '"The access to the portal is restricted"', {
      'content-type': 'application/json; charset=utf-8',
    }),
    call: check,
    becomes: refused('ip-restricted', 403),
  },
  '11: an unknown or suspended portal': {
    answer: problem(404),
    call: check,
    becomes: refused('portal-not-found', 404),
  },
  '12: a login by hash': {
    answer: answered(
      `{"token":"${TOK}","expires":"2027-07-14T10:20:30.1234567Z","sms":false,"tfa":false}`,
      'POST',
      '',
      cookieSet(' expires=Wed, 14 Jul 2027 10:20:30 GMT;'),
    ),
    call: login,
    becomes: resolves({ token: TOK, expires: '2027-07-14T10:20:30.1234567Z', sms: false, tfa: false }),
  },
  '13: a login for the browser session': {
    answer: answered(`{"token":"${TOK}",${ZERO},"sms":false,"tfa":false}`, 'POST', '', cookieSet()),
    call: (service) => service.authenticateMe({ ...request, session: true }),
    becomes: resolves({ token: TOK, sms: false, tfa: false }),
  },
  '14, 15: a wrong password, an unknown user': {
    answer: AUTHENTICATION_FAILED,
    call: login,
    becomes: refused('invalid-credentials', 401),
  },
  '16: an empty login': {
    answer: AUTHENTICATION_FAILED,
    call: (service) => service.authenticateMe(),
    becomes: refused('invalid-credentials', 401),
  },
  '17: a login without a password': {
    answer: AUTHENTICATION_FAILED,
    call: (service) => service.authenticateMe({ userName: 'u@example.com' }),
    becomes: refused('invalid-credentials', 401),
  },
  '18: the sixth attempt': {
    answer: failed(403, 'Too many login attempts. Please try again later'),
    call: login,
    becomes: refused('locked-out', 403, 60_000),
  },
  '19: a bad captcha': {
    answer: failed(403, 'Invalid Recaptcha'),
    call: (service) => service.authenticateMe({ ...request, recaptchaType: 0, recaptchaResponse: SECRETS.captcha }),
    becomes: refused('captcha-refused', 403),
  },
  '20: a disabled user': {
    answer: failed(403, 'User disabled', 'System.InvalidOperationException', -2146233079),
    call: login,
    becomes: refused('user-disabled', 403),
  },
  '21: a used Auth link': {
    answer: failed(404, 'The user could not be found', 'ASC.Common.Web.ItemNotFoundException', -2146233088),
    call: (service) => service.authenticateMe({ confirmData: { email: 'u@example.com', key: SECRETS.key } }),
    becomes: refused('link-invalid', 404),
  },
  '22: a field of a wrong type': {
    answer: invalid(
      '{"$.session":["The JSON value could not be converted to System.Boolean. Path: $.session | LineNumber: 0 | BytePositionInLine: 46."]}',
    ),
    call: login,
    becomes: refused('invalid-request', 400),
  },
  '23: a link without an e-mail address': {
    answer: invalid('{"ConfirmData.Email":["The Email field is not a valid e-mail address."]}'),
    call: (service) => service.authenticateMe({ confirmData: { email: 'not-mail', key: SECRETS.key } }),
    becomes: refused('invalid-request', 400),
  },
  '24: an empty body': {
    answer: invalid('{"":["A non-empty request body is required."]}'),
    call: login,
    becomes: refused('invalid-request', 400),
  },
  '25: another content type': {
    answer: invalid(undefined, 415),
    call: login,
    becomes: { rejects: { class: 'DocSpaceProtocolError', status: 415 } },
  },
  '26: SMS, phone not activated': {
    answer: answered(`{${ZERO},"sms":true,"tfa":false,"confirmUrl":"${ACTIVATION}"}`),
    call: login,
    becomes: resolves({ sms: true, tfa: false, confirmUrl: ACTIVATION }),
  },
  '27: SMS, sent': {
    answer: answered(
      `{"expires":"2026-07-14T10:30:00.5Z","sms":true,"phoneNoise":"+1234*6789","tfa":false,"confirmUrl":"${PHONE_AUTH}"}`,
    ),
    call: login,
    becomes: resolves({
      expires: '2026-07-14T10:30:00.5Z',
      sms: true,
      phoneNoise: '+1234*6789',
      tfa: false,
      confirmUrl: PHONE_AUTH,
    }),
  },
  '28: SMS, a long phone number': {
    answer: failed(
      400,
      "Index was out of range. Must be non-negative and less than or equal to the size of the collection. (Parameter 'startIndex')",
      'System.ArgumentOutOfRangeException',
      -2146233086,
    ),
    call: login,
    becomes: refused('sms-unavailable', 400),
  },
  '29: an authenticator app, first time': {
    answer: answered(
      `{${ZERO},"sms":false,"tfa":true,"tfaKey":"MFRGGRCFIYYTEMZU","confirmUrl":"${TFA_ACTIVATION}"}`,
      'POST',
      '',
      CONFIRM_COOKIE,
    ),
    call: login,
    becomes: resolves({ sms: false, tfa: true, tfaKey: 'MFRGGRCFIYYTEMZU', confirmUrl: TFA_ACTIVATION }),
  },
  '30: an authenticator app, known': {
    answer: answered(`{${ZERO},"sms":false,"tfa":true,"confirmUrl":"${TFA_AUTH}"}`, 'POST', '', CONFIRM_COOKIE),
    call: login,
    becomes: resolves({ sms: false, tfa: true, confirmUrl: TFA_AUTH }),
  },
  '31: a good code': {
    answer: answered(
      `{"token":"${TOK}","expires":"2027-07-14T10:21:00.2618362Z","sms":false,"tfa":true}`,
      'POST',
      '/123456',
      { 'set-cookie': [cookieSet()['set-cookie'], cookieSet()['set-cookie']] },
    ),
    call: withCode,
    becomes: resolves(
      { token: TOK, expires: '2027-07-14T10:21:00.2618362Z', sms: false, tfa: true },
      'POST',
      '/123456',
    ),
  },
  '32, 33: no code, a wrong code': {
    answer: AUTHENTICATION_FAILED,
    call: withCode,
    becomes: refused('invalid-code', 401),
  },
  '34: a good link': {
    answer: answered('{"result":0,"email":"user@example.com","isAgent":false}', 'POST', '/confirm'),
    call: confirm,
    becomes: resolves({ result: 0, email: 'user@example.com', isAgent: false }, 'POST', '/confirm'),
  },
  '35: an invalid link': {
    answer: answered('{"result":1,"isAgent":false}', 'POST', '/confirm'),
    call: confirm,
    becomes: resolves({ result: 1, isAgent: false }, 'POST', '/confirm'),
  },
  '36: an expired link': {
    answer: answered('{"result":2,"isAgent":false}', 'POST', '/confirm'),
    call: confirm,
    becomes: resolves({ result: 2, isAgent: false }, 'POST', '/confirm'),
  },
  '37: no link': {
    answer: failed(
      400,
      "The value cannot be an empty string. (Parameter 'email')",
      'System.ArgumentException',
      -2147024809,
    ),
    call: (service) => service.checkConfirm(),
    becomes: refused('invalid-request', 400),
  },
  '38: a logout': {
    answer: answered(undefined, 'POST', '/logout', COOKIE_GONE),
    call: logout,
    becomes: { resolves: { count: 0, ...linksOf('POST', '/logout'), status: 0, statusCode: 200 } },
  },
  '39: a logout with single sign-on': {
    answer: answered('"/sso/slo?data=eyJ..."', 'POST', '/logout'),
    call: logout,
    becomes: resolves('/sso/slo?data=eyJ...', 'POST', '/logout'),
  },
  '40: a phone without a confirmation': {
    answer: bare(401),
    call: savePhone(),
    becomes: refused('confirmation-required', 401),
  },
  '41: a phone with a confirmation of another type': {
    answer: bare(403),
    call: savePhone('PhoneAuth'),
    becomes: refused('confirmation-required', 403),
  },
  '42: a phone': {
    answer: answered(
      '{"expires":"2026-07-14T10:30:00.1234567Z","sms":true,"phoneNoise":"+1234*6789","tfa":false}',
      'POST',
      '/setphone',
    ),
    call: savePhone('PhoneActivation'),
    becomes: resolves(
      { expires: '2026-07-14T10:30:00.1234567Z', sms: true, phoneNoise: '+1234*6789', tfa: false },
      'POST',
      '/setphone',
    ),
  },
  '43: a phone that is active already': {
    answer: failed(
      500,
      'To change the number, you need to delete your current phone number',
      'System.Exception',
      -2146233088,
    ),
    call: savePhone('PhoneActivation'),
    becomes: refused('invalid-request', 500),
  },
  '44: SMS switched off': {
    answer: failed(500, 'Attempt to access the method failed.', 'System.MethodAccessException', -2146233072),
    call: (service) => service.sendSmsCode(request),
    becomes: refused('sms-unavailable', 500),
  },
  '45: the rate limiter': {
    answer: bare(429, '', { 'x-ratelimit-limit': '1500', 'x-ratelimit-remaining': '0', 'retry-after': '17' }),
    call: check,
    becomes: refused('rate-limited', 429, 17_000),
  },
  '46: a portal being restored': {
    answer: problem(403),
    call: login,
    becomes: refused('portal-maintenance', 403),
  },
};

describe('the examples of the wire page', () => {
  it.each(Object.entries(EXAMPLES))('%s', async (_name, { answer, call, becomes }) => {
    await using portal = await RawServer.start(answer);
    await using app = await anApp().at(portal.url).compile();
    const calling = call(app.get(DocSpaceAuthService));
    if ('resolves' in becomes) await expect(calling).resolves.toEqual(becomes.resolves);
    else {
      const { endpoint, ...told } = await refusalOfCall(calling);
      expect(told).toEqual(becomes.rejects);
      expect(endpoint).toBe(`${portal.last.method} ${portal.last.url.replace('000000', '{code}')}`);
    }
    expect(portal.requests).toHaveLength(1);
  });
});
