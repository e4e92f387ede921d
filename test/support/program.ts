import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ModuleKind, ScriptTarget, transpileModule, type CompilerOptions } from 'typescript';

const ROOT = resolve(__dirname, '../..');
const OPTIONS: CompilerOptions = {
  module: ModuleKind.ESNext,
  target: ScriptTarget.ES2022,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

/** The folder that this spec's Nest is in: of one major or the other. */
const peers = require.resolve('@nestjs/core').replace(/(.*\/node_modules)\/.*/, '$1');

/** This package built into a folder of its own, beside a program that imports it from `./lib`: what no jest stands around. */
export class Program implements Disposable {
  readonly #dir = mkdtempSync(join(tmpdir(), 'program-'));

  /** @param parts the folders of lib that it needs; all by default. */
  constructor(text: string, parts: RegExp = /./) {
    symlinkSync(join(ROOT, 'node_modules'), join(this.#dir, 'node_modules'));
    const own = join(this.#dir, 'own');
    mkdirSync(own);
    symlinkSync(peers, join(own, 'node_modules'));
    writeFileSync(join(own, 'package.json'), '{"type":"module"}');
    for (const file of readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || !parts.test(file)) continue;
      const built = join(own, 'lib', file.replace(/ts$/, 'js'));
      const { outputText } = transpileModule(readFileSync(join(ROOT, 'lib', file), 'utf8'), {
        compilerOptions: OPTIONS,
      });
      mkdirSync(dirname(built), { recursive: true });
      writeFileSync(built, outputText);
    }
    writeFileSync(join(own, 'main.js'), text);
  }

  /** Runs it to its end, and resolves to what it printed; rejects when it fails or does not end by itself. */
  async run(...args: string[]): Promise<string> {
    const options = { cwd: join(this.#dir, 'own'), timeout: 45_000 };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['main.js', ...args], options);
    return `${stdout}${stderr}`.trim();
  }

  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
