import { Cluster } from 'ioredis';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { startCluster } from './cluster.js';
import { disconnecting, newKey, StoreNode, until } from './nodes.js';

jest.setTimeout(60_000);

const HOUR = 3_600_000;

describeWithRedis('RedisSessionStore between two nodes', () => {
  it('takes a revocation to the other node', async () => {
    await using server = await RedisServer.start();
    await using a = await new StoreNode(server.url).listening();
    await using b = await new StoreNode(server.url).listening();
    const times: number[] = [];
    for (let i = 0; i < 200; i++) {
      const key = newKey();
      const started = performance.now();
      const arrived = new Promise<number>((resolve) => (b.onRevoked = () => resolve(performance.now() - started)));
      await a.store.revoke(key, HOUR);
      times.push(await arrived);
    }
    expect(b.told).toHaveLength(200);
    times.sort((x, y) => x - y);
    const [median = NaN, slow = NaN] = [times[100], times[190]];
    process.stdout.write(`a revocation reached another node in ${median.toFixed(2)} ms (p95 ${slow.toFixed(2)} ms)\n`);
  });
});

describeWithRedis('RedisSessionStore on a cluster', () => {
  let servers: RedisServer[];

  beforeEach(async () => {
    servers = await startCluster();
  });
  afterEach(() => Promise.all(servers.map((server) => server[Symbol.asyncDispose]())));

  const connect = (): Cluster => new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));

  it('spreads keys over all masters, and takes a revocation from each to every node', async () => {
    const clusters = [connect(), connect()] as const;
    using _one = disconnecting(clusters[0]);
    using _other = disconnecting(clusters[1]);
    await using a = await new StoreNode(clusters[0]).listening();
    await using b = await new StoreNode(clusters[1]).listening();
    const keys = Array.from({ length: 60 }, newKey);
    for (const key of keys) await a.store.put(key, 'value', HOUR);
    for (const server of servers) expect(await server.cli('keys', '*:session')).not.toBe('');
    for (const key of keys) await a.store.revoke(key, HOUR);
    await until('all have arrived', () => [a, b].every(({ told }) => told.length === keys.length));
    for (const { told } of [a, b]) expect(new Set(told)).toEqual(new Set(keys));
    await Promise.all([a.store.close(), b.store.close()]);
    for (const cluster of clusters) {
      expect(cluster.listenerCount('error')).toBe(0);
      expect(cluster.listenerCount('-node')).toBe(0);
    }
  });

  it('moves its subscription to another master when one dies, and says so', async () => {
    const cluster = connect();
    using _given = disconnecting(cluster);
    await using node = await new StoreNode(cluster).listening();
    const deafened = await subscribedServer(servers);
    await deafened.kill();
    await until('the loss and the return are told', () => node.losses === 2);
    const heir = await subscribedServer(servers.filter((server) => server !== deafened));
    expect(heir).not.toBe(deafened);
    await heir.cli('publish', 'docspace-auth:v1:ended', 'a');
    await until('it hears the heir', () => node.told.includes('a'));
  });
});

describeWithRedis('RedisSessionStore behind sentinels', () => {
  it('follows the master when it dies', async () => {
    await using master = await RedisServer.start();
    await using replica = await RedisServer.start(['--replicaof', '127.0.0.1', `${master.port}`]);
    await until('the replica is in step', async () => (await replica.cli('role')).includes('connected'));
    await using sentinel = await RedisServer.start(
      ['--sentinel'],
      `sentinel monitor main 127.0.0.1 ${master.port} 1
sentinel down-after-milliseconds main 300
sentinel failover-timeout main 2000
`,
    );
    await until('the sentinel knows the replica', async () =>
      (await sentinel.cli('sentinel', 'replicas', 'main')).includes(String(replica.port)),
    );
    const options = { sentinels: [{ host: '127.0.0.1', port: sentinel.port }], name: 'main' };
    await using a = await new StoreNode(options).listening();
    await using b = await new StoreNode(options).listening();
    const [kept, late] = [newKey(), newKey()];
    await a.store.revoke(kept, HOUR);
    await until('the replica has it', async () => (await replica.cli('keys', '*')).includes(kept));

    await master.kill();
    await until('both hear the new master', () => a.losses === 2 && b.losses === 2);
    await Promise.all([a.working(), b.working()]);
    expect(await b.store.get(kept)).toEqual({ revoked: true });
    await until('the new master takes it', () => b.store.put(late, 'value', HOUR).catch(() => false));
    await b.store.revoke(late, HOUR);
    await until('the other node hears it', () => a.told.includes(late));
  });
});

/** The one server at which somebody has subscribed. */
async function subscribedServer(servers: readonly RedisServer[]): Promise<RedisServer> {
  let found: RedisServer | undefined;
  await until('somebody has subscribed', async () => {
    for (const server of servers) if ((await server.cli('pubsub', 'channels')) !== '') found = server;
    return found !== undefined;
  });
  if (!found) throw new Error('nobody has subscribed');
  return found;
}
