/** Callers of every kind, each with what the application may answer. */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from './limits.mjs';
import { Attempts, Token } from './model.mjs';

const CALLERS = 12;
const MOST = { good: 30, ended: 60, revoked: 20, expired: 20 };
/** The application keeps as many endings as sessions; so many come about in no less than twice this time. */
const ENDED_MS = 180_000;
const isKept = ({ endedAt = Infinity }) => Date.now() - endedAt < ENDED_MS;
/** An open socket hears of the end of its session within so long. */
const TOLD_MS = 5000;
/** A portal counts wrong codes of a user until he tried none for a minute (TfaManager.cs). */
const CODES_MS = 61_000;

const password = (number) => `password-${number}`;
const people = (kind, count, more) =>
  Array.from({ length: count }, (_, number) => ({
    email: `${kind}-${number}@example.com`,
    password: password(number),
    ...more,
  }));

export const USERS = [
  ...people('plain', 24, {}),
  ...people('coded', 20, { secondFactor: 'app', appEnrolled: true, tfaKey: 'MFRGGRCFIYYTEMZU' }),
  ...people('guessed', 3, {}),
];

/** Numbers from a seed, the same each time (mulberry32). */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Things of which each is used by one caller at a time. */
class Pool {
  #idle = [];

  constructor(random) {
    this.random = random;
  }
  get size() {
    return this.#idle.length;
  }
  put(thing) {
    this.#idle.push(thing);
  }
  /** Any that fits; undefined for none. */
  take(fits = () => true) {
    const fitting = this.#idle.filter(fits);
    const thing = fitting[Math.floor(this.random() * fitting.length)];
    if (thing !== undefined) this.#idle.splice(this.#idle.indexOf(thing), 1);
    return thing;
  }
}

export class Traffic {
  #isOver = false;
  #callers = [];

