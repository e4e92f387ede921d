import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { RedisSessionStore } from '../../lib/redis/index.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { expectNoSecret } from '../support/secrets.js';
import { disconnecting, newKey, StoreNode, until } from './nodes.js';

jest.setTimeout(60_000);

const HOUR = 3_600_000;

describeWithRedis('what RedisSessionStore puts into Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is the prefix, the version, and the keys and values that it was given', async () => {
    await server.cli('flushall');
    await using node = await new StoreNode(server.url, { prefix: 'app:1' }).working();
    await node.store.put('K1', 'V1', HOUR);
    await node.store.revoke('K2', HOUR);
    await node.store.take('K3', 5, HOUR);
    await node.store.block('K4', HOUR);
    const held: Record<string, string> = {};
    for (const key of (await server.cli('keys', '*')).split('\n')) {
      held[key] = await server.cli('get', key);
      expect(Number(await server.cli('pttl', key))).toBeGreaterThan(HOUR - 60_000);
    }
    expect(held).toEqual({
      'app:1:v1:{K1}:session': 'V1',
      'app:1:v1:{K2}:ended': '1',
      'app:1:v1:{K3}:count': '1',
      'app:1:v1:{K4}:count': 'blocked',
    });
    expect(await server.cli('pubsub', 'channels')).toBe('app:1:v1:ended');
  });

  it('sends nothing else either', async () => {
    const seen: string[][] = [];
    const redis = new Redis(server.url);
    using _redis = disconnecting(redis);
    const monitor = await redis.monitor();
    using _monitor = disconnecting(monitor);
    monitor.on('monitor', (_time: string, args: string[]) => seen.push(args));
    const [key, value] = [newKey(), newKey()];
    await using node = await new StoreNode(server.url).working();
    await node.store.put(key, value, HOUR);
    await node.store.get(key);
    await node.store.forget(key);
    await node.store.revoke(key, HOUR);
    await node.store.take(key, 3, HOUR);
    await node.store.giveBack(key);
    await node.store.block(key, HOUR);
    await node.store.blockedMs(key);
    const last = newKey();
    await node.store.forget(last);
    await until('the last command is seen', () => seen.some((args) => args.join().includes(last)));

    const ofScripts = seen.filter(([name]) => !/^(client|info|hello|mget|ping)$/i.test(name ?? ''));
    const words = new Set(ofScripts.flatMap(([name = '', ...args]) => (name === 'eval' ? args.slice(1) : args)));
    const allowed = ['session', 'ended', 'count'].map((kind) => `docspace-auth:v1:{${key}}:${kind}`);
    allowed.push(`docspace-auth:v1:{${last}}:session`, 'docspace-auth:v1:ended', key, value);
    const others = [...words].filter((word) => !allowed.includes(word));
    for (const other of others) expect(other).toMatch(/^(\d+|PX|blocked|[0-9a-f]{40})$/);
  });

  it('comes back as it is, whoever wrote it: who may have signed it is for others to tell', async () => {
    await using node = await new StoreNode(server.url).working();
    const key = newKey();
    await server.cli('set', `docspace-auth:v1:{${key}}:session`, '{"forged":true}');
    expect(await node.store.get(key)).toEqual({ revoked: false, value: '{"forged":true}' });
    await server.cli('publish', 'docspace-auth:v1:ended', 'forged');
    await until('a forged ending is told', () => node.told.includes('forged'));
  });

  it('is rejected, not thrown, when somebody else put a thing of another kind there', async () => {
    await using node = await new StoreNode(server.url).working();
    const key = newKey();
    await server.cli('lpush', `docspace-auth:v1:{${key}}:session`, 'a');
    await server.cli('lpush', `docspace-auth:v1:{${key}}:count`, 'a');
    expect(await node.store.get(key)).toEqual({ revoked: false });
    await expect(node.store.take(key, 1, HOUR)).rejects.toThrow('RedisSessionStore: a command failed');
    await node.store.revoke(key, HOUR);
    expect(await node.store.get(key)).toEqual({ revoked: true });
  });

  it('meets neither another prefix nor another version', async () => {
    await using one = await new StoreNode(server.url, { prefix: 'one' }).listening();
    await using two = await new StoreNode(server.url, { prefix: 'two' }).listening();
    const [key, last] = [newKey(), newKey()];
    await one.store.put(key, 'value', HOUR);
    expect(await two.store.get(key)).toEqual({ revoked: false });
    await one.store.revoke(key, HOUR);
    await two.store.revoke(last, HOUR);
    await until('it hears its own', () => two.told.includes(last));
    expect(two.told).toEqual([last]);
    await two.store.put(key, 'value', HOUR);
    expect(await two.store.get(key)).toEqual({ revoked: false, value: 'value' });
  });

  it('is told by no error: neither the key, nor the value, nor the password', async () => {
    await using locked = await RedisServer.start(['--requirepass', 'the-right-password', '--maxmemory', '1mb']);
    const url = (password: string): string => `redis://:${password}@127.0.0.1:${locked.port}`;
    const [key, value] = [newKey(), newKey()];
    const secrets = ['the-right-password', 'some-wrong-password', key, value];
    await using full = await new StoreNode(url('the-right-password')).working();
    await using wrong = new StoreNode(url('some-wrong-password'));
    const told = await Promise.allSettled([
      full.store.put(key, value, HOUR),
      full.store.put(key, value, NaN),
      full.store.block(key, Infinity),
      wrong.store.get(key),
      wrong.store.put(key, value, HOUR),
    ]);
    await locked.kill();
    await until('commands fail at once', async () => !(await full.works()));
    told.push(...(await Promise.allSettled([full.store.put(key, value, HOUR)])));
    for (const outcome of told) {
      expect(outcome.status).toBe('rejected');
      if (outcome.status === 'rejected') expectNoSecret(outcome.reason, secrets);
    }
    expectNoSecret(inspect(full.store, { depth: 9, showHidden: true }), secrets);
    expectNoSecret(inspect(wrong.store, { depth: 9, showHidden: true }), secrets);
  });

  it.each(['', 'a{b', 'a}b', 'a b', 'a\nb'])('takes no prefix such as %j', (prefix) => {
    expect(() => new RedisSessionStore({ redis: server.url, prefix })).toThrow(
      new TypeError('prefix: letters, digits and _.:- are allowed'),
    );
  });

  it.each([0, -1, NaN])('takes no time limit of %d', (commandTimeoutMs) => {
    expect(() => new RedisSessionStore({ redis: server.url, commandTimeoutMs })).toThrow(
      new TypeError('commandTimeoutMs: a number above 0 is allowed'),
    );
  });
});
