import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');
const policy = readFileSync(join(root, 'SECURITY.md'), 'utf8');

/** Every link to a spec: a test's title, and the file it stands in. */
const proofs = [...policy.matchAll(/\[([^\]]+)\]\((test\/[^)]+)\)/g)].map(([, title = '', file = '']) => ({
  title,
  file,
}));

/** A title as the page writes it: `…` for what varies. */
const asWritten = (title: string): string => title.replace(/%\.?\d*[sdijfop]|\$\w+/g, '…');

/** What a call names: `it('title', …)`, `describe.each(…)('title', …)`, and whatever else begins with these words. */
function titleOf({ expression, arguments: given }: ts.CallExpression): { isGroup: boolean; title: string } | undefined {
  const word = /^(it\b|describe)/.exec(expression.getText())?.[0];
  const [title] = given;
  if (!word || !title) return undefined;
  if (ts.isStringLiteralLike(title)) return { isGroup: word === 'describe', title: asWritten(title.text) };
  if (!ts.isTemplateExpression(title)) return undefined;
  const text = [title.head.text, ...title.templateSpans.map(({ literal }) => literal.text)].join('…');
  return { isGroup: word === 'describe', title: asWritten(text) };
}

/** The titles of a spec's tests and groups, each behind those of the groups around it. */
function titlesIn(file: string): string[] {
  const titles: string[] = [];
  const walk = (node: ts.Node, groups: readonly string[]): void => {
    const found = ts.isCallExpression(node) ? titleOf(node) : undefined;
    const path = found ? [...groups, found.title] : groups;
    if (found) titles.push(path.join(' › '));
    ts.forEachChild(node, (child) => walk(child, found?.isGroup ? path : groups));
  };
  walk(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true), []);
  return titles;
}

describe('the threat model', () => {
  it('finds proofs', () => {
    expect(proofs.length).toBeGreaterThan(40);
  });

  it.each(proofs)('is proved by "$title" of $file', ({ title, file }) => {
    expect(existsSync(join(root, file))).toBe(true);
    const titles = titlesIn(file);
    expect(titles.filter((known) => known === title || known.endsWith(` › ${title}`))).not.toEqual([]);
  });

  it('has a proof in every row of what is attacked and promised', () => {
    const [, chapters = ''] = policy.split('### What hostile callers meet');
    const [tables = ''] = chapters.split('## What it does not do');
    const rows = tables.split('\n').filter((line) => line.startsWith('| ') && !/^\| (attack|promise|-)/.test(line));
    expect(rows.length).toBeGreaterThan(35);
    expect(rows.filter((row) => !/\]\(test\/[\w/.-]+\.spec\.ts\) *\|$/.test(row))).toEqual([]);
  });
});
