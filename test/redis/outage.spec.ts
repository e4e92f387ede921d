import { Redis } from 'ioredis';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { disconnecting, newKey, refusal, StoreNode, until } from './nodes.js';

jest.setTimeout(60_000);

const HOUR = 3_600_000;
/** What a user of Redis needs, as the documentation says. */
const RIGHTS = `~docspace-auth:v1:* +@connection +info +eval +evalsha +mget +get +set +del +exists +pttl +pexpire +incr +decr +publish +subscribe`;
const AN_ANSWER = ['value', 'no value'];

// Jest fails a test that leaves a rejection unhandled: its runner listens to the real process.
describeWithRedis('RedisSessionStore while Redis is out of reach', () => {
  it('survives a kill -9 and a restart under load: every command ends, none is queued, and it works again', async () => {
    await using server = await RedisServer.start();
    await using a = await new StoreNode(server.url).listening();
    await using b = await new StoreNode(server.url).listening();
    const key = newKey();
    await a.store.put(key, 'value', HOUR);
    const outcomes: string[] = [];
    let isOver = false;
    const load = Array.from({ length: 20 }, async (_, i) => {
      while (!isOver) {
        const answer = (i % 2 ? a : b).store.get(key).then(({ value }) => value ?? 'no value');
        outcomes.push(await answer.catch((error: unknown) => (error instanceof Error ? error.message : 'no error')));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await until('the load is on', () => outcomes.length > 200);

    await server.kill();
    await until('the outage is felt', () => outcomes.at(-1)?.startsWith('RedisSessionStore: not connected') ?? false);
    await until('both know that they miss messages', () => a.losses === 1 && b.losses === 1);
    await server.start();
    await until('both work again', async () => (await a.works()) && (await b.works()));
    await until('both know that messages flow again', () => a.losses === 2 && b.losses === 2);
    isOver = true;
    await Promise.all(load);

    const others = new Set(outcomes.filter((outcome) => !AN_ANSWER.includes(outcome)));
    for (const outcome of others)
      expect(outcome).toMatch(/^RedisSessionStore: (not connected|a command failed)( \(\w+\))?$/);
    expect(outcomes).toContain('no value');
    await a.store.revoke(key, HOUR);
    await until('the other node hears it', () => b.told.includes(key));
  });

  it('takes no connection at first for an outage like any other, and says so when messages flow at last', async () => {
    await using server = await RedisServer.start();
    await server.kill();
    await using node = new StoreNode(server.url);
    expect(await refusal(node.store.get('a'))).toBe('RedisSessionStore: not connected (ECONNREFUSED)');
    expect(node.losses).toBe(1);
    await server.start();
    await node.working();
    await until('it is told', () => node.losses === 2);
  });

  it('says nothing of losses when the first connection stands in time', async () => {
    await using server = await RedisServer.start();
    await using node = new StoreNode(server.url);
    await node.store.revoke('a', HOUR);
    await until('it hears itself', () => node.told.length > 0);
    expect(node.told).toEqual(['a']);
  });

  it('tells of the loss when the network is cut, and hears again when it is mended', async () => {
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    await using near = await new StoreNode(server.url).listening();
    await using far = await new StoreNode(`redis://127.0.0.1:${proxy.port}`).listening();
    const [missed, key] = [newKey(), newKey()];
    await far.store.put(missed, 'value', HOUR);

    proxy.cut();
    await until('the loss is told', () => far.losses === 1);
    expect(await refusal(far.store.get(missed))).toMatch('not connected');
    await near.store.revoke(missed, HOUR);
    proxy.mend();
    await until('messages flow again', () => far.losses === 2);
    await far.working();
    expect(await far.store.get(missed)).toEqual({ revoked: true });
    await near.store.revoke(key, HOUR);
    await until('a revocation arrives', () => far.told.includes(key));
    expect(far.told).toEqual(['lost', 'lost', key]);
  });

  it('notices a network that swallows everything without closing anything', async () => {
    await using server = await RedisServer.start();
    await using proxy = await TcpProxy.start(server.port);
    await using node = await new StoreNode(`redis://127.0.0.1:${proxy.port}`, { commandTimeoutMs: 100 }).listening();

    proxy.silence();
    expect(await refusal(node.store.get('a'))).toBe('RedisSessionStore: a command failed (ETIMEDOUT)');
    await until('the loss is told', () => node.losses === 1);
    await until('commands fail at once', async () => (await refusal(node.store.get('a'))).includes('not connected'));
    proxy.mend();
    await node.working();
    await until('messages flow again', () => node.losses === 2);
  });

  it('tells of the loss when only its subscription is killed', async () => {
    await using server = await RedisServer.start();
    await using node = await new StoreNode(server.url).listening();
    await server.cli('client', 'kill', 'type', 'pubsub');
    await until('the loss and the return are told', () => node.losses === 2);
    expect(await node.works()).toBe(true);
    await node.store.revoke('a', HOUR);
    await until('a revocation arrives', () => node.told.includes('a'));
  });

  it('goes on from nothing after FLUSHALL', async () => {
    await using server = await RedisServer.start();
    await using node = await new StoreNode(server.url).listening();
    await node.store.put('a', 'value', HOUR);
    await node.store.revoke('b', HOUR);
    await node.store.take('c', 1, HOUR);
    await server.cli('flushall');
    await server.cli('script', 'flush');
    expect(await node.store.get('a')).toEqual({ revoked: false });
    expect(await node.store.put('b', 'value', HOUR)).toBe(true);
    expect(await node.store.take('c', 1, HOUR)).toBe(0);
    expect(node.losses).toBe(0);
  });

  it('still takes a revocation when Redis is full', async () => {
    await using server = await RedisServer.start(['--maxmemory', '1mb']);
    await using node = await new StoreNode(server.url).listening();
    expect(await refusal(node.store.put('a', 'value', HOUR))).toBe('RedisSessionStore: a command failed (OOM)');
    await node.store.revoke('a', HOUR);
    expect(await node.store.get('a')).toEqual({ revoked: true });
  });

  it('goes on trying with a wrong password, without telling it, until Redis takes it', async () => {
    await using server = await RedisServer.start(['--requirepass', 'right-password']);
    await using node = new StoreNode(`redis://:wrong-password@127.0.0.1:${server.port}`);
    await until('it knows why', async () => (await refusal(node.store.get('a'))).endsWith('not connected (WRONGPASS)'));
    await server.cli('-a', 'right-password', 'config', 'set', 'requirepass', 'wrong-password');
    await node.working();
    await until('messages flow', () => node.losses === 2);
  });

  it('goes on trying to subscribe where a user may not, and answers commands meanwhile', async () => {
    await using server = await RedisServer.start([], `user limited on >limited-password resetchannels ${RIGHTS}\n`);
    const url = `redis://limited:limited-password@127.0.0.1:${server.port}`;
    await using node = await new StoreNode(url).working();
    await until('the subscription is refused twice', async () => {
      const log = await server.cli('acl', 'log');
      return log.split('channel').length > 2 || Number(/count\s+(\d+)/.exec(log)?.[1] ?? 0) > 1;
    });
    expect(node.losses).toBe(1);
    expect(await node.works()).toBe(true);
    await server.cli('acl', 'setuser', 'limited', '&docspace-auth:v1:ended');
    await until('messages flow', () => node.losses === 2);
    await node.listening();
    expect(await node.store.put('a', 'value', HOUR)).toBe(true);
    await node.store.forget('a');
    expect(await node.store.take('a', 2, HOUR)).toBe(0);
    expect(await node.store.take('a', 2, HOUR)).toBe(0);
    await node.store.giveBack('a');
    await node.store.giveBack('a');
    await node.store.block('a', HOUR);
    expect(await node.store.blockedMs('a')).toBeGreaterThan(0);
  });

  it('fails at once and queues nothing on a given connection that queues for ever', async () => {
    await using server = await RedisServer.start();
    const redis = new Redis(server.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    using _given = disconnecting(redis);
    await using node = await new StoreNode(redis).listening();
    await server.kill();
    await until('the loss is told', () => node.losses === 1);
    await until('commands fail at once', async () => (await refusal(node.store.get('a'))).includes('not connected'));
    for (let i = 0; i < 100; i++) await refusal(node.store.put(newKey(), 'value', HOUR));
    await server.start();
    await node.working();
    expect(await server.cli('keys', '*:session')).toBe('');
  });
});
