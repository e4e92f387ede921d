import { posix } from 'node:path';
import type { Tree } from '@angular-devkit/schematics';

/** What is known of the application that is added to. */
export interface Project {
  /** Where its sources are, such as `src`. */
  sourceRoot: string;
  /** Where its end-to-end specs are, such as `test`. */
  testRoot: string;
  /** The file of the root module, such as `src/app.module.ts`. */
  modulePath: string;
  /** The same as its specs import it, such as `../src/app.module`. */
  moduleImport: string;
  /** What relative imports end in: `.js` in ECMAScript modules, nothing in CommonJS. */
  suffix: '' | '.js';
  /** Whether it listens with Fastify. */
  isFastify: boolean;
}

export function projectIn(tree: Tree, sourceRoot: string): Project {
  const modulePath = rootModuleIn(tree, sourceRoot);
  const suffix = suffixIn(tree, modulePath);
  const main = posix.join(sourceRoot, 'main.ts');
  return {
    sourceRoot,
    testRoot: posix.join(posix.dirname(sourceRoot), 'test'),
    modulePath,
    moduleImport: `../${posix.basename(sourceRoot)}/${posix.basename(modulePath, '.ts')}${suffix}`,
    suffix,
    isFastify: tree.exists(main) && tree.readText(main).includes('FastifyAdapter'),
  };
}

/** `app.module.ts`, or the only module beside `main.ts`, as applications of a monorepo have it. */
function rootModuleIn(tree: Tree, sourceRoot: string): string {
  const files = tree.getDir(sourceRoot).subfiles.filter((name) => name.endsWith('.module.ts'));
  const name = files.find((file) => file === 'app.module.ts') ?? (files.length === 1 ? files[0] : undefined);
  if (name === undefined) throw new Error(`There is no app.module.ts in ${sourceRoot}; nothing was changed.`);
  return posix.join(sourceRoot, name);
}

/** As the imports that are there do it; without any, as the package says. */
function suffixIn(tree: Tree, modulePath: string): '' | '.js' {
  const written = /\bfrom\s+['"]\.{1,2}\/[^'"]*?(\.js)?['"]/.exec(tree.readText(modulePath));
  const isEsm = written ? written[1] !== undefined : packageOf(tree).type === 'module';
  return isEsm ? '.js' : '';
}

/** The parts of a `package.json` that matter here. */
export interface PackageJson {
  type?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  [field: string]: unknown;
}

export const packageOf = (tree: Tree): PackageJson =>
  tree.exists('package.json') ? (JSON.parse(tree.readText('package.json')) as PackageJson) : {};
