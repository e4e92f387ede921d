import { channel } from 'node:diagnostics_channel';
import {
  type DocSpaceBreakerEvent,
  type DocSpaceCheckEvent,
  DocSpaceCredentials,
  DocSpaceLogin,
  type DocSpaceLoginEvent,
  type DocSpaceLogoutEvent,
  DocSpaceSessions,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { told } from '../../lib/auth/events.js';
import { expectNoSecret } from '../support/secrets.js';
import { anApp } from '../support/start-app.js';
import { Heard } from './heard.js';

const ANN = { email: 'ann@example.com', password: 'Secret123!' };
const SAM = { email: 'sam@example.com', password: 'Secret456!', secondFactor: 'sms', phone: '123456789' } as const;

const timed = {
  portal: 'default',
  startedAt: expect.any(Number) as number,
  durationMs: expect.any(Number) as number,
};

describe('the channel docspace:login', () => {
  it('tells of every step what it came to', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN, SAM] });
    await using app = await anApp().at(portal.url).compile();
    using login = new Heard<DocSpaceLoginEvent>('docspace:login');
    const logins = app.get(DocSpaceLogin);
    await logins.start({ userName: ANN.email, password: ANN.password }, { client: { address: '192.0.2.1' } });
    const first = await logins.start({ userName: SAM.email, password: SAM.password });
    const challenge = first.status === 'code-required' ? first.challenge : '';
    await logins.resendCode(challenge);
    await expect(logins.verifyCode(challenge, '000000')).rejects.toThrow('invalid-code');
    await logins.verifyCode(challenge, portal.smsInbox.at(-1)?.code ?? '');
    await expect(logins.savePhone('no challenge', '123456789')).rejects.toThrow();
    expect(login.events).toMatchObject([
      { ...timed, step: 'start', outcome: 'authenticated', address: '192.0.2.1' },
      { ...timed, step: 'start', outcome: 'code-required' },
      { ...timed, step: 'resend', outcome: 'code-required' },
      { ...timed, step: 'code', outcome: 'refused', reason: 'invalid-code', error: { code: 'ERR_DOCSPACE_REFUSED' } },
      { ...timed, step: 'code', outcome: 'authenticated' },
      { ...timed, step: 'phone', outcome: 'refused', reason: 'challenge-invalid' },
    ]);
    expect(login.events[1]).not.toHaveProperty('address');
  });

  it('tells which portal was meant, and of a caller without an address no address', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp()
      .at('http://127.0.0.1:9')
      .with({ portals: { second: { portalUrl: portal.url } } })
      .compile();
    using login = new Heard<DocSpaceLoginEvent>('docspace:login');
    const request = { userName: ANN.email, password: ANN.password };
    await app.get(DocSpaceLogin).start(request, { portal: 'second', client: { userAgent: 'a browser' } });
    expect(login.events).toStrictEqual([{ ...timed, portal: 'second', step: 'start', outcome: 'authenticated' }]);
  });

  it('tells an outage from an answer that cannot be read', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).with({ passwordTransport: 'plain' }).compile();
    using login = new Heard<DocSpaceLoginEvent>('docspace:login');
    const attempt = () => app.get(DocSpaceLogin).start({ userName: ANN.email, password: ANN.password });
    portal.faults.add({ kind: 'status', status: 500, times: 1 });
    portal.faults.add({ kind: 'garbage', times: 1 });
    await expect(attempt()).rejects.toThrow();
    await expect(attempt()).rejects.toThrow();
    expect(login.events.map(({ outcome }) => outcome)).toEqual(['unavailable', 'unreadable']);
  });

  it("keeps silent about a caller's own mistake or abort", async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).compile();
    using login = new Heard<DocSpaceLoginEvent>('docspace:login');
    const request = { userName: ANN.email, password: ANN.password };
    await expect(app.get(DocSpaceLogin).start(request, { portal: 'nowhere' })).rejects.toThrow(TypeError);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(app.get(DocSpaceLogin).start(request, { signal })).rejects.toThrow('gone');
    expect(login.events).toHaveLength(0);
  });

  it('holds no secret and no name, nor does any other channel', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).compile();
    using login = new Heard('docspace:login');
    using check = new Heard('docspace:check');
    using logout = new Heard('docspace:logout');
    const outcome = await app.get(DocSpaceLogin).start({ userName: ANN.email, password: ANN.password });
    const token = outcome.status === 'authenticated' ? outcome.token : '';
    const credentials = DocSpaceCredentials.token(token);
    await app.get(DocSpaceSessions).check(credentials);
    await app.get(DocSpaceSessions).end(credentials);
    await expect(
      app.get(DocSpaceLogin).start({ userName: 'typed-in-the-wrong-field', password: 'wrong-password' }),
    ).rejects.toThrow();
    const events = [login, check, logout].flatMap((heard) => heard.events);
    expect(events).toHaveLength(4);
    expectNoSecret(events, [ANN.password, ANN.email, token, 'typed-in-the-wrong-field', 'wrong-password']);
  });
});

