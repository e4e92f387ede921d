import fc from 'fast-check';
import { DocSpaceLogin, type DocSpaceLoginOutcome, DocSpaceRefusedError } from 'nestjs-docspace-auth';
import { DocSpaceEmulator, type DocSpaceEmulatorUser } from 'nestjs-docspace-auth/testing';
import { anApp, type StartedModule } from '../support/start-app.js';
import { CountingStore } from '../support/counting-store.js';
import { challengeOf, Clock } from './stage.js';

const USERS = [
  { email: 'plain@example.com', password: 'plain-password-0' },
  { email: 'app@example.com', password: 'app-password-0', secondFactor: 'app', appEnrolled: true },
  { email: 'sms@example.com', password: 'sms-password-0', secondFactor: 'sms', phone: '123456789' },
  { email: 'phoneless@example.com', password: 'phoneless-password-0', secondFactor: 'sms' },
] as const satisfies DocSpaceEmulatorUser[];

const ADDRESSES = ['192.0.2.1', '192.0.2.2'];
const HOUR = 3_600_000;
const STEPS = [1, 30_000, 59_999, 60_000, 64_999, 65_000, 65_001, 605_000];

/** What somebody does next. Everything but time happens `times` times at once. */
interface Step {
  readonly what: 'password' | 'code' | 'resend' | 'phone' | 'time' | 'new-password';
  readonly isRight: boolean;
  readonly user: number;
  readonly place: number;
  readonly node: number;
  readonly times: number;
  readonly ms: number;
}

/** What each user is likely to do. */
const HABITS: Record<Step['what'], number>[] = [
  { password: 8, code: 0, resend: 0, phone: 0, time: 3, 'new-password': 0 },
  { password: 5, code: 8, resend: 0, phone: 0, time: 2, 'new-password': 2 },
  { password: 3, code: 8, resend: 3, phone: 0, time: 2, 'new-password': 1 },
  { password: 3, code: 3, resend: 1, phone: 4, time: 2, 'new-password': 0 },
];

const step = (user: number): fc.Arbitrary<Step> =>
  fc.record<Step>({
    what: fc.oneof(
      ...Object.entries(HABITS[user] ?? {}).map(([what, weight]) => ({
        weight,
        arbitrary: fc.constant(what as Step['what']),
      })),
    ),
    isRight: fc.boolean(),
    user: fc.constant(user),
    place: fc.nat(1),
    node: fc.nat(1),
    times: fc.integer({ min: 1, max: 4 }),
    ms: fc.constantFrom(...STEPS),
  });

/** Many steps of one user: of several they would seldom come near any limit. */
const steps = fc
  .nat(USERS.length - 1)
  .chain((user) => fc.array(step(user), { minLength: 20, maxLength: 60, size: 'max' }));

/** A challenge, and the password that it was made with. */
interface Held {
  readonly challenge: string;
  readonly password: string;
}

/** Somebody at the keyboard, with what he remembers. */
class Person {
  readonly #held = new Map<string, Held>();
  readonly #used = new Set<string>();
  readonly #passwords: string[] = USERS.map(({ password }) => password);
  /** Right codes that the portal refused. */
  readonly refused: string[] = [];

  constructor(
    private readonly portal: DocSpaceEmulator,
    private readonly nodes: readonly StartedModule[],
    private readonly clock: Clock,
    private readonly places: readonly (string | undefined)[],
  ) {}

