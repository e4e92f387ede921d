import {
  DocSpaceCredentials,
  DocSpaceSessions,
  type DocSpaceSessionStatistics,
  type DocSpaceVerdict,
} from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { RedisSessionStore, type RedisSessionStoreOptions } from '../../lib/redis/index.js';
import { anApp, type StartedModule } from '../support/start-app.js';
import { until } from './nodes.js';

/** What every node is given: they are one application. */
export const SECRET = 'a secret that all of the nodes share';
export const ANN = { email: 'ann@example.com', password: 'Secret123!' };

type Status = DocSpaceVerdict['status'];

/** A portal, and what people present to the nodes in front of it. */
export class Scene implements AsyncDisposable {
  #bad = 0;

  private constructor(readonly portal: DocSpaceEmulator) {}

  static async start(): Promise<Scene> {
    return new Scene(await DocSpaceEmulator.start({ users: [ANN] }));
  }

  /** One node: a whole application with the module, in this process. Patient, since the machine may be busy. */
  async node(
    redis: RedisSessionStoreOptions['redis'],
    {
      ttlMs = 100,
      commandTimeoutMs = 10_000,
      secret = SECRET,
    }: { ttlMs?: number; commandTimeoutMs?: number; secret?: string | string[] } = {},
  ): Promise<SessionNode> {
    const store = new RedisSessionStore({ redis, commandTimeoutMs });
    const options = { secret, timeoutMs: 20_000, sessions: { ttlMs, store } };
    return new SessionNode(await anApp().at(this.portal.url).with(options).compile());
  }

  /** Somebody signed in. */
  token(): DocSpaceCredentials {
    return DocSpaceCredentials.token(this.portal.issueToken(ANN.email));
  }

  /** What the portal still confirms after its session was ended: only the nodes and Redis know of the ending. */
  apiKey(): DocSpaceCredentials {
    return DocSpaceCredentials.apiKey(this.portal.issueApiKey(ANN.email));
  }

  /** What the portal does not know. */
  badToken(): DocSpaceCredentials {
    return DocSpaceCredentials.token(`Z2FyYmFnZQ${this.#bad++}`);
  }

  /** How often the portal was asked about the credentials. */
  questionsAbout(credentials: DocSpaceCredentials): number {
    const [[name, value] = ['', '']] = Object.entries(credentials.headers());
    return this.portal.journal.filter(({ request }) => request.headers[name] === value).length;
  }

  /** Waits until what one node confirms the other believes without a question, wherever its key is kept. */
  async sharing(from: SessionNode, to: SessionNode): Promise<void> {
    await until('the nodes share sessions', async () => {
      const tokens = Array.from({ length: 12 }, () => this.token());
      const statuses = await Promise.all(
        tokens.map(async (token) => [await from.status(token), await to.status(token)]),
      );
      expect(new Set(statuses.flat())).toEqual(new Set(['authenticated']));
      return tokens.every((token) => this.questionsAbout(token) === 1);
    });
  }

  /** Waits until what one node ends is dead on the other too. */
  async telling(from: SessionNode, to: SessionNode): Promise<void> {
    const key = this.apiKey();
    await until('the nodes tell each other of endings', async () => {
      await from.sessions.end(key);
      return to.sessions.peek(key)?.status === 'anonymous';
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.portal.stop();
  }
}

export class SessionNode implements AsyncDisposable {
  readonly sessions: DocSpaceSessions;

  constructor(private readonly app: StartedModule) {
    this.sessions = app.get(DocSpaceSessions);
  }

  get counts(): DocSpaceSessionStatistics {
    return this.sessions.statistics();
  }

  async status(credentials: DocSpaceCredentials): Promise<Status> {
    return (await this.sessions.check(credentials)).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
  }
}

/** Good, bad and ended credentials, checked on every node by twenty callers at once until it is disposed of. */
export class Load implements AsyncDisposable {
  readonly #nodes: readonly SessionNode[];
  readonly #callers: { who: 'good' | 'bad' | 'ended'; credentials: DocSpaceCredentials }[] = [];
  readonly #seen = { good: new Set<Status>(), bad: new Set<Status>(), ended: new Set<Status>() };
  #checks = 0;
  #isOver = false;
  #work: Promise<unknown> = Promise.resolve();

  /** Begins when every node knows which of them are ended. */
  static async start(scene: Scene, ...nodes: readonly SessionNode[]): Promise<Load> {
    const load = new Load(nodes);
    for (let i = 0; i < 10; i++) {
      load.#callers.push({ who: 'good', credentials: scene.token() }, { who: 'bad', credentials: scene.badToken() });
      const key = scene.apiKey();
      await nodes[i % nodes.length]?.sessions.end(key);
      await load.addEnded(key);
    }
    load.#work = Promise.all(Array.from({ length: 20 }, (_, caller) => load.#call(caller)));
    return load;
  }

  private constructor(nodes: readonly SessionNode[]) {
    this.#nodes = nodes;
  }

  /** One more that was ended; waits until every node says so, and takes none for excused from then on. */
  async addEnded(credentials: DocSpaceCredentials): Promise<void> {
    for (const node of this.#nodes)
      await until('the ending is known everywhere', async () => (await node.status(credentials)) === 'anonymous');
    this.#callers.push({ who: 'ended', credentials });
  }

  /** Every kind of verdict since the start, by who asked. */
  get verdicts(): Record<'good' | 'bad' | 'ended', Status[]> {
    const { good, bad, ended } = this.#seen;
    return { good: [...good], bad: [...bad], ended: [...ended] };
  }

  /** Goes on for so many checks; fails when it stalls. */
  async goOn(checks: number): Promise<void> {
    const goal = this.#checks + checks;
    await until('the load went on', () => this.#checks >= goal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  async #call(caller: number): Promise<void> {
    for (let turn = caller; !this.#isOver; turn++) {
      const node = this.#nodes[turn % this.#nodes.length];
      const { who, credentials } = this.#callers[Math.floor(Math.random() * this.#callers.length)] ?? {};
      if (!node || !who || !credentials) throw new Error('nobody calls');
      this.#seen[who].add(await node.status(credentials));
      this.#checks++;
      await new Promise(setImmediate);
    }
  }
}

/** What a load must come to, whatever becomes of Redis. */
export const RIGHT = { good: ['authenticated'], bad: ['anonymous'], ended: ['anonymous'] };
