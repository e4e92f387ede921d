import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { expectNoSecret, leaksOf, recordLogs } from './secrets.js';

const secret = 'p"ä ss+/wörd=1';

class Holder {
  #held = secret;
  get inherited(): string {
    return this.#held;
  }
}

const deep = (depth: number): object => (depth === 0 ? { secret } : { next: deep(depth - 1) });

const planted: Record<string, unknown> = {
  'a text': `before ${secret} after`,
  'a message': new Error(`wrong: ${secret}`),
  'a stack': Object.assign(new Error('x'), { stack: `Error: ${secret}\n    at x` }),
  'a cause': new Error('x', { cause: new Error(secret) }),
  'an AggregateError': new AggregateError([new Error(secret)], 'x'),
  'a property': Object.assign(new Error('x'), { config: { data: secret } }),
  'a hidden property': Object.defineProperty(new Error('x'), 'hidden', { value: secret, enumerable: false }),
  'a property under a symbol': { [Symbol('x')]: secret },
  'the name of a property': { [secret]: 1 },
  'the name of a symbol': { [Symbol(secret)]: 1 },
  'a getter': Object.defineProperty({}, 'got', { get: () => secret }),
  'an inherited getter': new Holder(),
  'an inherited value': Object.create({ secret }) as object,
  'ten levels down': deep(9),
  'a map': new Map([['key', { secret }]]),
  'the key of a map': new Map([[secret, 1]]),
  'a set': new Set([[secret]]),
  'a buffer': { body: Buffer.from(`x${secret}`, 'latin1') },
  'a typed array': { body: new Uint8Array(Buffer.from(secret)) },
  'bytes without a view': { body: Uint8Array.from(Buffer.from(secret)).buffer },
  'a property of a function': { act: Object.assign(() => 1, { held: { secret } }) },
  'toJSON()': { toJSON: () => ({ secret }) },
  'toString()': { toString: () => secret },
  'inspect()': { [inspect.custom]: () => secret },
  'percent-encoding': `cookie: a=${encodeURIComponent(secret)}`,
  'lower-case percent-encoding': encodeURIComponent(secret).toLowerCase(),
  'form encoding': new URLSearchParams({ password: secret }).toString(),
  JSON: JSON.stringify({ password: secret }),
  'JSON in JSON': JSON.stringify({ body: JSON.stringify({ password: secret }) }),
  'inspected text': inspect([`it's`, secret]),
  base64: Buffer.from(secret).toString('base64'),
  'base64 behind a name': `Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`,
  'base64 behind another name': `Basic ${Buffer.from(`anne@x:${secret}`).toString('base64')}`,
  base64url: Buffer.from(`{"password":"${secret}"}`).toString('base64url'),
  hex: Buffer.from(secret).toString('hex').toUpperCase(),
};

describe('expectNoSecret', () => {
  it.each(Object.keys(planted))('finds a secret planted in %s', (place) => {
    expect(leaksOf(planted[place], [secret])).not.toEqual([]);
    expect(() => expectNoSecret(planted[place], ['harmless', secret])).toThrow();
  });

  it('tells which secret it found and where, without repeating it', () => {
    expect(leaksOf({ config: { data: 'the-secret' } }, ['another', 'the-secret'])).toContain(
      'secret 1, plain, in value.config.data',
    );
  });

  it('passes what holds none of the secrets, circles included', () => {
    const circle: Record<string, unknown> = { map: new Map(), error: new Error('harmless') };
    circle['self'] = circle;
    expectNoSecret(circle, [secret, 'TOKEN-1234']);
  });

  it('passes undefined, null, numbers and functions', () => {
    for (const value of [undefined, null, 1, 1n, true, () => secret]) expectNoSecret(value, ['TOKEN-1234']);
  });

  it('refuses a secret that is too short to be looked for', () => {
    expect(() => leaksOf('x', ['12345'])).toThrow(RangeError);
  });
});

describe('recordLogs', () => {
  it('keeps every level, and what was given beside the message', () => {
    using logs = recordLogs();
    const logger = new Logger('Context');
    logger.log('one');
    logger.warn({ two: { three: { four: { five: secret } } } });
    logger.error(new Error('six'));
    logger.debug(Array.from({ length: 200 }, (_, index) => (index === 199 ? 'x'.repeat(20_000) + secret : index)));
    expect(logs.lines[0]).toBe('log one Context');
    expect(leaksOf(logs.lines[1], [secret])).not.toEqual([]);
    expect(leaksOf(logs.lines[3], [secret])).not.toEqual([]);
    expect(logs.lines[2]).toMatch(/^error Error: six\n {4}at .+ Context$/s);
  });
});
