/**
 * `npm run bench`, or `npm run bench -- hit cold`: comparisons, each a ratio inside one run, with the raw numbers. With
 * `--plot` the medians are drawn into docs/images as well.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { plot } from './plot.mjs';
import { reported } from './rounds.mjs';

const all = ['hit', 'cold', 'throughput', 'memory', 'nodes', 'emulator'];
const draws = process.argv.includes('--plot');
const wanted = process.argv.slice(2).filter((name) => name !== '--plot');
const strange = wanted.filter((name) => !all.includes(name));
if (strange.length > 0) {
  console.error(`no such benchmark: ${strange.join(', ')}; there are ${all.join(', ')}`);
  process.exit(1);
}

console.log(`Node ${process.version}, ${cpus().length} cores`);
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n# ${name}`);
  const { default: bench } = await import(`./${name}.mjs`);
  await bench();
  for (const [index, { figures, unit }] of reported.splice(0).entries()) {
    const file = `../docs/images/bench-${name}${index === 0 ? '' : `-${index + 1}`}.svg`;
    if (draws) plot(fileURLToPath(new URL(file, import.meta.url)), unit, figures);
  }
}