  async does(step: Step): Promise<void> {
    if (step.what === 'time') this.clock.forward(step.ms);
    else if (step.what === 'new-password') this.#changePassword(step.user);
    else await Promise.all(Array.from({ length: step.times }, (_, index) => this.#tries(step, index)));
  }

  #changePassword(user: number): void {
    const password = `${this.#passwords[user]}'`;
    this.#passwords[user] = password;
    this.#account(user)?.setPassword(password);
  }

  async #tries({ what, isRight, user, place, node }: Step, index: number): Promise<void> {
    const login = this.nodes[node % this.nodes.length]?.get(DocSpaceLogin);
    const address = this.places[place % this.places.length];
    const call = { client: { address } };
    const key = `${user} ${address}`;
    const held = this.#held.get(key);
    const password = this.#passwords[user] ?? '';
    const userName = USERS[user]?.email ?? '';
    if (!login) return;
    if (what === 'password') {
      const given = isRight ? password : `wrong ${index}`;
      this.#keep(key, password, await settled(login.start({ userName, password: given }, call)));
    } else if (!held) {
      return;
    } else if (what === 'resend') {
      this.#keep(key, held.password, await settled(login.resendCode(held.challenge, call)));
    } else if (what === 'phone') {
      this.#keep(key, held.password, await settled(login.savePhone(held.challenge, `12345678${index}`, call)));
    } else {
      const right = this.#codeOf(user);
      if (isRight && right === undefined) return;
      const code = isRight ? (right ?? '') : `wrong-${index}`;
      const outcome = await settled(login.verifyCode(held.challenge, code, call));
      if (typeof outcome === 'object') this.#used.add(code);
      else if (isRight && outcome === 'invalid-code' && held.password === password && !this.#used.has(code))
        this.refused.push(`${code} of ${userName}`);
    }
  }

  #keep(key: string, password: string, outcome: DocSpaceLoginOutcome | string): void {
    if (typeof outcome === 'string' || outcome.status === 'authenticated') return;
    this.#held.set(key, { challenge: challengeOf(outcome), password });
  }

  #codeOf(user: number): string | undefined {
    const account = this.#account(user);
    if (account?.secondFactor === 'app') return account.appCode();
    const sms = this.portal.smsInbox.findLast(({ phone }) => phone === account?.phone);
    return sms && !this.#used.has(sms.code) && sms.at > this.clock.now - 600_000 ? sms.code : undefined;
  }

  #account(user: number): ReturnType<DocSpaceEmulator['users']['get']> {
    return this.portal.users.get(USERS[user]?.email ?? '');
  }
}

/** The outcome, or the reason of the refusal. */
async function settled(attempt: Promise<DocSpaceLoginOutcome>): Promise<DocSpaceLoginOutcome | string> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof DocSpaceRefusedError) return error.reason;
    throw error;
  }
}

/** What a portal answers only when somebody drove it too far. */
const lockedOut = (portal: DocSpaceEmulator): string[] =>
  portal.journal
    .filter(({ response }) => /too many/i.test(response.body))
    .map(({ request, response }) => `${request.method} ${request.path} ${response.status}`);

describe.each<[name: string, places: (string | undefined)[], nodes: number]>([
  ['without a client', [undefined], 1],
  ['with a client, by address', ADDRESSES, 1],
  ['on two nodes that share a store', ADDRESSES, 2],
])('the throttle %s', (_name, places, count) => {
  it('never drives the portal into lock-out, and never lets a right code come too late', async () => {
    using clock = new Clock();
    await using portal = await DocSpaceEmulator.start({ users: USERS, clock: clock.read });
    const store = new CountingStore();
    const node = (): Promise<StartedModule> =>
      anApp()
        .at(portal.url)
        .with({ passwordTransport: 'plain', secret: 'x'.repeat(32), sessions: { store } })
        .compile();
    const nodes = await Promise.all(Array.from({ length: count }, node));
    const tried = fc.asyncProperty(steps, async (sequence) => {
      clock.forward(HOUR);
      await portal.reset();
      const person = new Person(portal, nodes, clock, places);
      for (const step of sequence) {
        await person.does(step);
        expect(lockedOut(portal)).toEqual([]);
        expect(person.refused).toEqual([]);
      }
    });
    try {
      await fc.assert(tried, { numRuns: 60 });
    } finally {
      await Promise.all(nodes.map((started) => started[Symbol.asyncDispose]()));
    }
  }, 120_000);
});

describe('the emulated portal', () => {
  it('is driven into lock-out by the same person where nothing throttles him', async () => {
    using clock = new Clock();
    await using portal = await DocSpaceEmulator.start({ users: USERS, clock: clock.read });
    await using app = await anApp().at(portal.url).with({ passwordTransport: 'plain', loginThrottle: false }).compile();
    const person = new Person(portal, [app], clock, [undefined]);
    const wrong: Step = { what: 'password', isRight: false, user: 0, place: 0, node: 0, times: 6, ms: 1 };
    await person.does(wrong);
    expect(lockedOut(portal)).toEqual([`POST /api/2.0/authentication 403`]);
  });
});
