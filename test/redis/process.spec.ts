import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';

jest.setTimeout(60_000);

const LIB = resolve(__dirname, '../../lib');

/** The redis part of this package, built into a folder of its own, beside a program that uses it. */
class Program implements Disposable {
  readonly #dir = mkdtempSync(join(tmpdir(), 'program-'));

  constructor(text: string) {
    mkdirSync(join(this.#dir, 'redis'));
    symlinkSync(resolve(LIB, '../node_modules'), join(this.#dir, 'node_modules'));
    writeFileSync(join(this.#dir, 'package.json'), '{"type":"module"}');
    const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 };
    for (const file of readdirSync(join(LIB, 'redis'))) {
      const { outputText } = transpileModule(readFileSync(join(LIB, 'redis', file), 'utf8'), { compilerOptions });
      writeFileSync(join(this.#dir, 'redis', file.replace(/ts$/, 'js')), outputText);
    }
    writeFileSync(
      join(this.#dir, 'main.js'),
      `import { RedisSessionStore } from './redis/index.js';
process.on('unhandledRejection', (error) => { console.log('unhandled', error); process.exit(1); });
const listener = { revoked() {}, lost() {} };
${text}`,
    );
  }

  /** Runs it to its end; rejects when it fails or does not end by itself. */
  async run(...args: string[]): Promise<string> {
    const options = { cwd: this.#dir, timeout: 45_000 };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['main.js', ...args], options);
    return `${stdout}${stderr}`.trim();
  }

  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

describeWithRedis('a process with a RedisSessionStore', () => {
  it('ends by itself after the store was closed', async () => {
    await using server = await RedisServer.start();
    using program = new Program(`
const store = new RedisSessionStore({ redis: process.argv[2] });
store.listen(listener);
console.log(await store.put('a', 'value', 60000));
await store.close();
console.log(process.getActiveResourcesInfo().filter((kind) => /TCP|Timeout/.test(kind)).join());`);
    expect(await program.run(server.url)).toBe('true');
  });

  it('lives through Redis being away, and ends by itself after the store was closed meanwhile', async () => {
    await using server = await RedisServer.start();
    await server.kill();
    using program = new Program(`
const store = new RedisSessionStore({ redis: process.argv[2] });
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
