import { DocSpaceCredentials, DocSpaceLogin, DocSpaceSessions, type DocSpaceSessionStore } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { recordLogs } from '../support/secrets.js';
import { anApp } from '../support/start-app.js';

const ANN = { email: 'ann@example.com', password: 'Secret123!' };
const PROBLEM = { kind: 'status' as const, body: '{"title":"…","status":404,"traceId":"00"}' };

let tokens = 0;
const unheardOf = () => DocSpaceCredentials.token(`a-token-nobody-has-${tokens++}`);

/** The lines of our own logger, without Nest's. */
const ours = (lines: readonly string[]): string[] => lines.filter((line) => line.endsWith(' DocSpaceAuth'));

describe('the log', () => {
  afterEach(() => jest.restoreAllMocks());

  it('says once in a minute, with a count, why a portal cannot be asked and what helps', async () => {
    using logs = recordLogs();
    await using portal = await DocSpaceEmulator.start();
    await using app = await anApp().at(portal.url).logTo(logs).compile();
    const sessions = app.get(DocSpaceSessions);
    portal.faults.add({ ...PROBLEM, status: 404 });
    const start = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    for (let call = 0; call < 5; call++) await sessions.check(unheardOf());
    clock.mockReturnValue(start + 59_999);
    await sessions.check(unheardOf());
    const line =
      'Portal "default": GET /api/2.0/authentication: refused, portal-not-found. Is portalUrl what its users type, and does internalUrl lead to it?';
    expect(ours(logs.lines)).toEqual([`warn ${line} DocSpaceAuth`]);
    clock.mockReturnValue(start + 60_000);
    await sessions.check(unheardOf());
    expect(ours(logs.lines).at(-1)).toBe(`warn ${line} (5 more since the last such line) DocSpaceAuth`);
  });

  it('tells when a portal goes and when it is back', async () => {
    using logs = recordLogs();
    await using portal = await DocSpaceEmulator.start();
    await using app = await anApp().at(portal.url).logTo(logs).compile();
    const sessions = app.get(DocSpaceSessions);
    portal.faults.add({ kind: 'refuse' });
    for (let call = 0; call < 20; call++) await sessions.check(unheardOf());
    await portal.faults.clear();
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 6000);
    await sessions.check(unheardOf());
    expect(ours(logs.lines)).toEqual([
      'warn Portal "default": GET /api/2.0/authentication: no answer from the portal (ECONNREFUSED). DocSpaceAuth',
      'warn Portal "default" does not answer and is asked only now and then; who is not remembered gets 503. DocSpaceAuth',
      'log Portal "default" answers again. DocSpaceAuth',
    ]);
  });

  it('leaves out what is the business of callers', async () => {
    using logs = recordLogs();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).logTo(logs).compile();
    await app.get(DocSpaceSessions).check(unheardOf());
    await app.get(DocSpaceLogin).start({ userName: ANN.email, password: ANN.password });
    await expect(app.get(DocSpaceLogin).start({ userName: ANN.email, password: 'wrong-password' })).rejects.toThrow();
    await expect(app.get(DocSpaceLogin).verifyCode('no challenge', '123456')).rejects.toThrow();
    expect(ours(logs.lines)).toEqual([]);
  });

  it('tells that logins are being throttled, and nothing of whose', async () => {
    using logs = recordLogs();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp()
      .at(portal.url)
      .with({ loginThrottle: { attempts: 1 } })
      .logTo(logs)
      .compile();
    const attempt = () => app.get(DocSpaceLogin).start({ userName: ANN.email, password: 'wrong-password' });
    for (let call = 0; call < 3; call++) await expect(attempt()).rejects.toThrow();
    expect(ours(logs.lines)).toEqual([
      'warn Portal "default": too many attempts: wait before the next. Somebody may be trying passwords or codes; loginThrottle stops it here. DocSpaceAuth',
    ]);
  });

  it('tells that a log-out ended nothing at the portal', async () => {
    using logs = recordLogs();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).logTo(logs).compile();
    portal.faults.add({ kind: 'status', status: 200, body: '{"response":""}', path: /logout$/ });
    const { revoked } = await app.get(DocSpaceSessions).end(DocSpaceCredentials.token(portal.issueToken(ANN.email)));
    expect(revoked).toBe(false);
    expect(ours(logs.lines)).toEqual([
      'warn Portal "default" does not say that a logged-out session is over. It is over here. DocSpaceAuth',
    ]);
  });

  it('tells that the store fails, once for all its failures', async () => {
    using logs = recordLogs();
    await using portal = await DocSpaceEmulator.start();
    const fail = () => Promise.reject(new Error('away'));
    const store: DocSpaceSessionStore = {
      get: fail,
      put: fail,
      revoke: fail,
      forget: fail,
      take: fail,
      giveBack: fail,
      block: fail,
      blockedMs: fail,
      listen: () => undefined,
      close: () => Promise.resolve(),
    };
    await using app = await anApp()
      .at(portal.url)
      .with({ sessions: { store }, secret: 'x'.repeat(32) })
      .logTo(logs)
      .compile();
    await app.get(DocSpaceSessions).check(unheardOf());
    await app.get(DocSpaceSessions).check(unheardOf());
    expect(ours(logs.lines)).toEqual([
      'warn The shared session store fails (failures so far: 1); each node goes on alone. Is Redis there? DocSpaceAuth',
    ]);
  });

  it('writes a line once, however many applications a process has', async () => {
    using logs = recordLogs();
    await using portal = await DocSpaceEmulator.start();
    portal.faults.add({ kind: 'garbage' });
    await using first = await anApp().at(portal.url).logTo(logs).compile();
    const second = await anApp().at(portal.url).logTo(logs).compile();
    await second[Symbol.asyncDispose]();
    await first.get(DocSpaceSessions).check(unheardOf());
    expect(ours(logs.lines)).toHaveLength(1);
  });
});
