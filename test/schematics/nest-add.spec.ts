import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { HostTree, type SchematicContext, type Tree } from '@angular-devkit/schematics';
import { SchematicTestRunner } from '@angular-devkit/schematics/testing';
import { nestAdd, type NestAddOptions } from '../../lib/schematics/nest-add.js';
import { peers } from '../../lib/schematics/peers.js';

const root = join(__dirname, '../..');

const MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;

const packageJson = (nest: string, more: object = {}) =>
  JSON.stringify({ name: 'fresh', dependencies: { '@nestjs/common': nest, rxjs: '^7.8.1' }, ...more }, null, 2);

/** A project with these files besides its package.json. */
function projectWith(files: Record<string, string>): Tree {
  const tree = new HostTree();
  for (const [path, text] of Object.entries({ 'package.json': packageJson('^12.0.1'), ...files }))
    tree.create(path, text);
  return tree;
}

/** Runs the schematic; what the user is told, and what is left to do. */
function add(tree: Tree, options: NestAddOptions = {}) {
  const { logger } = new SchematicTestRunner('own', join(root, 'schematics.json'));
  const told: string[] = [];
  logger.subscribe(({ message }) => told.push(message));
  const tasks: string[] = [];
  const addTask: SchematicContext['addTask'] = (task) => ({ id: tasks.push(task.toConfiguration().name) });
  const context: Pick<SchematicContext, 'logger' | 'addTask'> = { logger, addTask };
  void nestAdd(options)(tree, context as SchematicContext);
  return { tree, told: told.join('\n'), tasks };
}

const filesOf = (tree: Tree): Record<string, string> => {
  const files: Record<string, string> = {};
  tree.visit((path) => (files[path] = tree.readText(path)));
  return files;
};