  constructor({ emulator, sky, client, judge, seed }) {
    Object.assign(this, { emulator, sky, client, judge });
    this.random = numbers(seed);
    this.tokens = Object.fromEntries(
      ['good', 'ended', 'revoked', 'expired', 'garbage', 'hasty'].map((kind) => [kind, new Pool(this.random)]),
    );
    for (let number = 0; number < 200; number++)
      this.tokens.garbage.put(
        this.#token('garbage', createHash('sha512').update(`${seed} ${number}`).digest('base64'), 401),
      );
    for (let number = 0; number < 12; number++) this.tokens.good.put(this.#token('good', this.#issue(number), 200));
    for (let number = 0; number < 4; number++) this.tokens.hasty.put(this.#token('hasty', this.#issue(number), 200));
    this.logins = new Pool(this.random);
    for (const { email, password } of USERS)
      this.logins.put({ email, password, attempts: new Attempts(LIMITS.loginThrottle, LIMITS.timeoutMs) });
    /** How often of a hundred times each comes. */
    this.habits = [
      [30, this.#guarded],
      [16, this.#me],
      [6, this.#page],
      [8, this.#burst],
      [9, this.#logIn],
      [4, this.#mistype],
      [5, this.#twoSteps],
      [1, this.#guess],
      [8, this.#logOut],
      [2, this.#forge],
      [2, this.#revoke],
      [2, this.#outlive],
      [4, this.#connect],
      [3, this.#hangUp],
    ].map(([share, habit]) => [share, habit.bind(this)]);
  }

  /** Lets the callers loose until they are stopped. */
  start() {
    this.#isOver = false;
    this.#callers = Array.from({ length: CALLERS }, () => this.#call());
  }

  /** Resolves when every caller has his last answer. */
  async stop() {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  async #call() {
    while (!this.#isOver) {
      await this.#habit()();
      await pause(150 + this.random() * 700);
    }
  }

  #habit() {
    let left = this.random() * 100;
    return this.habits.find(([share]) => (left -= share) < 0)[1];
  }

  #issue(number) {
    return this.emulator.issueToken(`plain-${number % 24}@example.com`);
  }

  #token(kind, value, right) {
    return new Token(kind, value, right, LIMITS.sessions);
  }

  /** By the header in any case, or by the cookie. */
  #carried({ value }) {
    if (value === undefined) return {};
    const way = this.random();
    if (way < 0.4) return { authorization: `Bearer ${value}` };
    if (way < 0.5) return { authorization: `bearer  ${value}` };
    return { cookie: `theme=dark; asc_auth_key=${encodeURIComponent(value)}`, origin: this.client.url };
  }

  /** Some caller's token, good ones more often; given back when the request is over. */
  async #withToken(use) {
    const way = this.random();
    if (way < 0.04) return use(this.#token('none', undefined, 'never'));
    if (way < 0.08) return use(this.#token('malformed', 'not a token!', 'never'));
    const kind =
      way < 0.6 ? 'good' : way < 0.74 ? 'ended' : way < 0.82 ? 'revoked' : way < 0.88 ? 'expired' : 'garbage';
    const pool = this.tokens[kind];
    const token = pool.take(isKept);
    if (!token) return undefined;
    await use(token);
    pool.put(token);
    return undefined;
  }

  #guarded() {
    return this.#withToken((token) => this.#ask(token));
  }

  async #ask(token) {
    const { status, from, to } = await this.client.send('GET', '/guarded', { headers: this.#carried(token) });
    this.judge.note('guarded', token.describe(from), status, from, to, token.check(from, to));
    token.learnCheck(status, from, to);
    return status;
  }

  #me() {
    return this.#withToken(async (token) => {
      const { status, from, to } = await this.client.send('GET', '/me', { headers: this.#carried(token) });
      this.judge.note('me', token.describe(from), status, from, to, token.profile(from, to));
      token.learnProfile(status, from, to);
    });
  }

  /** A page takes whom it does not know to the sign-in. */
  #page() {
    return this.#withToken(async (token) => {
      const sent = await this.client.send('GET', '/profile', { headers: this.#carried(token) });
      const { from, to } = sent;
      const status = sent.status === 303 && sent.location?.startsWith('/sign-in') ? 401 : sent.status;
      this.judge.note('page', token.describe(from), status, from, to, token.profile(from, to));
      token.learnProfile(status, from, to);
    });
  }

  /** Several at once with one token. */
  #burst() {
    return this.#withToken(async (token) => {
      const sent = await Promise.all(
        Array.from({ length: 5 }, () => this.client.send('GET', '/guarded', { headers: this.#carried(token) })),
      );
      const from = Math.min(...sent.map((one) => one.from));
      const to = Math.max(...sent.map((one) => one.to));
      // One may wait for the question of another.
      for (const { status } of sent)
        this.judge.note('burst', token.describe(from), status, from, to, token.check(from, to));
      const [{ status }] = sent;
      if (sent.every((one) => one.status === status)) token.learnCheck(status, from, to);
      else token.blur(sent.find((one) => one.status >= 400)?.status, to);
    });
  }

  /** A login of this kind that nothing counts against. */
  #login(kind, isQuiet = true) {
    return this.logins.take(
      ({ email, attempts, restsUntil = 0 }) =>
        email.startsWith(kind) && (!isQuiet || (attempts.isQuiet(Date.now()) && restsUntil < Date.now())),
    );
  }

  /** One step of a login; `right` is what the portal says of it in good order. */
  async #step(action, login, path, body, right) {
    const { status, json, from, to } = await this.client.send('POST', path, { body });
    const outcomes = (sky) => sky.outcomes('login', right, from, to);
    this.judge.note(action, '', status, from, to, login.attempts.limit(from, to, outcomes));
    login.attempts.learn({ status, reason: json?.reason }, from, to);
    return status === 200 ? { ...json, from, to } : undefined;
  }

  async #fresh(action) {
    const login = this.#login('plain');
    if (!login) return undefined;
    const body = { userName: login.email, password: login.password };
    const outcome = await this.#step(action, login, '/auth/login', body, 200);
    this.logins.put(login);
    return outcome && this.#given(outcome);
  }

  /** The token that a login gave. One that was given to a forbidden address can't be ended singly. */
  #given({ token, from, to }) {
    const isForbidden = this.sky.weathersIn(from, to).map((name) => name === 'restricted');
    const lasts = isForbidden.every(Boolean) ? 'yes' : isForbidden.some(Boolean) ? 'perhaps' : 'no';
    return Object.assign(this.#token('good', token, 200), { lasts });
  }

  #keep(token) {
    const pool = this.tokens[token.kind];
    if (pool.size >= MOST[token.kind]) pool.take((other) => !isKept(other)) ?? pool.take();
    pool.put(token);
  }

  async #logIn() {
    const token = await this.#fresh('login');
    if (token) this.#keep(token);
  }

  async #mistype() {
    const login = this.#login('plain');
    if (!login) return;
    await this.#step('wrong password', login, '/auth/login', { userName: login.email, password: 'wrong' }, 401);
    this.logins.put(login);
  }

  async #twoSteps() {
    const login = this.#login('coded');
    if (!login) return;
    login.restsUntil = 0;
    const body = { userName: login.email, password: login.password };
    const first = await this.#step('first step', login, '/auth/login', body, 200);
    if (first) {
      const { challenge } = first;
      const isRight = this.random() < 0.7;
      const code = isRight ? this.emulator.users.get(login.email).appCode() : 'wrong1';
      const action = isRight ? 'code' : 'wrong code';
      if (!isRight) login.restsUntil = Date.now() + CODES_MS + LIMITS.timeoutMs;
      const second = await this.#step(action, login, '/auth/code', { challenge, code }, isRight ? 200 : 401);
      if (second) this.#keep(this.#given(second));
    }
    this.logins.put(login);
  }

  /** Goes on until it is stopped. */
  async #guess() {
    const login = this.#login('guessed', false);
    if (!login) return;
    for (let time = 0; time < 6 && !this.#isOver; time++)
      await this.#step('guess', login, '/auth/login', { userName: login.email, password: `guess ${time}` }, 401);
    this.logins.put(login);
  }

  async #logOut() {
    const token = this.tokens.good.take();
    if (!token) return;
    // Whoever is remembered is logged out here, whatever the portal says.
    if ((await this.#ask(token)) !== 200) {
      this.tokens.good.put(token);
      return;
    }
    if (await this.#end('logout', token)) this.#keep(token);
  }

  /** Logs out; whether the session is over for certain. */
  async #end(action, token) {
    const { status, json, from, to } = await this.client.send('POST', '/auth/logout', {
      headers: this.#carried(token),
    });
    const check = token.check(from, to);
    this.judge.note(action, token.describe(from), status, from, to, (sky) => {
      const statuses = check(sky);
      if (!statuses.delete(200)) return statuses;
      return new Set([...statuses, ...sky.outcomes('logout', 200, from, to)]);
    });
    if (status === 200) this.#noteRevoked(token, json.revoked, from, to);
    const wasIn = check(this.sky);
    const isOver = status === 200 || (wasIn.has(200) && wasIn.size === 1);
    if (isOver) token.end();
    return isOver;
  }

  /** Whether the portal says of an ended session that it is over: told as 401, or 200 where it does not. */
  #noteRevoked({ lasts = 'no' }, revoked, from, to) {
    const [over, alive] = [401, 200];
    this.judge.note('portal after logout', '', revoked ? over : alive, from, to, (sky) => {
      const isKnown = sky.isClear(from, to) && lasts !== 'perhaps';
      return new Set(isKnown ? [lasts === 'yes' ? alive : over] : [over, alive]);
    });
  }

  /** Another site can log nobody out. */
  async #forge() {
    const token = this.tokens.good.take();
    if (!token) return;
    const headers = { cookie: `asc_auth_key=${encodeURIComponent(token.value)}`, origin: 'https://evil.example' };
    const { status, from, to } = await this.client.send('POST', '/auth/logout', { headers });
    this.judge.note('forged logout', token.kind, status, from, to, () => new Set([403]));
    this.tokens.good.put(token);
  }

  /** The portal alone ends it. */
  async #revoke() {
    const token = this.tokens.good.take(({ lasts = 'no' }) => lasts === 'no');
    if (!token) return;
    this.emulator.revoke(token.value);
    token.revoke();
    await this.#ask(token);
    this.#keep(token);
  }

  /** A token whose time is over. */
  async #outlive() {
    const { settings } = this.emulator;
    settings.sessionLifetimeMinutes = 1e-6;
    const token = this.#token('expired', this.#issue(Math.floor(this.random() * 24)), 401);
    settings.sessionLifetimeMinutes = 'default';
    await pause(20);
    await this.#ask(token);
    this.#keep(token);
  }

