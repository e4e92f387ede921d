import { inspect } from 'node:util';

type Kind = 'string' | 'number' | 'boolean' | 'null' | 'date' | 'objects' | 'unknown';

/** What an object's members are. */
export type Shape = Readonly<Record<string, Kind | Optional>>;
interface Optional {
  readonly optional: readonly Kind[];
}

/** One of these kinds, or absent. */
export const isOptional = (...kinds: Kind[]): Optional => ({ optional: kinds });

const IS: Record<Kind, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  date: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  objects: (value) => Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null),
  unknown: (value) => value !== undefined,
};

/** How an object differs from its shape. Members of other names are allowed only where `more`. */
export function unlike(given: object, shape: Shape, more: boolean): string[] {
  const differences = Object.keys(given)
    .filter((name) => !more && !Object.hasOwn(shape, name))
    .map((name) => `a member ${name}`);
  for (const [name, member] of Object.entries(shape)) {
    const isThere = Object.hasOwn(given, name);
    const value = (given as Record<string, unknown>)[name];
    const mayMiss = typeof member === 'object';
    const kinds = mayMiss ? member.optional : [member];
    if (isThere ? !kinds.some((kind) => IS[kind](value)) : !mayMiss)
      differences.push(`${name} is ${isThere ? inspect(value).slice(0, 40) : 'absent'}`);
  }
  return differences;
}
