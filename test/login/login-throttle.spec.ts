import { DocSpaceLogin, DocSpaceRefusedError, DocSpaceSessions } from 'nestjs-docspace-auth';
import { anApp, type StartedModule } from '../support/start-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { CountingStore } from '../support/counting-store.js';
import { BASE, by, challengeOf, Clock, Stage } from './stage.js';

jest.setTimeout(60_000);

const SECRET = 'a secret of at least 32 characters';
/** What a store knew the lock-out and the count of `wrong` by in 0.1.0. */
const OF_LOCK = 'TO-0WlZFucRTW-uPYUHPrnrEVjRQGleqyA5VhJwYNj4';
const OF_COUNT = 'mui7-P0Nt6EXCehAk1QRKXT3Y8-SW6j6Qpd2AbHYiVc';
const wrong = { ...by('user'), password: 'wrong-password' };

/** What the attempt came to: a status, or the reason and how long to wait. No error shows a password. */
async function triedBy(attempt: Promise<{ status: string }>): Promise<string> {
  const [settled] = await Promise.allSettled([attempt]);
  if (settled.status === 'rejected') expectNoSecret(settled.reason, ['wrong-password', 'user-password']);
  return resultOf(settled);
}

/** The same without a look for passwords, which takes its time. */
function resultOf(settled: PromiseSettledResult<{ status: string }>): string {
  if (settled.status === 'fulfilled') return settled.value.status;
  const error: unknown = settled.reason;
  if (error instanceof DocSpaceRefusedError) return [error.reason, error.retryAfterMs].join(' ').trim();
  return (error as Error).name;
}

