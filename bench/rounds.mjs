/** Interleaved rounds: every round measures each candidate once, in changing order, so that a drift of the machine meets all alike. */

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** @returns for each name the figures of all rounds, in order. */
export async function rounds(candidates, count, measure) {
  const figures = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  const names = Object.keys(candidates);
  for (let round = -1; round < count; round++) {
    const order = names.map((_, index) => names[(index + round + 1) % names.length]);
    for (const name of order) {
      const figure = await measure(candidates[name], name);
      // The first round warms up.
      if (round >= 0) figures[name].push(figure);
    }
  }
  return figures;
}

const SLICES = 20;
const SLICE_MS = 25;

/**
 * Rounds that are made of many short slices of each candidate in turn: so short that a machine with other guests is the
 * same for all of them. The first round warms up.
 * @returns for each name the means of all rounds, in order.
 */
export async function slicedRounds(candidates, count, measure) {
  const figures = Object.fromEntries(Object.keys(candidates).map((name) => [name, []]));
  for (let round = -1; round < count; round++) {
    const slices = await rounds(candidates, SLICES, (candidate) => measure(candidate, SLICE_MS));
    if (round >= 0) for (const name of Object.keys(figures)) figures[name].push(mean(slices[name]));
  }
  return figures;
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Nanoseconds of one synchronous call, over many. */
export function nanoseconds(call, times) {
  const started = process.hrtime.bigint();
  for (let count = 0; count < times; count++) call();
  return Number(process.hrtime.bigint() - started) / times;
}

/** Calls a second, with so many at a time. */
export async function perSecond(call, { calls, atOnce }) {
  let left = calls;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await call();
    }),
  );
  return (calls * 1000) / (performance.now() - started);
}

/** What was reported since the last look, for plots. */
export const reported = [];

/** Prints the raw figures, their medians, and the ratios asked for: the median of the rounds' own ratios. */
export function report(figures, unit, ratios, digits = 0) {
  reported.push({ figures, unit });
  for (const [name, values] of Object.entries(figures)) {
    const raw = values.map((value) => value.toFixed(digits)).join(' ');
    console.log(`${name.padEnd(34)} median ${median(values).toFixed(digits).padStart(9)} ${unit}   (${raw})`);
  }
  for (const [label, above, below, bound] of ratios) {
    const each = figures[above].map((value, index) => value / figures[below][index]);
    console.log(`${label.padEnd(58)} ${median(each).toFixed(2)}   ${bound ?? ''}`);
  }
}
