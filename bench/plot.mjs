import { writeFileSync } from 'node:fs';
import { median } from './rounds.mjs';

const COLOURS = ['#3b6fb6', '#7aa2d6'];
const [WIDTH, LABELS, ROW] = [760, 250, 30];

/** Draws the medians of one comparison as bars; longer is more. */
export function plot(file, unit, figures) {
  const bars = Object.entries(figures).map(([name, values]) => [name, median(values)]);
  const longest = Math.max(...bars.map(([, value]) => value));
  const height = bars.length * ROW + 34;
  const rows = bars.map(([name, value], index) => {
    const y = index * ROW + 10;
    const width = Math.max(((WIDTH - LABELS - 110) * value) / longest, 1);
    const shown = value.toLocaleString('en', { maximumFractionDigits: 0 });
    return `<text x="${LABELS - 10}" y="${y + 15}" text-anchor="end">${escaped(name)}</text>
<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="20" fill="${COLOURS[index % 2]}"/>
<text x="${(LABELS + width + 8).toFixed(1)}" y="${y + 15}">${shown}</text>`;
  });
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" fill="#333">
<rect width="100%" height="100%" fill="#fff"/>
${rows.join('\n')}
<text x="${LABELS}" y="${height - 8}" font-size="11">${escaped(unit)}, median</text>
</svg>
`,
  );
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
