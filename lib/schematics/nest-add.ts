import { posix } from 'node:path';
import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { addPeers } from './peers.js';
import { type Project, projectIn } from './project.js';
import { type Addition, moduleClassOf, withAddition } from './root-module.js';
import { controller, environment, settings } from './sources.js';
import { specSource } from './spec-source.js';

/** What `nest add` tells a schematic. */
export interface NestAddOptions {
  /** Where the sources of the application are. Default `src`. */
  sourceRoot?: string;
}

/**
 * `nest add nestjs-docspace-auth`: the module in the root module, a login controller, settings from the environment, and an
 * end-to-end spec against the emulator. What is there stays as it is; a second run changes nothing.
 */
export function nestAdd({ sourceRoot = 'src' }: NestAddOptions): Rule {
  return (tree, context) => {
    const user = whoUses(tree, sourceRoot);
    if (user !== undefined) {
      context.logger.info(`${user} has DocSpaceAuthModule already; nothing to do.`);
      return;
    }
    const project = projectIn(tree, sourceRoot);
    writeFiles(tree, project);
    addEnvironment(tree);
    addModule(tree, project, context);
    if (addPeers(tree)) context.addTask(installation);
    context.logger.info('Now copy .env.example to .env, name your DocSpace there, and: npx nest start --env-file .env');
  };
}

/** The file that has the module already. */
function whoUses(tree: Tree, sourceRoot: string): string | undefined {
  const users: string[] = [];
  tree.getDir(sourceRoot).visit((path) => {
    if (path.endsWith('.ts') && tree.readText(path).includes('DocSpaceAuthModule.forRoot')) users.push(path);
  });
  return users[0];
}

/** Writes what is new. A file of that name with something else in it stops everything; nothing is written then. */
function writeFiles(tree: Tree, project: Project): void {
  const moduleClass = moduleClassOf(tree.readText(project.modulePath)) ?? 'AppModule';
  const files = {
    [posix.join(project.sourceRoot, 'docspace/docspace.settings.ts')]: settings,
    [posix.join(project.sourceRoot, 'docspace/docspace.controller.ts')]: controller,
    [posix.join(project.testRoot, 'docspace.e2e-spec.ts')]: specSource(project, moduleClass),
  };
  for (const [path, text] of Object.entries(files)) {
    if (!tree.exists(path)) tree.create(path, text);
    else if (tree.readText(path) !== text) throw new Error(`${path} is there already; nothing was changed.`);
  }
}

/** After the lines that are there. */
function addEnvironment(tree: Tree): void {
  const path = '.env.example';
  const text = tree.exists(path) ? tree.readText(path) : undefined;
  if (text === undefined) tree.create(path, environment);
  else if (!/^#?\s*DOCSPACE_URL=/m.test(text))
    tree.overwrite(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${environment}`);
}

/** Into the root module; a person is told what to write where that is not as `nest new` wrote it. */
function addModule(tree: Tree, { modulePath, suffix }: Project, { logger }: SchematicContext): void {
  const addition: Addition = {
    imports: [
      ['DocSpaceAuthModule', 'nestjs-docspace-auth'],
      ['DocSpaceController', `./docspace/docspace.controller${suffix}`],
      ['docspaceSettings', `./docspace/docspace.settings${suffix}`],
    ],
    elements: {
      imports: 'DocSpaceAuthModule.forRootAsync({ useFactory: docspaceSettings })',
      controllers: 'DocSpaceController',
    },
  };
  const added = withAddition(tree.readText(modulePath), addition);
  if (added === undefined) logger.warn(instructions(modulePath, addition));
  else tree.overwrite(modulePath, added);
}

const instructions = (path: string, { imports, elements }: Addition): string =>
  [
    `${path} is not written as this command can change it, and was left alone. Add to it:`,
    ...imports.map(([name, from]) => `  import { ${name} } from '${from}';`),
    ...Object.entries(elements).map(([list, element]) => `  ${list}: [${element}]   (in @Module)`),
  ].join('\n');

/** The project's own package manager; written out, as this package brings no schematics of its own to run with. */
const installation = {
  toConfiguration: () => ({ name: 'node-package', options: { command: 'install', quiet: true, hideOutput: true } }),
};
