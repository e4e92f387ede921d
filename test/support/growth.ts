import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in use once everything that can go is gone. */
export async function heapUsed(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}

/** Does something for each number, so many at a time. */
export async function forEachIndex(
  from: number,
  to: number,
  atOnce: number,
  act: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    for (let index = next++; index < to; index = next++) await act(index);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
