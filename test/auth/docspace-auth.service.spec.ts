import fc from 'fast-check';
import {
  DocSpaceAuthService,
  type DocSpaceCall,
  DocSpaceConfirmation,
  DocSpaceCredentials,
} from 'nestjs-docspace-auth';
import { answered } from '../support/answers.js';
import { anyText } from '../support/any-text.js';
import { type RawRequest, RawServer } from '../support/raw-server.js';
import { rejectionOf, SECRETS } from '../support/rejections.js';
import { anApp, type StartedModule } from '../support/start-app.js';

const TOKEN = '{"token":"TOK","sms":false,"tfa":false}';
const BASE = '/api/2.0/authentication';
const login = { userName: 'ann@example.com', password: SECRETS.password };
const credentials = DocSpaceCredentials.token(SECRETS.token);
const confirmation = DocSpaceConfirmation.of({ type: 'PhoneActivation', key: SECRETS.key });

/** The seven operations with a good argument each, and what a portal answers. */
const OPERATIONS: Record<
  string,
  [answer: string, call: (service: DocSpaceAuthService, call?: DocSpaceCall) => Promise<unknown>]
> = {
  authenticateMe: [TOKEN, (service, call) => service.authenticateMe(login, call)],
  authenticateMeFromBodyWithCode: [
    TOKEN,
    (service, call) => service.authenticateMeFromBodyWithCode(SECRETS.code, login, call),
  ],
  checkConfirm: ['{"result":0}', (service, call) => service.checkConfirm({ type: 'Auth', key: SECRETS.key }, call)],
  getIsAuthentificated: ['true', (service, call) => service.getIsAuthentificated(call)],
  logout: ['"/sso/slo?data=x"', (service, call) => service.logout(call)],
  saveMobilePhone: [TOKEN, (service, call) => service.saveMobilePhone({ mobilePhone: '123456789' }, call)],
  sendSmsCode: [TOKEN, (service, call) => service.sendSmsCode(login, call)],
};

