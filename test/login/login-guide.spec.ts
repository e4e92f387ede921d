import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { complaintsAbout } from '../e2e/compile.js';

const guide = readFileSync(join(__dirname, '../../docs/login.md'), 'utf8');

describe('the guide to logging in', () => {
  it('shows code that compiles', () => {
    const pieces = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '');
    expect(pieces.length).toBeGreaterThan(0);
    expect(complaintsAbout(pieces)).toEqual([]);
  }, 60_000);
});
