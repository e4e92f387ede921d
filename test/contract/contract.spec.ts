/**
 * What this package relies on a portal to do. Runs against the emulator, and against a live portal when `DOCSPACE_URL`,
 * `DOCSPACE_USER` and `DOCSPACE_PASSWORD` are given; says aloud which parts it could not run there.
 *
 * A live run logs in a dozen times, mistypes the password once, and ends every session it began.
 */
import { DocSpaceAuthService, DocSpaceCredentials, DocSpaceLogin, DocSpaceSessions } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { anApp, type StartedModule } from '../support/start-app';

const { DOCSPACE_URL: liveUrl, DOCSPACE_USER: liveUser = '', DOCSPACE_PASSWORD: livePassword = '' } = process.env;
const CHECK = '/api/2.0/authentication';

interface Scene {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  readonly service: DocSpaceAuthService;
  readonly login: DocSpaceLogin;
  readonly sessions: DocSpaceSessions;
  /** Only with the emulator. */
  readonly emulator: DocSpaceEmulator;
  /** A fresh session; ended afterwards. */
  readonly token: () => Promise<string>;
}

/** A promise, with what it needs: an account of a portal, or a portal that can be put into any state. */
type Promised = [promise: string, needs: 'account' | 'emulator', keep: (scene: Scene) => Promise<void>];

const promises: Promised[] = [
  [
    'a login answers a token, and when it ends',
    'account',
    async ({ service, email, password }) => {
      const { response, statusCode } = await service.authenticateMe({ userName: email, password });
      expect(statusCode).toBe(200);
      expect(response?.token).toMatch(/^[A-Za-z0-9+/]{100,}={0,2}$/);
      await service.logout({ credentials: DocSpaceCredentials.token(response?.token ?? '') });
    },
  ],
  [
    'a browser session names no end',
    'account',
    async ({ service, email, password }) => {
      const { response } = await service.authenticateMe({ userName: email, password, session: true });
      expect(response).not.toHaveProperty('expires');
      await service.logout({ credentials: DocSpaceCredentials.token(response?.token ?? '') });
    },
  ],
  [
    'a password hashed with the portal’s own parameters logs in',
    'account',
    async ({ login, sessions, email, password }) => {
      const outcome = await login.start({ userName: email, password });
      expect(outcome.status).toBe('authenticated');
      if (outcome.status === 'authenticated') await sessions.end(DocSpaceCredentials.token(outcome.token));
    },
  ],
  [
    'a wrong password is a 401 without a token',
    'account',
    async ({ service, email }) => {
      const refused = service.authenticateMe({ userName: email, password: 'not-the-password' });
      await expect(refused).rejects.toMatchObject({ reason: 'invalid-credentials', status: 401 });
    },
  ],
  [
    'an empty login is refused',
    'account',
    async ({ service }) => {
      await expect(service.authenticateMe({})).rejects.toMatchObject({ code: 'ERR_DOCSPACE_REFUSED' });
    },
  ],
  [
    'is-authenticated says true to a token, as a cookie',
    'account',
    async ({ service, token }) => {
      const credentials = DocSpaceCredentials.token(await token());
      expect((await service.getIsAuthentificated({ credentials })).response).toBe(true);
    },
  ],
  [
    'is-authenticated says false to nobody and to garbage',
    'account',
    async ({ service }) => {
      expect((await service.getIsAuthentificated()).response).toBe(false);
      const credentials = DocSpaceCredentials.token('Z2FyYmFnZQ==');
      expect((await service.getIsAuthentificated({ credentials })).response).toBe(false);
    },
  ],
  [
    'a stale cookie defeats a good header',
    'account',
    async ({ url, token }) => {
      const answer = await fetch(url + CHECK, {
        headers: { authorization: await token(), cookie: 'asc_auth_key=Z2FyYmFnZQ%3D%3D' },
      });
      expect(await answer.json()).toMatchObject({ response: false });
    },
  ],
  [
    'a logout with the token as a cookie ends it',
    'account',
    async ({ service, token }) => {
      const credentials = DocSpaceCredentials.token(await token());
      await service.logout({ credentials });
      expect((await service.getIsAuthentificated({ credentials })).response).toBe(false);
    },
  ],
  [
    'a logout with the token in a header only ends nothing',
    'account',
    async ({ url, service, token }) => {
      const value = await token();
      const answer = await fetch(`${url}${CHECK}/logout`, { method: 'POST', headers: { authorization: value } });
      expect(answer.status).toBe(200);
      expect((await service.getIsAuthentificated({ credentials: DocSpaceCredentials.token(value) })).response).toBe(
        true,
      );
    },
  ],
  [
    'a bad confirmation link is an answer, not an error',
    'account',
    async ({ service, email }) => {
      const { response } = await service.checkConfirm({ type: 'PasswordChange', key: '1.BAD', email });
      expect(response?.result).toBe(1);
    },
  ],
  [
    'setphone without a confirmation is a 401',
    'account',
    async ({ service }) => {
      await expect(service.saveMobilePhone({ mobilePhone: '123456789' })).rejects.toMatchObject({
        reason: 'confirmation-required',
      });
    },
  ],
  [
    'Basic is taken',
    'account',
    async ({ service, email, password }) => {
      const credentials = DocSpaceCredentials.basic(email, password);
      expect((await service.getIsAuthentificated({ credentials })).response).toBe(true);
    },
  ],
  [
    'the profile has an id and an e-mail address',
    'account',
    async ({ sessions, token, email }) => {
      const user = await sessions.user(DocSpaceCredentials.token(await token()));
      expect(user.email.toLowerCase()).toBe(email.toLowerCase());
      expect(user.id).toMatch(/^[0-9a-f-]{36}$/);
    },
  ],
  [
    'the sixth attempt is locked out',
    'emulator',
    async ({ service, email, password }) => {
      for (let count = 0; count < 5; count++)
        await expect(service.authenticateMe({ userName: email, password: 'wrong-password' })).rejects.toThrow();
      await expect(service.authenticateMe({ userName: email, password })).rejects.toMatchObject({
        reason: 'locked-out',
        status: 403,
      });
    },
  ],
  [
    'an SMS login asks for a code, and completes with it once',
    'emulator',
    async ({ service, emulator }) => {
      emulator.users.add({
        email: 'sms@example.com',
        password: 'Secret123!',
        secondFactor: 'sms',
        phone: '123456789',
        phoneActivated: true,
      });
      const request = { userName: 'sms@example.com', password: 'Secret123!' };
      const first = await service.authenticateMe(request);
      expect(first.response).toMatchObject({ sms: true });
      expect(first.response?.token).toBeUndefined();
      const code = emulator.smsInbox.at(-1)?.code ?? '';
      expect((await service.authenticateMeFromBodyWithCode(code, request)).response?.token).toEqual(expect.any(String));
      await expect(service.authenticateMeFromBodyWithCode(code, request)).rejects.toMatchObject({
        reason: 'invalid-code',
      });
    },
  ],
  [
    'an app login asks for a code, and completes with it',
    'emulator',
    async ({ service, emulator }) => {
      const user = emulator.users.add({
        email: 'app@example.com',
        password: 'Secret123!',
        secondFactor: 'app',
        appEnrolled: true,
      });
      const request = { userName: 'app@example.com', password: 'Secret123!' };
      expect((await service.authenticateMe(request)).response).toMatchObject({ tfa: true });
      expect((await service.authenticateMeFromBodyWithCode(user.appCode(), request)).response?.token).toEqual(
        expect.any(String),
      );
    },
  ],
];

