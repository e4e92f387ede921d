import { Controller, Get, Post, Req } from '@nestjs/common';
import { type DocSpaceEnded, type DocSpaceRequest, DocSpaceSessions } from 'nestjs-docspace-auth';
import { RedisSessionStore } from '../../lib/redis/index.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { anApp, PLATFORMS, type Platform, type StartedApp } from '../support/start-app.js';
import { until } from './nodes.js';
import { Scene, SECRET } from './session-nodes.js';

jest.setTimeout(60_000);

const HOUR = 3_600_000;

@Controller()
class Door {
  constructor(private readonly sessions: DocSpaceSessions) {}

  @Get('in')
  enter(): string {
    return 'in';
  }

  @Post('out')
  leave(@Req() request: DocSpaceRequest): Promise<DocSpaceEnded> {
    const credentials = this.sessions.credentialsOf(request);
    if (!credentials) throw new Error('nobody got through the guard without credentials');
    return this.sessions.end(credentials);
  }
}

describeWithRedis('requests with a session that is new', () => {
  describe.each(PLATFORMS)('on %s', (platform) => {
    let scene: Scene;
    let server: RedisServer;
    let nodes: StartedApp[];
    beforeAll(async () => {
      [scene, server] = await Promise.all([Scene.start(), RedisServer.start()]);
      nodes = [];
      for (let count = 0; count < 4; count++) nodes.push(await startNode(scene, server, platform));
    });
    // What is loaded with the first request is compiled then, which on a busy machine holds up Redis' answers too.
    beforeEach(() =>
      until('every node has Redis', async () => {
        const token = scene.token();
        for (const node of nodes) expect(await enter(1, token.reveal(), [node])).toEqual(new Set([200]));
        return scene.questionsAbout(token) === 1;
      }),
    );
    afterAll(async () => {
      for (const node of nodes) await node[Symbol.asyncDispose]();
      await Promise.all([scene[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
    });

    /** The statuses of so many requests at once, spread evenly. */
    async function enter(count: number, token: string, through: readonly StartedApp[]): Promise<Set<number>> {
      const headers = { authorization: `Bearer ${token}` };
      const all = Array.from({ length: count }, async (_, i) => through[i % through.length]?.fetch('/in', { headers }));
      return new Set((await Promise.all(all)).map((response) => response?.status ?? 0));
    }

    it('ask the portal once for a hundred at a time, and not again while it is believed', async () => {
      const token = scene.token();
      const [first] = nodes as [StartedApp];
      expect(await enter(100, token.reveal(), [first])).toEqual(new Set([200]));
      expect(scene.questionsAbout(token)).toBe(1);
      for (let turn = 0; turn < 3; turn++) expect(await enter(100, token.reveal(), nodes)).toEqual(new Set([200]));
      expect(scene.questionsAbout(token)).toBe(1);
    });

    it('ask at most once for each of four nodes at a time, and not again while it is believed', async () => {
      const token = scene.token();
      expect(await enter(100, token.reveal(), nodes)).toEqual(new Set([200]));
      const questions = scene.questionsAbout(token);
      expect(questions).toBeGreaterThan(0);
      expect(questions).toBeLessThanOrEqual(4);
      for (let turn = 0; turn < 3; turn++) expect(await enter(100, token.reveal(), nodes)).toEqual(new Set([200]));
      expect(scene.questionsAbout(token)).toBe(questions);
    });

    it('are refused by every node after a log-out on one, though each believed the session for longer', async () => {
      const token = scene.token();
      const bystander = scene.token();
      expect(await enter(8, token.reveal(), nodes)).toEqual(new Set([200]));
      expect(await enter(8, bystander.reveal(), nodes)).toEqual(new Set([200]));
      const [first] = nodes as [StartedApp];
      const left = await first.post('/out', {}, { authorization: `Bearer ${token.reveal()}` });
      expect(await left.json()).toEqual({ revoked: true });
      const questions = scene.questionsAbout(token);
      expect(await enter(1, token.reveal(), [first])).toEqual(new Set([401]));
      for (const node of nodes)
        await until('the node refuses', async () => (await enter(1, token.reveal(), [node])).has(401));
      expect(scene.questionsAbout(token)).toBe(questions);
      expect(await enter(8, bystander.reveal(), nodes)).toEqual(new Set([200]));
    });
  });
});

/** Patient with Redis, since the machine may be busy: what is counted is questions. */
function startNode({ portal }: Scene, { url }: RedisServer, platform: Platform): Promise<StartedApp> {
  const store = new RedisSessionStore({ redis: url, commandTimeoutMs: 10_000 });
  return anApp()
    .at(portal.url)
    .on(platform)
    .with({ globalGuard: true, secret: SECRET, timeoutMs: 20_000, sessions: { ttlMs: HOUR, store } })
    .controllers(Door)
    .start();
}
