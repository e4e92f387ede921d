import type { Tree } from '@angular-devkit/schematics';
import { packageOf } from './project.js';

/**
 * What the application has to name itself, by its major of Nest. A package manager that brings peers by itself would bring
 * the newest, which on Nest 11 a plain jest cannot load.
 */
export const peers: Record<11 | 12, Record<string, string>> = {
  11: { '@nestjs/axios': '^4.0.1', '@nestjs/passport': '^11.0.0', axios: '^1.21.0', passport: '^0.7.0' },
  12: { '@nestjs/axios': '^12.0.0', '@nestjs/passport': '^12.0.0', axios: '^1.21.0', passport: '^0.7.0' },
};

/** Names in `package.json` what is missing there, and tells whether anything was. */
export function addPeers(tree: Tree): boolean {
  const description = packageOf(tree);
  const { dependencies = {}, devDependencies = {} } = description;
  const nest = dependencies['@nestjs/common'] ?? '';
  const missing = Object.entries(peers[/^\D*11\b/.test(nest) ? 11 : 12]).filter(
    ([name]) => !(name in dependencies) && !(name in devDependencies),
  );
  if (missing.length === 0) return false;
  const all = [...Object.entries(dependencies), ...missing].sort(([one], [other]) => (one < other ? -1 : 1));
  const text = tree.readText('package.json');
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? 2;
  const end = text.endsWith('\n') ? '\n' : '';
  tree.overwrite(
    'package.json',
    JSON.stringify({ ...description, dependencies: Object.fromEntries(all) }, null, indent) + end,
  );
  return true;
}
