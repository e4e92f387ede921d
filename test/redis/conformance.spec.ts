import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { RedisSessionStore, type RedisSessionStoreOptions } from '../../lib/redis/index.js';
import { sessionStoreConformance } from '../../lib/testing/store-conformance.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { startCluster } from './cluster.js';

jest.setTimeout(60_000);

const guide = readFileSync(join(__dirname, '../../docs/redis.md'), 'utf8');

/** Patient, since the machine may be busy. */
const open = (redis: RedisSessionStoreOptions['redis']): Promise<RedisSessionStore> =>
  Promise.resolve(new RedisSessionStore({ redis, commandTimeoutMs: 10_000 }));

describeWithRedis('RedisSessionStore on one server', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describe('reached by a URL', () => {
    for (const { name, run } of sessionStoreConformance(() => open(server.url))) it(name, run);
  });

  describe('reached by a user with the rights that the guide gives him', () => {
    beforeAll(async () => {
      const [command = ''] = /^ACL SETUSER docspace .*$/m.exec(guide) ?? [];
      expect(await server.cli(...command.split(' '))).toBe('OK');
    });

    const asDocspace = (): string => server.url.replace('//', '//docspace:password@');
    for (const { name, run } of sessionStoreConformance(() => open(asDocspace()))) it(name, run);

    afterAll(async () => {
      // Nothing was asked for that he may not do.
      expect(await server.cli('ACL', 'LOG')).toBe('');
    });
  });

  describe('reached through a connection with a key prefix and a database of its own', () => {
    let redis: Redis;

    beforeAll(() => {
      redis = new Redis(server.url, { keyPrefix: 'mine:', db: 3, lazyConnect: true });
    });
    afterAll(() => redis.disconnect());

    for (const { name, run } of sessionStoreConformance(() => open(redis))) it(name, run);

    it('leaves a given connection open, without a listener of its own', async () => {
      const listeners = redis.listenerCount('error');
      const store = await open(redis);
      store.listen({ revoked: () => undefined, lost: () => undefined });
      await store.get('a');
      await Promise.all([store.close(), store.close()]);
      await store.close();
      expect(await redis.ping()).toBe('PONG');
      expect(redis.listenerCount('error')).toBe(listeners);
      await expect(store.get('a')).rejects.toThrow('RedisSessionStore: closed');
    });
  });
});

describeWithRedis('RedisSessionStore on a cluster of three masters', () => {
  let servers: RedisServer[];
  let cluster: Cluster;

  beforeAll(async () => {
    servers = await startCluster();
    cluster = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));
  });
  afterAll(async () => {
    cluster.disconnect();
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  });

  for (const { name, run } of sessionStoreConformance(() => open(cluster))) it(name, run);
});