describe('nest add', () => {
  it('adds to the root module what nest new left room for', () => {
    const { tree, told, tasks } = add(projectWith({ 'src/app.module.ts': MODULE }));
    expect(tree.readText('src/app.module.ts')).toBe(`import { Module } from '@nestjs/common';
import { AppController } from './app.controller';
import { DocSpaceAuthModule } from 'nestjs-docspace-auth';
import { DocSpaceController } from './docspace/docspace.controller';
import { docspaceSettings } from './docspace/docspace.settings';

@Module({
  imports: [DocSpaceAuthModule.forRootAsync({ useFactory: docspaceSettings })],
  controllers: [DocSpaceController, AppController],
})
export class AppModule {}
`);
    expect(Object.keys(filesOf(tree)).sort()).toEqual([
      '/.env.example',
      '/package.json',
      '/src/app.module.ts',
      '/src/docspace/docspace.controller.ts',
      '/src/docspace/docspace.settings.ts',
      '/test/docspace.e2e-spec.ts',
    ]);
    expect(told).toMatch(/^Now copy \.env\.example to \.env[^\n]*$/);
    expect(tasks).toEqual(['node-package']);
  });

  it('changes nothing when it runs again', () => {
    const first = add(projectWith({ 'src/app.module.ts': MODULE }));
    const before = filesOf(first.tree);
    const second = add(first.tree);
    expect(filesOf(second.tree)).toEqual(before);
    expect(second.told).toBe('/src/app.module.ts has DocSpaceAuthModule already; nothing to do.');
    expect(second.tasks).toEqual([]);
  });

  it('keeps comments, quotes, line ends and every other element', () => {
    const module = `import { Module } from "@nestjs/common";

@Module({
  // what else there is
  imports: [
    // keys first
    One.register({ list: [1, 2] }), // one
    Two,
  ],
})
export class AppModule {}
`.replaceAll('\n', '\r\n');
    const { tree } = add(projectWith({ 'src/app.module.ts': module }));
    expect(tree.readText('src/app.module.ts').split('\r\n')).toEqual([
      'import { Module } from "@nestjs/common";',
      'import { DocSpaceAuthModule } from "nestjs-docspace-auth";',
      'import { DocSpaceController } from "./docspace/docspace.controller";',
      'import { docspaceSettings } from "./docspace/docspace.settings";',
      '',
      '@Module({',
      '  controllers: [DocSpaceController],',
      '  // what else there is',
      '  imports: [',
      '    DocSpaceAuthModule.forRootAsync({ useFactory: docspaceSettings }),',
      '    // keys first',
      '    One.register({ list: [1, 2] }), // one',
      '    Two,',
      '  ],',
      '})',
      'export class AppModule {}',
      '',
    ]);
  });

  it.each([
    ['a list that is made elsewhere', MODULE.replace('imports: []', 'imports: features')],
    ['a list in shorthand', MODULE.replace('imports: []', 'imports')],
    ['lists that may be spread in', MODULE.replace('imports: []', '...base')],
    ['metadata that is made elsewhere', MODULE.replace(/\{\n {2}imports[\s\S]*?\n\}/, 'metadata')],
    ['two modules', `${MODULE}@Module({})\nexport class Other {}\n`],
    ['a name that is taken', `${MODULE}const docspaceSettings = 1;\n`],
    ['what does not compile', MODULE.replace('imports: []', 'imports: [')],
    ['nothing imported', MODULE.replace(/import .*\n/g, '')],
  ])('leaves a root module with %s alone, and says what to write', (_name, module) => {
    const { tree, told } = add(projectWith({ 'src/app.module.ts': module }));
    expect(tree.readText('src/app.module.ts')).toBe(module);
    expect(told).toContain('src/app.module.ts is not written as this command can change it, and was left alone.');
    expect(told).toContain('imports: [DocSpaceAuthModule.forRootAsync({ useFactory: docspaceSettings })]');
    expect(told).toContain("import { DocSpaceController } from './docspace/docspace.controller");
    expect(tree.exists('src/docspace/docspace.controller.ts')).toBe(true);
  });

  it('imports as the project does', () => {
    const esm = { 'package.json': packageJson('^12.0.1', { type: 'module' }) };
    const bare = MODULE.replace(/import \{ AppController.*\n/, '');
    const importsOf = (files: Record<string, string>) => {
      const { tree } = add(projectWith(files));
      return [tree.readText('src/app.module.ts'), tree.readText('test/docspace.e2e-spec.ts')].map((text) =>
        /'(\.[^']*(?:controller|module)[^']*)';\nimport \{ docspace|'(\.\.[^']*)'/.exec(text)?.slice(1).join(''),
      );
    };
    const cjs = ['./docspace/docspace.controller', '../src/app.module'];
    const withSuffix = cjs.map((path) => `${path}.js`);
    expect(importsOf({ 'src/app.module.ts': bare })).toEqual(cjs);
    expect(importsOf({ ...esm, 'src/app.module.ts': bare })).toEqual(withSuffix);
    expect(importsOf({ ...esm, 'src/app.module.ts': MODULE })).toEqual(cjs);
    const written = MODULE.replace('app.controller', 'app.controller.js');
    expect(importsOf({ 'src/app.module.ts': written })).toEqual(withSuffix);
  });

  it('finds the only module of an application in a monorepo', () => {
    const module = MODULE.replace('AppModule', 'ShopModule');
    const { tree } = add(projectWith({ 'apps/shop/src/shop.module.ts': module }), {
      sourceRoot: 'apps/shop/src',
    });
    expect(tree.readText('apps/shop/src/shop.module.ts')).toContain('DocSpaceAuthModule.forRootAsync');
    expect(tree.readText('apps/shop/test/docspace.e2e-spec.ts')).toContain(
      "import { ShopModule } from '../src/shop.module';",
    );
  });

  it('tries the application on Fastify where main.ts starts it there', () => {
    const main = 'NestFactory.create(AppModule, new FastifyAdapter())';
    const { tree } = add(projectWith({ 'src/app.module.ts': MODULE, 'src/main.ts': main }));
    expect(tree.readText('test/docspace.e2e-spec.ts')).toContain('new FastifyAdapter()');
    const { tree: express } = add(projectWith({ 'src/app.module.ts': MODULE, 'src/main.ts': '' }));
    expect(express.readText('test/docspace.e2e-spec.ts')).not.toContain('Fastify');
  });

  it.each([
    ['^11.0.1', peers[11]],
    ['11.2.10', peers[11]],
    ['^12.0.1', peers[12]],
    ['latest', peers[12]],
  ])('names the peers that suit Nest %s, and keeps those that are there', (nest, expected) => {
    const description = packageJson(nest, { devDependencies: { axios: '1.21.1' } });
    const { tree } = add(projectWith({ 'package.json': description, 'src/app.module.ts': MODULE }));
    const { axios: _axios, ...missing } = expected;
    const dependencies = { ...missing, '@nestjs/common': nest, rxjs: '^7.8.1' };
    expect(tree.readJson('package.json')).toEqual({
      name: 'fresh',
      dependencies,
      devDependencies: { axios: '1.21.1' },
    });
    expect(tree.readText('package.json')).toMatch(/^\{\n {2}"name": "fresh",\n.*\}$/s);
  });

  it('names the ranges that the package itself asks for', () => {
    const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
    for (const name of Object.keys(peers[12])) {
      const ranges = [...new Set([peers[11][name], peers[12][name]])];
      expect(`${name} ${own['peerDependencies']?.[name]}`).toBe(`${name} ${ranges.join(' || ')}`);
    }
  });

  it('adds its lines to .env.example once, after those that are there', () => {
    const files = { 'src/app.module.ts': MODULE, '.env.example': 'PORT=3000' };
    const { tree } = add(projectWith(files));
    expect(tree.readText('.env.example')).toMatch(/^PORT=3000\n#[^\n]*\nDOCSPACE_URL=/);
    expect(parseEnv(tree.readText('.env.example'))).toEqual({
      PORT: '3000',
      DOCSPACE_URL: 'http://127.0.0.1:8092',
      DOCSPACE_SECRET: '',
    });
    const named = { ...files, '.env.example': 'DOCSPACE_URL=https://docspace.example.com\n' };
    expect(add(projectWith(named)).tree.readText('.env.example')).toBe(named['.env.example']);
  });

  it('changes nothing where a file of the same name is, or no root module', () => {
    const mine = { 'src/app.module.ts': MODULE, 'src/docspace/docspace.controller.ts': '// mine\n' };
    expect(() => add(projectWith(mine))).toThrow('docspace.controller.ts is there already; nothing was changed');
    expect(() => add(projectWith({ 'src/main.ts': '' }))).toThrow('There is no app.module.ts in src');
  });
});
