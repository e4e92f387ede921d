import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import ts from 'typescript';

/** The repository. */
export const root = join(__dirname, '../..');
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Every page, by its path in the repository. */
export const PAGES = [
  ...readdirSync(root).filter((path) => path.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
].sort();

/** A piece of code in a page. */
export interface Block {
  /** The page and the line where it begins. */
  readonly name: string;
  readonly code: string;
}

/** The blocks of a page that are in a language. */
export function blocksOf(page: string, language: string): Block[] {
  const text = read(page);
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => ({
    name: `${page}:${text.slice(0, match.index).split('\n').length}`,
    code: match[1] ?? '',
  }));
}

const compilerOptions: ts.CompilerOptions = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};
const packages = createRequire(__filename);

/** What a piece of code exports, run as a module of its own; `instead` stands for packages by name. */
export function loaded(code: string, instead: Record<string, unknown> = {}): unknown {
  const { outputText } = ts.transpileModule(code, { compilerOptions });
  const exports = {};
  // The metadata of decorators are in the Reflect of the specs.
  const run = runInThisContext(`(function (exports, require, Reflect, process) {${outputText}\n})`) as (
    exports: object,
    require: (name: string) => unknown,
    reflect: typeof Reflect,
    process: NodeJS.Process,
  ) => void;
  run(exports, (name) => instead[name] ?? (packages(name) as unknown), Reflect, process);
  return exports;
}
