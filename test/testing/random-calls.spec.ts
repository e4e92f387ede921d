import fc from 'fast-check';
import type { DocSpaceEmulator, DocSpaceEmulatorOptions } from '../../lib/testing/index.js';
import {
  ask,
  base,
  Clock,
  confirmHeader,
  post,
  responseOf,
  startPortal,
  type Question,
  type Reply,
} from './portal-under-test.js';

const people = ['plain', 'sms', 'new-phone', 'app', 'new-app', 'disabled'] as const;
type Person = (typeof people)[number];
const email = (person: Person): string => `${person}@example.com`;
const credentials = (person: Person, good = true) => ({ userName: email(person), password: good ? person : 'wrong' });

const options = (clock: Clock): DocSpaceEmulatorOptions => ({
  clock: clock.read,
  portal: { loginSettings: { attemptCount: 3 } },
  users: [
    { email: email('plain'), password: 'plain' },
    { email: email('sms'), password: 'sms', secondFactor: 'sms', phone: '123456789' },
    { email: email('new-phone'), password: 'new-phone', secondFactor: 'sms' },
    { email: email('app'), password: 'app', secondFactor: 'app', appEnrolled: true },
    { email: email('new-app'), password: 'new-app', secondFactor: 'app' },
    { email: email('disabled'), password: 'disabled', status: 'disabled' },
  ],
});

/** What is known of a run, besides what the portal knows. */
interface Run {
  readonly portal: DocSpaceEmulator;
  readonly clock: Clock;
  readonly live: Set<string>;
  readonly dead: Set<string>;
  readonly used: Set<string>;
  /** Attempts per login name inside the window, and until when it is locked out: the page's rule, written once more. */
  readonly attempts: Map<string, number[]>;
  readonly blocked: Map<string, number>;
}
type Step = (run: Run) => Promise<void>;

// The only statuses and kinds of exceptions that the wire reference has for the seven endpoints.
const documented500 =
  /"type":"System\.(Exception|FormatException|MethodAccessException|Security\.Cryptography\.CryptographicException)"/;

function inspect(reply: Reply): Reply {
  expect([200, 400, 401, 403, 404, 405, 415, 500]).toContain(reply.status);
  if (reply.status === 500 && reply.text !== '') expect(reply.text).toMatch(documented500);
  expect(reply.headers['x-emulator-error']).toBeUndefined();
  if (reply.text.startsWith('{')) JSON.parse(reply.text);
  return reply;
}

/** Asks with a password, and checks the lock-out against the page's rule. */
async function login(run: Run, path: string, person: Person, good: boolean, more: object = {}): Promise<Reply> {
  const { portal, clock, attempts, blocked } = run;
  const reply = inspect(await post(portal, path, { ...credentials(person, good), ...more }));
  const recent = (attempts.get(person) ?? []).filter((at) => at > clock.now - 60_000);
  const locked = (blocked.get(person) ?? 0) > clock.now;
  if (!locked) recent.push(clock.now);
  const tooMany = !locked && recent.length > 3;
  if (tooMany) blocked.set(person, clock.now + 60_000);
  if (good && !locked && !tooMany) recent.pop();
  attempts.set(person, tooMany ? [] : recent);
  expect(reply.text.includes('Too many login attempts')).toBe(locked || tooMany);
  const token = /"token":"([^"]+)"/.exec(reply.text)?.[1];
  if (token !== undefined) run.live.add(token);
  return reply;
}

async function enterCode(run: Run, person: Person, code: string): Promise<void> {
  const reply = await login(run, '/1', person, true, { code });
  if (reply.status !== 200 || person.includes('app')) return;
  expect(run.used.has(code)).toBe(false);
  for (const { code: sent } of run.portal.smsInbox) run.used.add(sent);
}

async function logout(run: Run, byCookie: boolean): Promise<void> {
  const [token] = run.live;
  if (token === undefined) return;
  const headers: Record<string, string> = byCookie
    ? { cookie: `asc_auth_key=${encodeURIComponent(token)}` }
    : { authorization: token };
  expect(inspect(await post(run.portal, '/logout', undefined, headers)).status).toBe(200);
  if (byCookie && run.live.delete(token)) run.dead.add(token);
}

async function checkTokens({ portal, live, dead }: Run): Promise<void> {
  for (const [tokens, expected] of [
    [live, true],
    [dead, false],
  ] as const) {
    for (const authorization of tokens) {
      const reply = inspect(await ask(portal, { headers: { authorization } }));
      expect(responseOf(reply)).toBe(expected);
    }
  }
}

