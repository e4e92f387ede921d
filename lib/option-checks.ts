/** Says what is wrong with an option, or nothing. `at` is the option's name. */
export type Check = (value: unknown, at: string) => void;

/** The error for a wrong option: its name, what was given, what is allowed. */
export function wrong(at: string, allowed: string, given: unknown, shown = show(given)): TypeError {
  return new TypeError(`DocSpaceAuthModule: option "${at}" must be ${allowed}; given: ${shown}`);
}

/** Nothing of an object is shown, and of a string only 80 characters between an @ and a ? or #, as of a URL. */
function show(given: unknown): string {
  if (typeof given === 'string') {
    const bare = given.replace(/^[^]*@/, '…@').replace(/[?#][^]*/, '?…');
    return JSON.stringify(bare.slice(0, 80));
  }
  if (given === null || ['undefined', 'number', 'boolean', 'bigint'].includes(typeof given)) return String(given);
  return Array.isArray(given) ? `a list of ${given.length}` : `a ${typeof given}`;
}

/** A check that names what is allowed and tells whether a value is. */
export const check =
  (allowed: string, holds: (value: unknown) => boolean): Check =>
  (value, at) => {
    if (!holds(value)) throw wrong(at, allowed, value);
  };

export const aBoolean = check('true or false', (value) => typeof value === 'boolean');
export const aFunction = check('a function', (value) => typeof value === 'function');
export const anything: Check = () => undefined;

export const anInteger = (min: number, max: number): Check =>
  check(
    `a whole number from ${min} to ${max}`,
    (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  );

export const oneOf = (allowed: readonly unknown[]): Check =>
  check(`one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`, (value) => allowed.includes(value));

export const optional =
  (inner: Check): Check =>
  (value, at) => {
    if (value !== undefined) inner(value, at);
  };

/** The first check, or the second where the first fails with a value of another type. */
export const either =
  (is: (value: unknown) => boolean, then: Check, otherwise: Check): Check =>
  (value, at) =>
    (is(value) ? then : otherwise)(value, at);

export const aList =
  (inner: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value) || value.length === 0) throw wrong(at, 'a list with at least one item', value);
    value.forEach((item, index) => inner(item, `${at}[${index}]`));
  };

export const aRecord =
  (inner: Check): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'an object', value);
    for (const [name, item] of Object.entries(value)) inner(item, at === '' ? name : `${at}.${name}`);
  };

export const anObject =
  (fields: Record<string, Check>): Check =>
  (value, at) => {
    aRecord(anything)(value, at || 'options');
    const path = (name: string): string => (at === '' ? name : `${at}.${name}`);
    for (const name of Object.keys(value as object)) {
      if (!Object.hasOwn(fields, name))
        throw wrong(path(name), `one of ${Object.keys(fields).map(path).join(', ')}`, name, 'an unknown option');
    }
    for (const [name, inner] of Object.entries(fields)) inner((value as Record<string, unknown>)[name], path(name));
  };
