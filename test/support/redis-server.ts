import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BINARY = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
  .map((folder) => `${folder}/redis-server`)
  .find((file) => existsSync(file));

/** A describe that needs redis-server: where it is missing a build fails, and a laptop is told what was not run. */
export function describeWithRedis(name: string, suite: () => void): void {
  const how = 'install redis-server (Debian: apt-get install redis-server; macOS: brew install redis)';
  if (BINARY) {
    describe(name, suite);
  } else if (process.env['CI']) {
    it(`${name}, with redis-server`, () => Promise.reject(new Error(`redis-server is missing: ${how}`)));
  } else {
    process.stderr.write(`\nNOT RUN: "${name}", for lack of redis-server. To run it: ${how}.\n\n`);
    describe.skip(name, suite);
  }
}

/** A real redis-server on a free port of this machine, which keeps nothing on disk and is gone with the test. */
export class RedisServer implements AsyncDisposable {
  readonly #dir = mkdtempSync(join(tmpdir(), 'redis-'));
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly args: readonly string[],
    private readonly config: string,
  ) {}

  /** Starts one and waits until it takes connections; with further arguments as on its command line, and a config file. */
  static async start(args: readonly string[] = [], config = ''): Promise<RedisServer> {
    for (let attempt = 1; ; attempt++) {
      const server = new RedisServer(await freePort(), args, config);
      try {
        await server.start();
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        if (attempt === 5) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again after `kill`, on the same port, with nothing of what it knew. */
  async start(): Promise<void> {
    const file = join(this.#dir, 'redis.conf');
    writeFileSync(file, this.config);
    const own = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.#dir, '--save', ''];
    const server = spawn(BINARY ?? 'redis-server', [file, ...own, ...this.args]);
    this.#process = server;
    const killed = (): boolean => server.kill('SIGKILL');
    process.once('exit', killed);
    server.once('exit', () => process.off('exit', killed));
    let said = '';
    await new Promise<void>((resolve, reject) => {
      server.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (/Ready to accept connections|Sentinel ID is/.test(said)) resolve();
      });
      server.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
    });
  }

  /** Ends it at once, as `kill -9` does. */
  async kill(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (!server || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  /** Runs redis-cli against it, and resolves to what that prints. */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('redis-cli', ['-p', `${this.port}`, ...args]);
    return stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** A port that nobody listens at, as of now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
