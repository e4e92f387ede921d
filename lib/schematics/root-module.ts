import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';

/** What the root module is to hold, as source text. */
export interface Addition {
  /** Lines that import what the others name. */
  imports: readonly (readonly [name: string, from: string])[];
  /** An element for each of these lists of `@Module()`. */
  elements: Readonly<Record<string, string>>;
}

/** A piece of text, and where it goes. */
interface Insertion {
  at: number;
  text: string;
}

/**
 * The source of a module with the addition, and not a character of it changed otherwise; undefined where it is not written
 * as `nest new` writes it, so that only a person can tell what to do.
 */
export function withAddition(source: string, { imports, elements }: Addition): string | undefined {
  const compiler = compilerOf(process.cwd());
  if (!compiler || imports.some(([name]) => new RegExp(`\\b${name}\\b`).test(source))) return undefined;
  const file = compiler.createSourceFile('module.ts', source, compiler.ScriptTarget.Latest);
  const metadata = metadataOf(compiler, file);
  const insertions = metadata && [
    importLines(compiler, file, imports),
    ...Object.entries(elements).map(([list, element]) => inList(compiler, file, metadata, list, element)),
  ];
  if (!insertions?.every((insertion) => insertion !== undefined)) return undefined;
  const added = insertions
    .toSorted((one, other) => other.at - one.at)
    .reduce((text, insertion) => text.slice(0, insertion.at) + insertion.text + text.slice(insertion.at), source);
  return isWellFormed(compiler, added) ? added : undefined;
}

/** The class of a module, where a file has exactly one. */
export function moduleClassOf(source: string): string | undefined {
  const [only, ...more] = [...source.matchAll(/@Module\([\s\S]*?\bclass (\w+)/g)];
  return more.length === 0 ? only?.[1] : undefined;
}

/** The project's own compiler, which every Nest project has; undefined where it shows no API, as that of TypeScript 7. */
function compilerOf(folder: string): typeof ts | undefined {
  try {
    const compiler = createRequire(join(folder, 'package.json'))('typescript') as typeof ts | { version: string };
    return 'createSourceFile' in compiler ? compiler : undefined;
  } catch {
    return undefined;
  }
}

/** What stands between the braces of the only `@Module({ … })`. */
function metadataOf(compiler: typeof ts, file: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  const calls = file.statements
    .filter((statement) => compiler.isClassDeclaration(statement))
    .flatMap((statement) => compiler.getDecorators(statement) ?? [])
    .map(({ expression }) => expression)
    .filter((expression) => compiler.isCallExpression(expression))
    .filter(({ expression }) => compiler.isIdentifier(expression) && expression.text === 'Module');
  const argument = calls.length === 1 ? calls[0]?.arguments[0] : undefined;
  return argument && compiler.isObjectLiteralExpression(argument) ? argument : undefined;
}

/** After the imports that are there, with their quotes and line ends. */
function importLines(compiler: typeof ts, file: ts.SourceFile, imports: Addition['imports']): Insertion | undefined {
  const last = file.statements.filter((statement) => compiler.isImportDeclaration(statement)).at(-1);
  if (!last) return undefined;
  const quote = last.moduleSpecifier.getText(file).charAt(0);
  const lines = imports.map(([name, from]) => `${endOf(file)}import { ${name} } from ${quote}${from}${quote};`);
  return { at: last.getEnd(), text: lines.join('') };
}

/** First in the list, so that whatever comments stand there keep their neighbours; a list that is missing is made. */
function inList(
  compiler: typeof ts,
  file: ts.SourceFile,
  metadata: ts.ObjectLiteralExpression,
  name: string,
  element: string,
): Insertion | undefined {
  const property = metadata.properties.find((candidate) => candidate.name?.getText(file) === name);
  if (property) return firstInList(compiler, file, property, element);
  // What is spread in there may hold the list.
  if (metadata.properties.some((candidate) => compiler.isSpreadAssignment(candidate))) return undefined;
  const text = `${endOf(file)}  ${name}: [${element}],`;
  return { at: metadata.getStart(file) + 1, text };
}

function firstInList(
  compiler: typeof ts,
  file: ts.SourceFile,
  property: ts.ObjectLiteralElementLike,
  element: string,
): Insertion | undefined {
  const list = compiler.isPropertyAssignment(property) ? property.initializer : undefined;
  if (!list || !compiler.isArrayLiteralExpression(list)) return undefined;
  const at = list.getStart(file) + 1;
  const first = list.elements[0];
  if (!first) return { at, text: element };
  const lead = file.text.slice(at, first.getStart(file));
  const line = /\r?\n[ \t]*/.exec(lead)?.[0];
  return { at, text: line === undefined ? `${element}, ` : `${line}${element},` };
}

const endOf = (file: ts.SourceFile): string => (file.text.includes('\r\n') ? '\r\n' : '\n');

const isWellFormed = (compiler: typeof ts, source: string): boolean =>
  compiler.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { experimentalDecorators: true, target: compiler.ScriptTarget.ES2022 },
  }).diagnostics?.length === 0;
