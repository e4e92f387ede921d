import { Cluster } from 'ioredis';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { startCluster, stopping } from './cluster.js';
import { disconnecting, until } from './nodes.js';
import { Load, RIGHT, Scene, SECRET } from './session-nodes.js';

jest.setTimeout(120_000);

const HOUR = 3_600_000;

// Jest fails a test that leaves a rejection unhandled: its runner listens to the real process.
describeWithRedis('the verdicts of two nodes that share a Redis', () => {
  it('stay right while it is killed and started again under load, and the statistics tell of it', async () => {
    await using scene = await Scene.start();
    await using server = await RedisServer.start();
    await using a = await scene.node(server.url);
    await using b = await scene.node(server.url);
    await using load = await Load.start(scene, a, b);
    await scene.sharing(a, b);
    await load.goOn(300);
    expect([a.counts.storeErrors, b.counts.storeErrors]).toEqual([0, 0]);

    await server.kill();
    await until('both feel it', () => a.counts.storeErrors > 0 && b.counts.storeErrors > 0);
    const [token, key] = [scene.token(), scene.apiKey()];
    expect([await b.status(token), await b.status(key)]).toEqual(['authenticated', 'authenticated']);
    await Promise.all([a.sessions.end(token), a.sessions.end(key)]);
    expect([await a.status(token), await a.status(key)]).toEqual(['anonymous', 'anonymous']);
    // Nobody could tell the other node, but the portal does, where it knows.
    await load.addEnded(token);
    expect(await b.status(key)).toBe('authenticated');
    await load.goOn(300);

    await server.start();
    await scene.sharing(a, b);
    await scene.sharing(b, a);
    await load.addEnded(key);
    await scene.telling(b, a);
    const { storeErrors } = a.counts;
    await load.goOn(300);
    expect(a.counts.storeErrors).toBe(storeErrors);
    expect(load.verdicts).toEqual(RIGHT);
  });

  it('stay right while the secret is changed, for log-outs on either side of the change', async () => {
    const older = 'the secret that they have shared so far';
    await using scene = await Scene.start();
    await using server = await RedisServer.start();
    await using a = await scene.node(server.url, { ttlMs: HOUR, secret: [SECRET, older] });
    await using b = await scene.node(server.url, { ttlMs: HOUR, secret: [older, SECRET] });
    for (const [here, there] of [
      [a, b],
      [b, a],
    ] as const) {
      // Of these only the nodes know that they are ended; one is remembered on the other node, one is not.
      const [known, unknown] = [scene.apiKey(), scene.apiKey()];
      await there.status(known);
      await Promise.all([here.sessions.end(known), here.sessions.end(unknown)]);
      await until('the other node heard', async () => (await there.status(known)) === 'anonymous');
      expect(await there.status(unknown)).toBe('anonymous');
    }
  });

  it('stay right with nothing but the other nodes’ word for it after FLUSHALL', async () => {
    await using scene = await Scene.start();
    await using server = await RedisServer.start();
    await using a = await scene.node(server.url);
    await using b = await scene.node(server.url);
    await using load = await Load.start(scene, a, b);
    for (let flush = 0; flush < 3; flush++) {
      await load.goOn(200);
      await server.cli('flushall');
      await server.cli('script', 'flush');
    }
    await scene.sharing(b, a);
    await scene.telling(a, b);
    await load.goOn(200);
    expect(load.verdicts).toEqual(RIGHT);
    expect([a.counts.storeErrors, b.counts.storeErrors]).toEqual([0, 0]);
  });

  it.each(['cut', 'silence'] as const)('stay right when one of them loses the network (%s)', async (how) => {
    await using scene = await Scene.start();
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    await using near = await scene.node(server.url, { ttlMs: HOUR });
    await using far = await scene.node(`redis://127.0.0.1:${proxy.port}`, { ttlMs: HOUR, commandTimeoutMs: 2000 });
    await scene.sharing(near, far);
    const [gone, endedNear, endedFar] = [scene.token(), scene.apiKey(), scene.apiKey()];
    for (const credentials of [gone, endedNear, endedFar])
      expect([await near.status(credentials), await far.status(credentials)]).toEqual(Array(2).fill('authenticated'));
    expect(far.counts.storeErrors).toBe(0);

    proxy[how]();
    await until('the far one forgets what it may have missed the end of', () => far.counts.remembered === 0);
    await Promise.all([near.sessions.end(gone), near.sessions.end(endedNear), far.sessions.end(endedFar)]);
    expect(await far.status(gone)).toBe('anonymous');
    expect(await far.status(endedFar)).toBe('anonymous');
    // The portal itself still confirms these two, and nobody could say otherwise.
    expect([await far.status(endedNear), await near.status(endedFar)]).toEqual(Array(2).fill('authenticated'));
    expect(far.counts.storeErrors).toBeGreaterThan(0);

    proxy.mend();
    await until('the far one hears of it', async () => (await far.status(endedNear)) === 'anonymous');
    await until('the near one hears of it', async () => (await near.status(endedFar)) === 'anonymous');
    await scene.telling(near, far);
    expect(near.counts.storeErrors).toBe(0);
    await using load = await Load.start(scene, near, far);
    await load.goOn(200);
    expect(load.verdicts).toEqual(RIGHT);
  });

  it('are right without it while the password is wrong, and with it as soon as Redis takes it', async () => {
    await using scene = await Scene.start();
    await using server = await RedisServer.start(['--requirepass', 'right-password']);
    const url = `redis://:wrong-password@127.0.0.1:${server.port}`;
    await using a = await scene.node(url);
    await using b = await scene.node(url);
    const key = scene.apiKey();
    await a.sessions.end(key);
    expect([await a.status(key), await b.status(key)]).toEqual(['anonymous', 'authenticated']);
    const token = scene.token();
    expect([await a.status(token), await b.status(token)]).toEqual(['authenticated', 'authenticated']);
    await a.sessions.end(token);
    await until('the portal tells the other', async () => (await b.status(token)) === 'anonymous');
    expect(await b.status(scene.badToken())).toBe('anonymous');
    expect(Math.min(a.counts.storeErrors, b.counts.storeErrors)).toBeGreaterThan(0);

    await server.cli('-a', 'right-password', 'config', 'set', 'requirepass', 'wrong-password');
    await scene.sharing(a, b);
    await using load = await Load.start(scene, a, b);
    await load.addEnded(key);
    await scene.telling(b, a);
    await load.goOn(200);
    expect(load.verdicts).toEqual(RIGHT);
  });
});

describeWithRedis('the verdicts of two nodes that share a cluster', () => {
  it('stay right while one of its masters is killed and comes back', async () => {
    await using scene = await Scene.start();
    const servers = await startCluster();
    await using _servers = stopping(servers);
    const connect = (): Cluster => new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));
    const clusters = [connect(), connect()] as const;
    using _one = disconnecting(clusters[0]);
    using _other = disconnecting(clusters[1]);
    await using a = await scene.node(clusters[0], { commandTimeoutMs: 1000 });
    await using b = await scene.node(clusters[1], { commandTimeoutMs: 1000 });
    await using load = await Load.start(scene, a, b);
    await scene.sharing(a, b);

    await servers[0]?.kill();
    await until('both feel it', () => a.counts.storeErrors > 0 && b.counts.storeErrors > 0);
    const key = scene.apiKey();
    await a.sessions.end(key);
    expect(await a.status(key)).toBe('anonymous');
    await load.goOn(200);

    await servers[0]?.start();
    await scene.sharing(b, a);
    await load.addEnded(key);
    await scene.telling(b, a);
    await load.goOn(200);
    expect(load.verdicts).toEqual(RIGHT);
  });
});