async function savePhone(run: Run, person: Person, mobilePhone: string): Promise<void> {
  const asked = await login(run, '', person, true);
  const confirm = asked.status === 200 ? confirmHeader(asked) : 'type=PhoneActivation&key=1.A';
  inspect(await post(run.portal, '/setphone', { mobilePhone }, { confirm }));
}

const who = fc.constantFrom(...people);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(who, fc.boolean()).map(([person, good]): Step => async (run) => {
    await login(run, '', person, good);
  }),
  fc.tuple(who, fc.boolean()).map(([person, good]): Step => async (run) => {
    await login(run, '/sendsms', person, good);
  }),
  who.map(
    (person): Step =>
      (run) =>
        enterCode(run, person, run.portal.smsInbox.at(-1)?.code ?? ''),
  ),
  who.map(
    (person): Step =>
      (run) =>
        enterCode(run, person, run.portal.smsInbox[0]?.code ?? ''),
  ),
  fc.constantFrom<Person>('app', 'new-app').map(
    (person): Step =>
      (run) =>
        enterCode(run, person, run.portal.users.get(email(person))?.appCode() ?? ''),
  ),
  fc.tuple(who, fc.constantFrom('', 'wrong', '000000')).map(
    ([person, code]): Step =>
      (run) =>
        enterCode(run, person, code),
  ),
  fc.tuple(who, fc.constantFrom('987654321', '', '+1 555 123 45 67')).map(
    ([person, phone]): Step =>
      (run) =>
        savePhone(run, person, phone),
  ),
  fc.boolean().map(
    (byCookie): Step =>
      (run) =>
        logout(run, byCookie),
  ),
  fc.nat({ max: 90_000 }).map((ms): Step => (run) => {
    run.clock.forward(ms);
    return Promise.resolve();
  }),
  fc.constant<Step>(checkTokens),
);

const someText = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'u@example.com', '1.BAD', 'True', 'EmailActivation', '66faa6e4-f133-11ea-b126-00ffeec8b4ef'),
);
const member = fc.constantFrom(
  'userName',
  'password',
  'passwordHash',
  'provider',
  'session',
  'confirmData',
  'recaptchaType',
  'code',
  'mobilePhone',
  'key',
  'type',
  'emplType',
  'email',
  'encEmail',
  'uiD',
  'first',
);
const value = fc.oneof(
  someText,
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.dictionary(member, someText, { maxKeys: 3 }),
  fc.array(fc.integer(), { maxLength: 2 }),
);
const body = fc.oneof(
  fc.dictionary(member, value, { maxKeys: 5 }).map((object) => JSON.stringify(object)),
  fc.string(),
  fc.constant('null'),
);
const header = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '9', ' ', '.', '-', '_', '=', '&', ';', '+', '/', '%', '~', '!'),
  maxLength: 60,
});
const question: fc.Arbitrary<Question> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE'),
  path: fc
    .constantFrom(
      '',
      '/',
      '/confirm',
      '/logout',
      '/setphone',
      '/sendsms',
      '/123456',
      '/a%20b?x=%zz',
      '?fields=result',
      '/a/b',
    )
    .map((rest) => base + rest),
  body,
  headers: fc.record({
    'content-type': fc.constantFrom('application/json', 'text/json', 'text/plain', ''),
    authorization: fc.oneof(
      header,
      header.map((text) => `Bearer ${text}`),
      header.map((text) => `Basic ${text}`),
      fc.constantFrom('Bearer sk-1', 'Bearer a.b.c'),
    ),
    cookie: fc.oneof(
      header,
      header.map((text) => `asc_auth_key=${text}`),
    ),
    confirm: fc.oneof(
      header,
      header.map((text) => `type=PhoneActivation&key=1.A&encemail=${text}`),
    ),
  }),
});

describe('random calls', () => {
  it('in any order keep what a portal promises', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const clock = new Clock();
        await using portal = await startPortal(options(clock));
        const run: Run = {
          portal,
          clock,
          live: new Set(),
          dead: new Set(),
          used: new Set(),
          attempts: new Map(),
          blocked: new Map(),
        };
        for (const play of steps) await play(run);
        await checkTokens(run);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('of any shape never crash it, and answer nothing that the wire reference does not know', async () => {
    await using portal = await startPortal();
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        inspect(await ask(portal, asked));
        expect((await ask(portal)).status).toBe(200);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});