let app: StartedModule;
let scene: Scene;

async function setUp(): Promise<void> {
  if (liveUrl && !(liveUser && livePassword)) throw new Error('DOCSPACE_URL needs DOCSPACE_USER and DOCSPACE_PASSWORD');
  const account = { email: liveUrl ? liveUser : 'ann@example.com', password: liveUrl ? livePassword : 'Secret123!' };
  const emulator = await DocSpaceEmulator.start({ users: liveUrl ? [] : [account] });
  const url = liveUrl ?? emulator.url;
  app = await anApp().at(url).with({ loginThrottle: false }).compile();
  const service = app.get(DocSpaceAuthService);
  scene = {
    ...account,
    url,
    service,
    login: app.get(DocSpaceLogin),
    sessions: app.get(DocSpaceSessions),
    emulator,
    token: async () => {
      const { response } = await service.authenticateMe({ userName: account.email, password: account.password });
      begun.push(response?.token ?? '');
      return response?.token ?? '';
    },
  };
}

const begun: string[] = [];

beforeEach(setUp);
afterEach(async () => {
  for (const token of begun.splice(0)) await scene.service.logout({ credentials: DocSpaceCredentials.token(token) });
  await app[Symbol.asyncDispose]();
  await scene.emulator.stop();
});
afterAll(() => {
  const left = liveUrl ? promises.filter(([, needs]) => needs === 'emulator').map(([promise]) => promise) : [];
  const against = liveUrl
    ? 'a live portal'
    : 'the emulator; give DOCSPACE_URL, DOCSPACE_USER and DOCSPACE_PASSWORD for a live portal';
  process.stdout.write(
    `contract: run against ${against}\n${left.map((promise) => `contract: not run: ${promise}\n`).join('')}`,
  );
});

describe('a portal keeps its promises', () => {
  const able = promises.filter(([, needs]) => !liveUrl || needs === 'account');
  it.each(able)('%s', (_promise, _needs, keep) => keep(scene));
});
