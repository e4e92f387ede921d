import { connect } from 'node:net';
import { Agent, request } from 'node:http';
import { DocSpaceEmulator, demoUsers } from '../../lib/testing/index.js';
import {
  ann,
  ask,
  base,
  get,
  isAuthenticated,
  post,
  responseOf,
  right,
  startPortal,
  tokenOf,
} from './portal-under-test.js';

describe('an emulator', () => {
  it('needs no option, and listens at a free port of loopback', async () => {
    await using portal = await DocSpaceEmulator.start();
    expect(portal.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect([portal.users.all(), portal.journal, portal.smsInbox]).toEqual([[], [], []]);
  });

  it('listens at the port it was given, and fails when that is taken', async () => {
    await using first = await DocSpaceEmulator.start();
    const port = Number(new URL(first.url).port);
    await expect(DocSpaceEmulator.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.stop();
    await using second = await DocSpaceEmulator.start({ port });
    expect(second.url).toBe(first.url);
  });

  it('stops with connections open, twice, and leaves nothing behind', async () => {
    const portal = await startPortal();
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve) => {
      request(portal.url + base, { agent }, (response) => response.resume().on('end', resolve)).end();
    });
    const silent = connect(Number(new URL(portal.url).port), '127.0.0.1');
    await new Promise((resolve) => silent.once('connect', resolve));
    const closed = new Promise((resolve) => silent.once('close', resolve));
    silent.on('error', () => undefined);
    await portal.stop();
    await portal.stop();
    await closed;
    agent.destroy();
    await expect(get(portal)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('keeps a journal with secrets in it', async () => {
    await using portal = await startPortal();
    const login = await post(portal, '?x=1', right, { 'x-who': 'me' });
    expect(portal.journal).toHaveLength(1);
    const [entry] = portal.journal;
    if (!entry) throw new Error('the journal is empty');
    const { at, request: asked, response } = entry;
    expect(at).toBe(Date.parse('2026-07-14T10:20:30.123Z'));
    expect(asked).toMatchObject({ method: 'POST', path: `${base}?x=1`, body: JSON.stringify(right) });
    expect(asked.headers).toMatchObject({ 'x-who': 'me', 'content-type': 'application/json' });
    expect(response).toMatchObject({ status: 200, body: login.text });
    expect(response.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'set-cookie': login.cookies[0],
    });
  });

  it('keeps no journal when it is told not to', async () => {
    await using portal = await startPortal({ journal: false });
    await get(portal);
    expect(portal.journal).toEqual([]);
  });

  it('writes a line for every request, without secrets', async () => {
    const lines: string[] = [];
    await using portal = await startPortal({ log: (line) => lines.push(line) });
    await post(portal, '/123456?request-x-real-ip=1', right);
    await get(portal);
    expect(lines).toEqual(['POST /api/2.0/authentication/{code} → 401', 'GET /api/2.0/authentication → 200']);
  });

  it('hands every SMS on', async () => {
    const received: unknown[] = [];
    await using portal = await startPortal({
      users: [{ ...ann, secondFactor: 'sms', phone: '123456789' }],
      sms: (message) => received.push(message),
    });
    await post(portal, '', right);
    expect(received).toEqual(portal.smsInbox);
  });

  it('goes back to its start, where the old tokens stay dead', async () => {
    await using portal = await startPortal({
      users: [{ email: ann.email, password: ann.password, secondFactor: 'app' }],
    });
    const { id, tfaKey } = portal.users.get(ann.email) ?? {};
    const token = portal.issueToken(ann.email);
    portal.users.add({ email: 'new@example.com' });
    portal.settings.status = 'restoring';
    portal.faults.add({ kind: 'status' });
    await get(portal);
    await portal.reset();
    portal.issueToken(ann.email);
    expect(portal.users.all()).toHaveLength(1);
    expect(portal.users.get(ann.email)).toMatchObject({ id, tfaKey });
    expect(portal.journal).toEqual([]);
    expect(await isAuthenticated(portal, { authorization: token })).toBe(false);
    expect(await isAuthenticated(portal, { authorization: portal.issueToken(ann.email) })).toBe(true);
  });

  it('takes its randomness from outside', async () => {
    const random = (size: number) => Buffer.alloc(size, 7);
    const start = () =>
      startPortal({
        random,
        users: [{ email: 'a@example.com', secondFactor: 'sms', phone: '123456789', password: 'p' }],
      });
    await using first = await start();
    await using second = await start();
    const [one, two] = [first, second].map((portal) => portal.users.get('a@example.com'));
    expect([one?.id, one?.tfaKey]).toEqual([two?.id, two?.tfaKey]);
    for (const portal of [first, second]) await post(portal, '', { userName: 'a@example.com', password: 'p' });
    expect(first.smsInbox).toEqual(second.smsInbox);
    expect(first.issueApiKey('a@example.com')).toBe(`sk-${'07'.repeat(32)}`);
  });

  it('refuses an e-mail twice, and to act for nobody', async () => {
    await using portal = await startPortal();
    expect(() => portal.users.add({ email: 'U@example.com' })).toThrow(
      'The emulator has a user U@example.com already.',
    );
    expect(() => portal.issueToken('nobody@example.com')).toThrow('The emulator has no user nobody@example.com.');
  });

  it('lives a hundredfold in one process without meeting itself', async () => {
    const portals = await Promise.all(Array.from({ length: 100 }, () => startPortal()));
    try {
      const tokens = await Promise.all(portals.map(async (portal) => tokenOf(await post(portal, '', right))));
      await Promise.all(portals.map((portal) => post(portal, '', { ...right, password: 'wrong' })));
      portals[0]?.revoke(tokens[0] ?? '');
      const known = await Promise.all(
        portals.map((portal, at) => isAuthenticated(portal, { authorization: tokens[at] ?? '' })),
      );
      expect(known.filter(Boolean)).toHaveLength(99);
      expect(portals.map(({ journal }) => journal.length)).toEqual(portals.map(() => 3));
    } finally {
      await Promise.all(portals.map((portal) => portal.stop()));
    }
  });

  it('shows every way of signing in with its demonstration accounts', async () => {
    await using portal = await DocSpaceEmulator.start({ users: demoUsers });
    const shown = await Promise.all(
      demoUsers.map(async ({ email, password = '' }) => {
        const answer = await post(portal, '', { userName: email, password });
        if (answer.status !== 200) return answer.status;
        const { token, confirmUrl } = responseOf(answer);
        return token === undefined ? /confirm\/(\w+)/.exec(confirmUrl ?? '')?.[1] : 'token';
      }),
    );
    expect(shown).toEqual([
      'token',
      'token',
      'token',
      'PhoneAuth',
      'PhoneAuth',
      'PhoneActivation',
      'TfaAuth',
      'TfaActivation',
      403,
    ]);
  });

  it('answers a hundred questions on one connection', async () => {
    await using portal = await startPortal();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const once = () =>
      new Promise<number>((resolve, reject) => {
        request(portal.url + base, { agent }, (response) =>
          response.resume().on('end', () => resolve(response.statusCode ?? 0)),
        )
          .on('error', reject)
          .end();
      });
    const statuses = await Promise.all(Array.from({ length: 100 }, once));
    agent.destroy();
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await ask(portal)).status).toBe(200);
  });
});
