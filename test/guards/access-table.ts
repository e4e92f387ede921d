import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rows of the first table under a heading of a page in docs, by the names of its columns. */
export function tableIn(page: string, heading: string): Record<string, string>[] {
  const text = readFileSync(join(__dirname, '../../docs', page), 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const lines = section.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  const [head = [], , ...rows] = lines.slice(start, end).map(cellsOf);
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
