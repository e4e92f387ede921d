import { format, inspect } from 'node:util';
import { ConsoleLogger, Logger, type LoggerService } from '@nestjs/common';

const DEPTH = 10;
const WHOLE = { depth: DEPTH, maxStringLength: null, maxArrayLength: null };
/** Shorter ones are found by chance. */
const SHORTEST = 6;

/** Fails when one of the secrets can be read off the value, whichever way somebody prints or walks it. */
export function expectNoSecret(value: unknown, secrets: readonly string[]): void {
  expect(leaksOf(value, secrets)).toEqual([]);
}

/** Where and in which form the value holds one of the secrets; the secrets are named by their place in the list. */
export function leaksOf(value: unknown, secrets: readonly string[]): string[] {
  const short = secrets.find((secret) => secret.length < SHORTEST);
  if (short !== undefined) throw new RangeError(`a secret to look for has at least ${SHORTEST} characters`);
  const leaks = new Set<string>();
  const forms = secrets.map(formsOf);
  for (const [place, text] of textsOf(value)) {
    forms.forEach((ofOne, index) => {
      for (const [form, needle] of ofOne)
        if (text.toLowerCase().includes(needle.toLowerCase())) leaks.add(`secret ${index}, ${form}, in ${place}`);
    });
  }
  return [...leaks];
}

/** The forms in which a secret travels or is printed. */
function formsOf(secret: string): [form: string, needle: string][] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [
    ['plain', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ '': secret }).toString().slice(1)],
    ['JSON-escaped', escaped],
    ['JSON in JSON', JSON.stringify(escaped).slice(1, -1)],
    ['inspected', inspect(secret).slice(1, -1)],
    ['hex', Buffer.from(secret).toString('hex')],
    ...[0, 1, 2].flatMap((shift): [string, string][] => [
      ['base64', base64Within(secret, shift)],
      ['base64url', base64Within(secret, shift).replaceAll('+', '-').replaceAll('/', '_')],
    ]),
  ];
}

/** The characters of base64 that the secret alone decides when it stands behind so many bytes, modulo three. */
function base64Within(secret: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
  return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** Every text that can be read off a value, with the place it was found at. */
function textsOf(root: unknown): [place: string, text: string][] {
  const texts: [string, string][] = [
    ['String()', printed(root)],
    ['inspect()', attempt(() => inspect(root, WHOLE))],
    ['inspect(showHidden)', attempt(() => inspect(root, { depth: DEPTH, showHidden: true, getters: true }))],
    ['JSON.stringify()', attempt(() => format('%j', root))],
  ];
  const seen = new Set<object>();
  const walk = (value: unknown, place: string, depth: number): void => {
    if (typeof value === 'string') texts.push([place, value]);
    if (typeof value === 'symbol') texts.push([place, value.description ?? '']);
    if (!isWalkable(value) || depth > DEPTH || seen.has(value)) return;
    seen.add(value);
    const bytes = bytesOf(value);
    if (bytes) return void texts.push([place, bytes.toString('latin1')], [place, bytes.toString('utf8')]);
    // A function's source says what is written, not what it holds.
    if (typeof value !== 'function') texts.push([`${place}.toString()`, printed(value)]);
    walk(
      attempt(() => (value as { toJSON?(): unknown }).toJSON?.()),
      `${place}.toJSON()`,
      depth + 1,
    );
    if (value instanceof Map || value instanceof Set) walk([...value], `${place}[…]`, depth + 1);
    for (const key of keysOf(value)) {
      const at = `${place}.${String(key)}`;
      texts.push([`the name ${at.length > 60 ? place : at}`, String(key)]);
      walk(
        attempt(() => (value as Record<PropertyKey, unknown>)[key]),
        at,
        depth + 1,
      );
    }
  };
  walk(root, 'value', 0);
  return texts;
}

/** Own and inherited names, also hidden ones and getters, except those that every object has. */
function keysOf(value: object): PropertyKey[] {
  const keys = new Set<PropertyKey>();
  for (let holder: unknown = value; isOwner(holder); holder = Object.getPrototypeOf(holder))
    for (const key of Reflect.ownKeys(holder)) keys.add(key);
  keys.delete('constructor');
  if (typeof value === 'function') for (const key of ['prototype', 'arguments', 'caller']) keys.delete(key);
  return [...keys];
}

const isOwner = (holder: unknown): holder is object =>
  holder !== null && ![Object.prototype, Array.prototype, Function.prototype].includes(holder as never);

const isWalkable = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

function bytesOf(value: object): Buffer | undefined {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? Buffer.from(value) : undefined;
}

const printed = (value: unknown): string => attempt(() => String(value));

function attempt<T>(read: () => T): T | '' {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Keeps what is logged through Nest's `Logger`, as a log file would show it at depth 10. */
export class RecordedLogs implements LoggerService, Disposable {
  /** One line for each message, with all that was given beside it. */
  readonly lines: string[] = [];

  readonly log = this.#keep('log');
  readonly error = this.#keep('error');
  readonly warn = this.#keep('warn');
  readonly debug = this.#keep('debug');
  readonly verbose = this.#keep('verbose');
  readonly fatal = this.#keep('fatal');

  /** Gives Nest its own logger back. */
  [Symbol.dispose](): void {
    Logger.overrideLogger(new ConsoleLogger());
  }

  #keep(level: string) {
    return (...given: unknown[]): void => {
      this.lines.push(
        [level, ...given.map((item) => (typeof item === 'string' ? item : inspect(item, WHOLE)))].join(' '),
      );
    };
  }
}

/** Records from now on; hand it to a testing module's `setLogger` too, which would set its own otherwise. */
export function recordLogs(): RecordedLogs {
  const logs = new RecordedLogs();
  Logger.overrideLogger(logs);
  return logs;
}
