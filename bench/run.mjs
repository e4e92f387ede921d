/** `npm run bench`, or `npm run bench -- hit cold`: comparisons, each a ratio inside one run, with the raw numbers. */
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';

const all = readdirSync(new URL('.', import.meta.url))
  .filter(
    (file) =>
      file.endsWith('.mjs') &&
      !['run.mjs', 'rounds.mjs', 'portals.mjs', 'portal-server.mjs', 'contexts.mjs'].includes(file),
  )
  .map((file) => file.slice(0, -4));
const wanted = process.argv.slice(2);
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
}