describe('the channel docspace:check', () => {
  it('tells of each question, and not of what is remembered', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).compile();
    using check = new Heard<DocSpaceCheckEvent>('docspace:check');
    const sessions = app.get(DocSpaceSessions);
    const good = DocSpaceCredentials.token(portal.issueToken(ANN.email));
    await Promise.all([sessions.check(good), sessions.check(good)]);
    await sessions.check(good);
    await sessions.check(DocSpaceCredentials.token('nobody-has-this-one'));
    portal.faults.add({ kind: 'status', status: 403, body: '{"title":"…","status":403,"traceId":"00"}' });
    await sessions.check(DocSpaceCredentials.token('nobody-has-this-either'));
    expect(check.events).toMatchObject([
      { ...timed, kind: 'token', outcome: 'authenticated' },
      { ...timed, kind: 'token', outcome: 'anonymous' },
      { ...timed, kind: 'token', outcome: 'unknown', reason: 'portal-maintenance', error: { status: 403 } },
    ]);
    expect(check.events.every((event) => Object.isFrozen(event))).toBe(true);
  });

  it('tells which portal was asked, why it refused, and what went wrong', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp()
      .at('http://127.0.0.1:9')
      .with({ portals: { second: { portalUrl: portal.url } } })
      .compile();
    using check = new Heard<DocSpaceCheckEvent>('docspace:check');
    const ask = (credentials: DocSpaceCredentials) =>
      app.get(DocSpaceSessions).check(credentials, { portal: 'second' });
    await ask(DocSpaceCredentials.apiKey(portal.issueApiKey(ANN.email, { scopes: ['files:read'] })));
    portal.faults.add({ kind: 'garbage' });
    await ask(DocSpaceCredentials.jwt(portal.issueJwt(ANN.email)));
    const error = expect.objectContaining({ code: 'ERR_DOCSPACE_PROTOCOL' }) as DocSpaceCheckEvent['error'];
    expect(check.events).toStrictEqual([
      { ...timed, portal: 'second', kind: 'api-key', outcome: 'refused', reason: 'api-key-refused' },
      { ...timed, portal: 'second', kind: 'jwt', outcome: 'unknown', error },
    ]);
  });
});

describe('the channel docspace:logout', () => {
  it('tells whether the portal let go, and that it could not be told', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).compile();
    using logout = new Heard<DocSpaceLogoutEvent>('docspace:logout');
    const sessions = app.get(DocSpaceSessions);
    await sessions.end(DocSpaceCredentials.token(portal.issueToken(ANN.email)));
    portal.faults.add({ kind: 'refuse' });
    await expect(sessions.end(DocSpaceCredentials.token('any-other-token'))).rejects.toThrow();
    expect(logout.events).toMatchObject([
      { ...timed, kind: 'token', outcome: 'revoked' },
      { ...timed, kind: 'token', outcome: 'unavailable', error: { code: 'ERR_DOCSPACE_UNAVAILABLE' } },
    ]);
  });

  it('tells that the portal did not let go, and which one', async () => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp()
      .at('http://127.0.0.1:9')
      .with({ portals: { second: { portalUrl: portal.url } } })
      .compile();
    using logout = new Heard<DocSpaceLogoutEvent>('docspace:logout');
    const key = DocSpaceCredentials.apiKey(portal.issueApiKey(ANN.email));
    expect(await app.get(DocSpaceSessions).end(key, { portal: 'second' })).toEqual({ revoked: false });
    expect(logout.events).toStrictEqual([{ ...timed, portal: 'second', kind: 'api-key', outcome: 'not-revoked' }]);
  });
});

describe('the channel docspace:breaker', () => {
  afterEach(() => jest.restoreAllMocks());

  it('tells of its changes, with the name of the portal', async () => {
    await using portal = await DocSpaceEmulator.start();
    await using app = await anApp()
      .at('http://127.0.0.1:9')
      .with({ portals: { second: { portalUrl: portal.url } } })
      .compile();
    using breaker = new Heard<DocSpaceBreakerEvent>('docspace:breaker');
    const ask = (name: string) =>
      app.get(DocSpaceSessions).check(DocSpaceCredentials.token(name), { portal: 'second' });
    portal.faults.add({ kind: 'refuse' });
    for (const name of ['token-one', 'token-two', 'token-three', 'token-four', 'token-five']) await ask(name);
    await portal.faults.clear();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6000);
    await ask('token-six');
    clock.mockRestore();
    expect(breaker.events).toEqual([
      { portal: 'second', state: 'open' },
      { portal: 'second', state: 'half-open' },
      { portal: 'second', state: 'closed' },
    ]);
  });
});

describe('a channel without listeners', () => {
  it('costs nothing but the run', async () => {
    const read = jest.fn(() => ({}));
    const value = await told(channel('docspace:unheard'), { portal: 'default' }, () => Promise.resolve('value'), read);
    expect(value).toBe('value');
    expect(read).not.toHaveBeenCalled();
  });

  it('is what the application leaves behind when it ends', async () => {
    const app = await anApp().compile();
    expect(channel('docspace:login').hasSubscribers).toBe(true);
    await app[Symbol.asyncDispose]();
    expect(channel('docspace:login').hasSubscribers).toBe(false);
  });
});