  /** Holds a socket open for a while; then goes, or logs out and waits to be told. */
  async #connect() {
    const token = await this.#fresh('login');
    if (!token) return;
    const { status, socket, closed, from, to } = await this.client.open('/socket', this.#carried(token));
    this.judge.note('socket', token.describe(from), status, from, to, token.check(from, to));
    if (status !== 200) return;
    const lost = await Promise.race([closed, pause(500 + this.random() * 2500)]);
    if (lost) {
      // Only what the portal says of an address closes it.
      const is4403 = lost.code === 4403 ? 403 : 0;
      this.judge.note('socket lost', token.kind, is4403, from, lost.at, (sky) =>
        sky.weathersIn(from, lost.at).includes('restricted') ? new Set([403]) : new Set(),
      );
      return;
    }
    token.blur(undefined, Date.now());
    if (this.random() < 0.5 && (await this.#end('logout', token))) {
      const told = await Promise.race([closed, pause(TOLD_MS)]);
      const is4401 = told?.code === 4401 || told?.code === 4403 ? 401 : 0;
      this.judge.note('socket told', token.kind, is4401, to, Date.now(), () => new Set([401]));
    }
    socket.terminate();
  }

  /** Does not wait for the answer; nobody knows what came of it. */
  async #hangUp() {
    const token = this.tokens.hasty.take();
    if (!token) return;
    await this.client.send('GET', '/me', { headers: this.#carried(token), hangUpMs: this.random() * 30 });
    this.tokens.hasty.put(token);
  }
}