describe('the throttle', () => {
  let clock: Clock;
  beforeEach(() => (clock = new Clock()));
  afterEach(() => clock[Symbol.dispose]());

  const set = (options: Parameters<typeof Stage.set>[0] = {}): Promise<Stage> =>
    Stage.set(options, { clock: clock.read });

  /** Tries so often, one after the other. */
  async function tries(times: number, attempt: () => Promise<{ status: string }>): Promise<string[]> {
    const results: string[] = [];
    for (let i = 0; i < times; i++) results.push(await triedBy(attempt()));
    return results;
  }

  const refusals = (times: number): string[] => Array<string>(times).fill('invalid-credentials');

  it('lets four wrong passwords through, then says how long to wait, for that login alone', async () => {
    await using stage = await set();
    expect(await tries(5, () => stage.login.start(wrong))).toEqual([...refusals(4), 'throttled 65000']);
    expect(await triedBy(stage.login.start({ ...wrong, userName: 'USER@example.com' }))).toBe('throttled 65000');
    expect(await triedBy(stage.login.start(by('admin')))).toBe('authenticated');
    clock.forward(64_999);
    expect(await triedBy(stage.login.start(by('user')))).toBe('throttled 1');
    clock.forward(1);
    expect(await triedBy(stage.login.start(by('user')))).toBe('authenticated');
    expect(stage.asked).toHaveLength(6);
  });

  it('counts on after a success, as the portal does: that took back its own attempt only', async () => {
    await using stage = await set();
    expect(await tries(3, () => stage.login.start(wrong))).toEqual(refusals(3));
    expect(await tries(9, () => stage.login.start(by('user')))).toEqual(Array(9).fill('authenticated'));
    expect(await tries(2, () => stage.login.start(wrong))).toEqual([...refusals(1), 'throttled 65000']);
  });

  it('lets ten thousand wrong logins from one address through four at a time, and another address in', async () => {
    await using stage = await set();
    const from = (address: string) => ({ client: { address } });
    let through = 0;
    for (let round = 0; round < 100; round++) {
      const tried = Array.from({ length: 100 }, () => stage.login.start(wrong, from('192.0.2.1')));
      const results = (await Promise.allSettled(tried)).map(resultOf);
      through += results.filter((result) => result === 'invalid-credentials').length;
      if (round % 25 === 24)
        expect(await triedBy(stage.login.start(by('user'), from('192.0.2.2')))).toBe('authenticated');
      clock.forward(1000);
    }
    expect(through).toBe(8);
    expect(stage.asked).toHaveLength(8 + 4);
    expect(stage.asked).not.toContain('POST  403');
  });

  it('remembers a lock-out of the portal for as long as it lasts, and asks nobody meanwhile', async () => {
    await using stage = await set();
    stage.portal.settings.loginSettings = { attemptCount: 1, blockTime: 60, checkPeriod: 60 };
    expect(await tries(4, () => stage.login.start(wrong))).toEqual([
      'invalid-credentials',
      ...Array<string>(3).fill('locked-out 60000'),
    ]);
    expect(stage.asked).toEqual(['POST  401', 'POST  403']);
    clock.forward(60_000);
    expect(await triedBy(stage.login.start(by('user')))).toBe('authenticated');
  });

  it('remembers a lock-out for as long as the portal says, where it does', async () => {
    await using stage = await set();
    const body = JSON.stringify({ error: { message: 'Too many', type: null }, status: 1, statusCode: 429 });
    const headers = { 'content-type': 'application/json' };
    stage.portal.faults.add({ kind: 'status', status: 429, retryAfter: 30, path: BASE, body, headers });
    expect(await tries(2, () => stage.login.start(wrong))).toEqual(Array(2).fill('locked-out 30000'));
    expect(stage.asked).toEqual(['POST  429']);
    await stage.portal.faults.clear();
    clock.forward(30_000);
    expect(await triedBy(stage.login.start(by('user')))).toBe('authenticated');
  });

  it('counts an attempt whose answer got lost: the portal may have judged it', async () => {
    await using stage = await set();
    stage.portal.faults.add({ kind: 'cut-body', path: BASE });
    const results = await tries(5, () => stage.login.start(wrong));
    expect(results.slice(4)).toEqual(['throttled 65000']);
    expect(stage.asked).toHaveLength(4);
  });

  it.each<[what: string, plan: (stage: Stage) => void, result: RegExp]>([
    ['the portal is out of reach', ({ portal }) => portal.faults.add({ kind: 'refuse' }), /^DocSpaceUnavailableError$/],
    ['the portal is closed', ({ portal }) => (portal.settings.status = 'suspended'), /^portal-not-found$/],
    ['the portal is under maintenance', ({ portal }) => (portal.settings.status = 'restoring'), /^portal-maintenance$/],
    [
      'the portal is not paid for',
      ({ portal }) => portal.faults.add({ kind: 'status', status: 402, path: BASE }),
      /^payment-required$/,
    ],
    [
      'the rate limiter stands before it',
      ({ portal }) => portal.faults.add({ kind: 'status', status: 429, path: BASE }),
      /^rate-limited$/,
    ],
  ])('counts nothing while %s', async (_what, plan, result) => {
    await using stage = await set();
    plan(stage);
    for (const tried of await tries(12, () => stage.login.start(wrong))) expect(tried).toMatch(result);
    await stage.portal.faults.clear();
    stage.portal.settings.status = 'active';
    clock.forward(5001);
    expect(await triedBy(stage.login.start(by('user')))).toMatch(/authenticated|Unavailable/);
  });

  it('counts nothing of a login that was given up before it was sent', async () => {
    await using stage = await set();
    const signal = AbortSignal.abort(new Error('gave up'));
    expect(await tries(9, () => stage.login.start(wrong, { signal }))).toEqual(Array(9).fill('Error'));
    expect(await triedBy(stage.login.start(by('user')))).toBe('authenticated');
  });

  it('steps aside for a captcha that the portal judges, and only then', async () => {
    await using stage = await set();
    const captcha = { recaptchaType: 0, recaptchaResponse: 'solved' } as const;
    await tries(4, () => stage.login.start(wrong));
    expect(await triedBy(stage.login.start({ ...by('user'), ...captcha }))).toBe('throttled 65000');
    clock.forward(600_000);
    stage.portal.settings.captcha = { publicKey: 'key', solution: 'solved' };
    await tries(4, () => stage.login.start(wrong));
    expect(await triedBy(stage.login.start({ ...by('user'), ...captcha }))).toBe('authenticated');
    expect(await triedBy(stage.login.start(by('user')))).toBe('throttled 65000');
  });

  it('counts wrong codes of a user together, whatever his name and address are', async () => {
    await using stage = await set();
    const { id = '' } = stage.portal.users.get('app@example.com') ?? {};
    const from = (name: string, address: string): (() => Promise<{ status: string }>) => {
      const call = { client: { address } };
      return async () => {
        const challenge = challengeOf(await stage.login.start({ ...by('app'), userName: name }, call));
        return stage.login.verifyCode(challenge, 'wrong-code', call);
      };
    };
    expect(await tries(2, from('app@example.com', '192.0.2.1'))).toEqual(Array(2).fill('invalid-code'));
    expect(await tries(3, from(id, '192.0.2.2'))).toEqual([
      ...Array<string>(2).fill('invalid-code'),
      'throttled 65000',
    ]);
  });

  it('counts what one limit stops against no other', async () => {
    await using stage = await set();
    const [here, there] = ['192.0.2.1', '192.0.2.2'].map((address) => ({ client: { address } }));
    const typed = challengeOf(await stage.login.start(by('app'), here));
    expect(await tries(4, () => stage.login.verifyCode(typed, 'wrong-code', here))).toEqual(
      Array(4).fill('invalid-code'),
    );
    const other = challengeOf(await stage.login.start(by('app'), there));
    expect(await tries(5, () => stage.login.verifyCode(other, 'wrong-code', there))).toEqual(
      Array(5).fill('throttled 65000'),
    );
    const wrongThere = (): Promise<{ status: string }> =>
      stage.login.start({ ...by('app'), password: 'wrong-password' }, there);
    expect(await tries(5, wrongThere)).toEqual([...refusals(4), 'throttled 65000']);
  });

  it('says in the error whether it was us or the portal that stopped the login', async () => {
    await using stage = await set();
    await tries(4, () => stage.login.start(wrong));
    await expect(stage.login.start(wrong)).rejects.toThrow('too many attempts: wait before the next');
    stage.portal.settings.loginSettings.attemptCount = 0;
    expect(await triedBy(stage.login.start(by('admin')))).toBe('locked-out 60000');
    const asked = stage.asked.length;
    await expect(stage.login.start(by('admin'))).rejects.toThrow('too many attempts: the portal has locked this login');
    expect(stage.asked).toHaveLength(asked);
  });

  it('remembers wrong SMS codes as long as the portal: ten minutes', async () => {
    await using stage = await set();
    const challenge = challengeOf(await stage.login.start(by('sms')));
    expect(await tries(4, () => stage.login.verifyCode(challenge, '000000'))).toEqual(Array(4).fill('invalid-code'));
    clock.forward(65_000);
    expect(await triedBy(stage.login.verifyCode(challenge, '000000'))).toBe('throttled 540000');
    expect(await triedBy(stage.login.start(by('sms')))).toBe('code-required');
  });

  it('sends at most four more SMS in ten minutes, to whatever phones', async () => {
    await using stage = await set();
    const challenge = challengeOf(await stage.login.start(by('new-phone')));
    let phone = 123_456_789;
    const results = await tries(5, () => stage.login.savePhone(challenge, String(phone++)));
    expect(results).toEqual([...Array<string>(4).fill('code-required'), 'throttled 605000']);
    expect(stage.portal.smsInbox).toHaveLength(4);
  });

  it('is off when it is told so', async () => {
    await using stage = await set({ loginThrottle: false });
    expect(await tries(7, () => stage.login.start(wrong))).toEqual([
      ...refusals(5),
      ...Array<string>(2).fill('locked-out 60000'),
    ]);
    expect(stage.asked).toHaveLength(7);
  });

  it('takes other limits', async () => {
    await using stage = await set({ loginThrottle: { attempts: 1, windowMs: 5000 }, timeoutMs: 2000 });
    expect(await tries(2, () => stage.login.start(wrong))).toEqual([...refusals(1), 'throttled 7000']);
  });

  describe('with a shared store', () => {
    let store: CountingStore;
    let nodes: [Stage, StartedModule];
    beforeEach(async () => {
      store = new CountingStore();
      const options = { secret: SECRET, sessions: { store }, passwordTransport: 'plain' } as const;
      const stage = await set(options);
      nodes = [stage, await anApp().at(stage.portal.url).with(options).compile()];
    });
    afterEach(async () => {
      for (const node of nodes.toReversed()) await node[Symbol.asyncDispose]();
    });
    const logins = (): [DocSpaceLogin, DocSpaceLogin] => [nodes[0].login, nodes[1].get(DocSpaceLogin)];

    it('counts on all nodes together', async () => {
      const [a, b] = logins();
      expect(await tries(2, () => a.start(wrong))).toEqual(refusals(2));
      expect(await tries(3, () => b.start(wrong))).toEqual([...refusals(2), 'throttled 65000']);
      expect(await triedBy(a.start(by('user')))).toBe('throttled 65000');
      expect(nodes[0].asked).toHaveLength(4);
    });

    it('remembers a lock-out and a spent challenge on every node, also under a new secret', async () => {
      const [a, b] = logins();
      const challenge = challengeOf(await a.start(by('app')));
      await a.verifyCode(challenge, nodes[0].appCode('app@example.com'));
      nodes[0].portal.settings.loginSettings = { attemptCount: 0, blockTime: 60, checkPeriod: 60 };
      expect(await triedBy(a.start(wrong))).toBe('locked-out 60000');
      const asked = nodes[0].asked.length;
      await using rotated = await anApp()
        .at(nodes[0].portal.url)
        .with({ secret: [`new ${SECRET}`, SECRET], sessions: { store } })
        .compile();
      for (const login of [b, rotated.get(DocSpaceLogin)]) {
        expect(await triedBy(login.verifyCode(challenge, '123456'))).toBe('challenge-invalid');
        expect(await triedBy(login.start(wrong))).toBe('locked-out 60000');
      }
      expect(nodes[0].asked).toHaveLength(asked);
    });

    it('hands over no login, no address, no id and no code', async () => {
      const [a] = logins();
      const call = { client: { address: '192.0.2.123' } };
      const challenge = challengeOf(await a.start(by('app'), call));
      await triedBy(a.verifyCode(challenge, 'wrong-code', call));
      await triedBy(a.start({ ...wrong, userName: 'app@example.com' }, call));
      await a.verifyCode(challenge, nodes[0].appCode('app@example.com'), call);
      expect(store.handedOver.length).toBeGreaterThan(10);
      for (const key of store.handedOver) expect(key).toMatch(/^[\w-]{43}$/);
      const { id = '' } = nodes[0].portal.users.get('app@example.com') ?? {};
      expectNoSecret(store.handedOver, ['app@example.com', '192.0.2.123', id, 'wrong-code']);
    });

    it('names a login as other releases do, so that counts go on while one takes the place of another', async () => {
      await triedBy(logins()[0].start(wrong));
      expect(store.handedOver).toEqual([OF_LOCK, OF_COUNT]);
    });

    it('goes on by its own counts while the store fails, and counts the failures', async () => {
      const [a, b] = logins();
      store.state = 'fails';
      expect(await tries(5, () => a.start(wrong))).toEqual([...refusals(4), 'throttled 65000']);
      expect(await triedBy(b.start(by('user')))).toBe('authenticated');
      const { storeErrors } = nodes[0].app.get(DocSpaceSessions).statistics();
      expect(storeErrors).toBeGreaterThan(0);
    });

    it('keeps what it counted together when the store fails later', async () => {
      const [a] = logins();
      expect(await tries(3, () => a.start(wrong))).toEqual(refusals(3));
      store.state = 'fails';
      expect(await tries(2, () => a.start(wrong))).toEqual([...refusals(1), 'throttled 65000']);
    });

    it('waits for a silent store once, then leaves it alone for a second', async () => {
      const [a] = logins();
      store.state = 'hangs';
      const asked = store.asked;
      const first = triedBy(a.start(wrong));
      await new Promise(setImmediate);
      expect(store.asked - asked).toBe(1);
      store.giveUp();
      expect(await first).toBe('invalid-credentials');
      expect(await tries(4, () => a.start(wrong))).toEqual([...refusals(3), 'throttled 65000']);
      expect(store.asked - asked).toBe(1);
      const later = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 1001);
      store.state = 'works';
      expect(await triedBy(a.start(by('admin')))).toBe('authenticated');
      later.mockRestore();
      expect(store.asked - asked).toBeGreaterThan(1);
    });
  });
});
