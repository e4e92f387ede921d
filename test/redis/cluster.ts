import { freePort, RedisServer } from '../support/redis-server.js';
import { until } from './nodes.js';

/** Three masters that share the slots, and know that they do. */
export async function startCluster(): Promise<RedisServer[]> {
  const servers = await Promise.all([1, 2, 3].map(startMember));
  const [first] = servers;
  if (!first) throw new Error('no server');
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  await first.cli('--cluster', 'create', ...addresses, '--cluster-yes');
  for (const server of servers)
    await until('the cluster is one', async () => (await server.cli('cluster', 'info')).includes('cluster_state:ok'));
  return servers;
}

/** Stops all of them, however a test ends. */
export const stopping = (servers: readonly RedisServer[]): AsyncDisposable => ({
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  },
});

async function startMember(): Promise<RedisServer> {
  const busPort = await freePort();
  return RedisServer.start([
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    `${busPort}`,
    '--cluster-node-timeout',
    '2000',
  ]);
}