describe('DocSpaceAuthService', () => {
  let portal: RawServer;
  let app: StartedModule;
  let service: DocSpaceAuthService;

  beforeEach(async () => {
    portal = await RawServer.start(answered(TOKEN));
    app = await anApp().at(portal.url).compile();
    service = app.get(DocSpaceAuthService);
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await portal[Symbol.asyncDispose]();
  });

  /** What the portal received for an operation. */
  async function received(operation: string, call?: DocSpaceCall): Promise<RawRequest> {
    const [answer, make] = OPERATIONS[operation] ?? [];
    portal.answer(answered(answer));
    await make?.(service, call);
    return portal.last;
  }

  describe('a request', () => {
    it.each<[operation: string, method: string, path: string, body: object | undefined]>([
      ['authenticateMe', 'POST', BASE, login],
      ['authenticateMeFromBodyWithCode', 'POST', `${BASE}/000000`, { ...login, code: SECRETS.code }],
      ['checkConfirm', 'POST', `${BASE}/confirm`, { key: SECRETS.key, type: 'Auth' }],
      ['getIsAuthentificated', 'GET', BASE, undefined],
      ['logout', 'POST', `${BASE}/logout`, undefined],
      ['saveMobilePhone', 'POST', `${BASE}/setphone`, { mobilePhone: '123456789' }],
      ['sendSmsCode', 'POST', `${BASE}/sendsms`, login],
    ])('of %s is %s %s', async (operation, method, path, body) => {
      const request = await received(operation);
      expect([request.method, request.url]).toEqual([method, path]);
      expect(request.body).toBe(body === undefined ? '' : JSON.stringify(body));
      expect(request.headers['content-type']).toEqual(body && ['application/json']);
    });

    it('carries only what it needs', async () => {
      const names = Object.keys((await received('authenticateMe')).headers).sort();
      expect(names).toEqual([
        'accept',
        'accept-encoding',
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
      ]);
    });

    it('leaves out what is null, absent, unknown or inherited, and an empty e-mail address', async () => {
      const request = Object.assign(Object.create({ culture: 'de' }) as object, {
        userName: 'ann',
        password: null,
        session: undefined,
        remember: true,
        confirmData: { email: '', first: false, key: 'k', more: 1 },
      });
      await service.authenticateMe(request as never);
      expect(JSON.parse(portal.last.body)).toEqual({ userName: 'ann', confirmData: { first: false, key: 'k' } });
    });

    it('has the same path for every code, which travels as a string in the body', async () => {
      const routes = [
        'confirm',
        'logout',
        '/setphone',
        'sendsms?x=1',
        '../people/@self',
        '..%2f..%2fkeys',
        'a\r\nHost: x',
        '',
        '\ud800',
      ];
      const code = fc.oneof(fc.constantFrom(...routes), anyText).filter((text) => text !== '');
      await fc.assert(
        fc.asyncProperty(code, async (typed) => {
          await service.authenticateMeFromBodyWithCode(typed, login);
          expect([portal.last.method, portal.last.url]).toEqual(['POST', `${BASE}/000000`]);
          expect((JSON.parse(portal.last.body) as { code: unknown }).code).toBe(typed);
        }),
        { numRuns: 50 },
      );
    }, 30_000);
  });

  describe('credentials', () => {
    it.each<[kind: string, presented: DocSpaceCredentials, headers: Record<string, string>]>([
      [
        'a token as the cookie, percent-encoded',
        credentials,
        { cookie: `asc_auth_key=${encodeURIComponent(SECRETS.token)}` },
      ],
      [
        'an API key as Bearer',
        DocSpaceCredentials.apiKey(SECRETS.apiKey),
        { authorization: `Bearer ${SECRETS.apiKey}` },
      ],
      ['a JWT as Bearer', DocSpaceCredentials.jwt(SECRETS.jwt), { authorization: `Bearer ${SECRETS.jwt}` }],
      [
        'a password as Basic',
        DocSpaceCredentials.basic('ann', SECRETS.password),
        { authorization: `Basic ${Buffer.from(`ann:${SECRETS.password}`).toString('base64')}` },
      ],
    ])('travel once: %s', async (_kind, presented, headers) => {
      for (const operation of Object.keys(OPERATIONS)) {
        const { cookie, authorization, confirm } = (await received(operation, { credentials: presented })).headers;
        const sent = JSON.stringify({ cookie, authorization, confirm });
        expect(sent).toBe(
          JSON.stringify({
            cookie: headers['cookie'] && [headers['cookie']],
            authorization: headers['authorization'] && [headers['authorization']],
          }),
        );
      }
    });

    it('are not made up: without any, none travel', async () => {
      for (const operation of Object.keys(OPERATIONS))
        expect(Object.keys((await received(operation)).headers)).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^(cookie|authorization|confirm)$/)]),
        );
    });

    it('are not kept for the next call, whatever cookies the portal sets', async () => {
      portal.answer(answered(TOKEN, 'POST', '', { 'set-cookie': 'asc_auth_key=TOK; path=/' }));
      await service.authenticateMe(login);
      expect((await received('getIsAuthentificated')).headers).not.toHaveProperty('cookie');
    });

    it('and a confirmation together are a TypeError, before any call and without an ending', async () => {
      const ended: unknown[] = [];
      service.ended.subscribe((one) => ended.push(one));
      for (const [, make] of Object.values(OPERATIONS))
        expect(await rejectionOf(make(service, { credentials, confirmation }))).toEqual(
          new TypeError('call: give either credentials or a confirmation, not both'),
        );
      expect(portal.requests).toHaveLength(0);
      expect(ended).toHaveLength(0);
    });
  });

  describe('a confirmation', () => {
    it('is missing or no longer good where a portal refuses a phone', async () => {
      portal.answer({ status: 401, headers: { 'content-type': 'application/json' }, body: '' });
      const reasonOf = async (call: DocSpaceCall): Promise<unknown> =>
        rejectionOf(service.saveMobilePhone({ mobilePhone: '123456789' }, call));
      expect(await reasonOf({})).toMatchObject({ reason: 'confirmation-required' });
      expect(await reasonOf({ confirmation })).toMatchObject({ reason: 'link-invalid' });
    });

    it('travels as the header confirm, to the letter', async () => {
      const query = `type=PhoneActivation&key=${SECRETS.key}&encemail=${SECRETS.encemail}`;
      const link = DocSpaceConfirmation.fromUrl(`https://portal.example.com/confirm/PhoneActivation?${query}`);
      const { headers } = await received('saveMobilePhone', { confirmation: link });
      expect(headers['confirm']).toEqual([query]);
      expect(headers).not.toHaveProperty('cookie');
      expect(headers).not.toHaveProperty('authorization');
    });
  });

  describe('an ending', () => {
    it('is told before the portal is called, with the credentials', async () => {
      const seen: unknown[] = [];
      service.ended.subscribe((one) => seen.push(one, portal.requests.length));
      await received('logout', { credentials });
      expect(seen).toEqual([credentials, 0]);
    });

    it('is told even when the portal is down', async () => {
      const seen: unknown[] = [];
      service.ended.subscribe((one) => seen.push(one));
      await portal[Symbol.asyncDispose]();
      await rejectionOf(service.logout({ credentials }));
      expect(seen).toEqual([credentials]);
    });

    it('is not told of a logout without credentials, nor of any other call', async () => {
      const seen: unknown[] = [];
      service.ended.subscribe((one) => seen.push(one));
      for (const operation of Object.keys(OPERATIONS))
        await received(operation, operation === 'logout' ? {} : { credentials });
      expect(seen).toEqual([]);
    });
  });

  describe('an ending at another portal', () => {
    it('is told with that portal, and not at all of one that is not configured', async () => {
      await using several = await anApp()
        .at('http://127.0.0.1:9')
        .with({ portals: { other: { portalUrl: portal.url } } })
        .compile();
      const seen: unknown[] = [];
      const logouts = several.get(DocSpaceAuthService);
      logouts.endings.subscribe((one) => seen.push(one.portal.name, one.credentials));
      portal.answer(answered('""'));
      await logouts.logout({ credentials, portal: 'other' });
      expect(await rejectionOf(logouts.logout({ credentials, portal: 'nowhere' }))).toBeInstanceOf(TypeError);
      expect(seen).toEqual(['other', credentials]);
    });
  });

  describe('a wrong argument', () => {
    const wrong: Record<string, [call: (service: DocSpaceAuthService) => Promise<unknown>, names: string]> = {
      'a code that is a number': [(service) => service.authenticateMeFromBodyWithCode(493817 as never), 'code'],
      'a code of 257 characters': [(service) => service.authenticateMeFromBodyWithCode('1'.repeat(257)), 'code'],
      'an empty code': [(service) => service.authenticateMeFromBodyWithCode(''), 'code'],
      'a request that is a list': [(service) => service.authenticateMe([] as never), 'request'],
      'a request that is null': [(service) => service.authenticateMe(null as never), 'request'],
      'a password that is an object': [
        (service) => service.authenticateMe({ password: { $ne: SECRETS.password } as never }),
        'password',
      ],
      'a password of 9000 characters': [
        (service) => service.authenticateMe({ password: SECRETS.password.repeat(500) }),
        'password',
      ],
      'a session that is a text': [(service) => service.authenticateMe({ session: 'true' as never }), 'session'],
      'a captcha type that is a text': [
        (service) => service.sendSmsCode({ recaptchaType: '0' as never }),
        'recaptchaType',
      ],
      'a link that is a text': [
        (service) => service.authenticateMe({ confirmData: SECRETS.key as never }),
        'confirmData',
      ],
      'a field of a link': [
        (service) => service.authenticateMe({ confirmData: { first: 'True' as never } }),
        'confirmData.first',
      ],
      'a confirm type that is an object': [(service) => service.checkConfirm({ type: {} as never }), 'type'],
      'a phone that is a number': [
        (service) => service.saveMobilePhone({ mobilePhone: 123456 as never }),
        'mobilePhone',
      ],
      'a portal that is not configured': [(service) => service.getIsAuthentificated({ portal: 'another' }), 'portal'],
    };

    it.each(Object.entries(wrong))(
      'is a TypeError that names it, before any call: %s',
      async (_what, [call, names]) => {
        const error = await rejectionOf(call(service));
        expect(error).toBeInstanceOf(TypeError);
        expect((error as TypeError).message).toMatch(new RegExp(`^${names}: must be `));
        expect(portal.requests).toHaveLength(0);
      },
    );
  });

  it('takes a code of 1 to 256 characters, and says so to any other', async () => {
    for (const code of ['1', '1'.repeat(256)]) {
      await service.authenticateMeFromBodyWithCode(code);
      expect(JSON.parse(portal.last.body)).toEqual({ code });
    }
    expect(await rejectionOf(service.authenticateMeFromBodyWithCode(''))).toEqual(
      new TypeError('code: must be a string of 1 to 256 characters'),
    );
  });

  describe('a response', () => {
    it.each<[operation: string, endpoint: string]>([
      ['authenticateMe', `POST ${BASE}`],
      ['authenticateMeFromBodyWithCode', `POST ${BASE}/{code}`],
      ['checkConfirm', `POST ${BASE}/confirm`],
      ['getIsAuthentificated', `GET ${BASE}`],
      ['logout', `POST ${BASE}/logout`],
      ['saveMobilePhone', `POST ${BASE}/setphone`],
      ['sendSmsCode', `POST ${BASE}/sendsms`],
    ])('of %s that cannot be read is told by its endpoint: %s', async (operation, endpoint) => {
      portal.answer(answered('7'));
      const error = await rejectionOf(OPERATIONS[operation]?.[1](service) ?? Promise.resolve());
      expect(error).toMatchObject({
        message: `${endpoint}: the answer has no readable response`,
        endpoint,
        status: 200,
      });
    });

    it.each([202, 204, 206, 304])('with %i is none, whatever it holds', async (status) => {
      portal.answer({ ...answered('true'), status });
      const error = await rejectionOf(service.getIsAuthentificated());
      expect(error).toMatchObject({ code: 'ERR_DOCSPACE_PROTOCOL', status });
    });

    it.each<[operation: string, response: string | undefined]>([
      ['authenticateMe', 'null'],
      ['checkConfirm', 'null'],
      ['checkConfirm', '[]'],
      ['authenticateMe', undefined],
      ['authenticateMe', '"token"'],
      ['authenticateMe', '[]'],
      ['checkConfirm', '0'],
      ['checkConfirm', undefined],
      ['getIsAuthentificated', '"true"'],
      ['getIsAuthentificated', '1'],
      ['getIsAuthentificated', undefined],
      ['logout', '{"url":"/sso"}'],
    ])('of %s that is %s cannot be read', async (operation, response) => {
      portal.answer(answered(response));
      const error = await rejectionOf(OPERATIONS[operation]?.[1](service) ?? Promise.resolve());
      expect(error).toMatchObject({ code: 'ERR_DOCSPACE_PROTOCOL', status: 200 });
    });

    it('in PascalCase, and with 201, is read as the documentation prints it', async () => {
      portal.answer({
        status: 201,
        body: '{"Response":{"Token":"TOK","Expires":"2027-07-14T10:20:30Z"},"Count":1,"StatusCode":201}',
      });
      await expect(service.authenticateMe(login)).resolves.toEqual({
        response: { token: 'TOK', expires: '2027-07-14T10:20:30Z' },
        count: 1,
        statusCode: 201,
      });
    });

    it('loses the fields that are of another type than documented', async () => {
      const odd =
        '{"token":1,"expires":{},"sms":"true","phoneNoise":["+1"],"tfa":null,"tfaKey":true,"confirmUrl":0,"more":1}';
      portal.answer(answered(odd));
      expect((await service.authenticateMe(login)).response).toEqual({ more: 1 });
      portal.answer(answered('{"result":"0","roomId":1,"title":{},"email":false,"isAgent":1}'));
      expect((await service.checkConfirm()).response).toEqual({});
    });

    it('is read whatever its content type says', async () => {
      for (const type of ['text/html', 'application/octet-stream', 'application/json; charset=utf-16', '']) {
        portal.answer({ headers: { 'content-type': type }, body: '\ufeff {"response":true} \n' });
        await expect(service.getIsAuthentificated()).resolves.toEqual({ response: true });
      }
    });
  });
});
