import { Program } from '../support/program.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

jest.setTimeout(60_000);

/** A program with the redis part alone; a rejection that nobody handles ends it with an error. */
const aProgram = (text: string): Program =>
  new Program(
    `import { RedisSessionStore } from './lib/redis/index.js';
const listener = { revoked() {}, lost() {} };
${text}`,
    /^redis/,
  );

describeWithRedis('a process with a RedisSessionStore', () => {
  it('ends by itself after the store was closed', async () => {
    await using server = await RedisServer.start();
    using program = aProgram(`
const store = new RedisSessionStore({ redis: process.argv[2], commandTimeoutMs: 10_000 });
store.listen(listener);
console.log(await store.put('a', 'value', 60000));
await store.close();
console.log(process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout/.test(kind)).join());`);
    expect(await program.run(server.url)).toBe('true');
  });

  it('lives through Redis being away, and ends by itself after the store was closed meanwhile', async () => {
    await using server = await RedisServer.start();
    await server.kill();
    using program = aProgram(`
const store = new RedisSessionStore({ redis: process.argv[2], commandTimeoutMs: 10_000 });
store.listen(listener);
for (let i = 0; i < 3; i++) await store.get('a').catch(({ message }) => console.log(message));
await store.close();`);
    const line = 'RedisSessionStore: not connected (ECONNREFUSED)';
    expect(await program.run(server.url)).toBe([line, line, line].join('\n'));
  });
});

describe('an application without Redis', () => {
  it('loads nothing of ioredis', async () => {
    jest.doMock('ioredis', () => {
      throw new Error('ioredis was loaded');
    });
    await expect(import('../../lib/redis/index.js')).rejects.toThrow('ioredis was loaded');
    await expect(import('../../lib/index.js')).resolves.toHaveProperty('DocSpaceAuthModule');
    await expect(import('../../lib/testing/index.js')).resolves.toHaveProperty('DocSpaceEmulator');
  });
});
