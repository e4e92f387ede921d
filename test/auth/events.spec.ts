import { channel } from 'node:diagnostics_channel';
import { CHANNELS, type DocSpaceTimedEvent, told, tracing } from '../../lib/auth/events.js';
import { DocSpaceProtocolError, DocSpaceRefusedError, DocSpaceUnavailableError } from '../../lib/auth/errors.js';
import { Heard } from '../telemetry/heard.js';

const known = { portal: 'sales', kind: 'token' };
const done = (): Promise<string> => Promise.resolve('value');
const read = (value: string): object => ({ outcome: `read ${value}` });

afterEach(() => {
  delete tracing.open;
  jest.restoreAllMocks();
});

it('has a channel for each kind of event, by a name that others can write down', () => {
  const names = Object.entries(CHANNELS).map(([name, one]) => [name, one.name]);
  expect(names).toEqual(['login', 'check', 'logout', 'breaker'].map((name) => [name, `docspace:${name}`]));
});

describe('what is told', () => {
  it('is what came of it, what was known, when it began and how long it took; frozen', async () => {
    using heard = new Heard('docspace:spec');
    jest.spyOn(Date, 'now').mockReturnValue(1000);
    jest.spyOn(performance, 'now').mockReturnValueOnce(70).mockReturnValueOnce(320);
    expect(await told(channel('docspace:spec'), known, done, read)).toBe('value');
    expect(heard.events).toStrictEqual([
      { outcome: 'read value', portal: 'sales', kind: 'token', startedAt: 1000, durationMs: 250 },
    ]);
    expect(Object.isFrozen(heard.events[0])).toBe(true);
  });

  const refused = new DocSpaceRefusedError('locked-out', 'x');
  const unavailable = new DocSpaceUnavailableError('x');
  const unreadable = new DocSpaceProtocolError('x');
  it.each([
    ['a refusal and its reason', refused, { outcome: 'refused', reason: 'locked-out' }],
    ['an outage', unavailable, { outcome: 'unavailable' }],
    ['an answer that cannot be read', unreadable, { outcome: 'unreadable' }],
  ])('is %s, with the error that the caller gets too', async (_, error, tells) => {
    using heard = new Heard('docspace:spec');
    await expect(told(channel('docspace:spec'), known, () => Promise.reject(error), read)).rejects.toBe(error);
    const times = { startedAt: expect.any(Number) as number, durationMs: expect.any(Number) as number };
    expect(heard.events).toStrictEqual([{ ...tells, error, ...known, ...times }]);
    expect(heard.events[0]).toHaveProperty('error', error);
  });

  it('is nothing of a mistake or an abort of the caller’s', async () => {
    using heard = new Heard('docspace:spec');
    for (const error of [new TypeError('a mistake'), new Error('gone')])
      await expect(told(channel('docspace:spec'), known, () => Promise.reject(error), read)).rejects.toBe(error);
    expect(heard.events).toHaveLength(0);
  });
});

describe('who traces', () => {
  /** What a tracer sees, in order. */
  function aTracer(): { seen: unknown[]; step: (what: string) => void } {
    const seen: unknown[] = [];
    tracing.open = (name) => {
      seen.push(`open ${name}`);
      return {
        run: (inside) => {
          seen.push('run');
          return inside();
        },
        end: (event?: DocSpaceTimedEvent) => void seen.push(event),
      };
    };
    return { seen, step: (what) => void seen.push(what) };
  }

  it('is around it from its begin to the event at its end', async () => {
    using heard = new Heard('docspace:spec');
    const { seen, step } = aTracer();
    const run = (): Promise<string> => {
      step('inside');
      return done();
    };
    await told(channel('docspace:spec'), known, run, read);
    expect(seen).toEqual(['open docspace:spec', 'run', 'inside', heard.events[0]]);
    expect(heard.events).toHaveLength(1);
  });

  it('is told of the end without an event where nothing is told', async () => {
    using heard = new Heard('docspace:spec');
    const { seen } = aTracer();
    const gone = new Error('gone');
    await expect(told(channel('docspace:spec'), known, () => Promise.reject(gone), read)).rejects.toBe(gone);
    expect(seen).toEqual(['open docspace:spec', 'run', undefined]);
    expect(heard.events).toHaveLength(0);
  });

  it('sees nothing while nobody listens', async () => {
    const { seen } = aTracer();
    const unread = jest.fn(read);
    expect(await told(channel('docspace:unheard'), known, done, unread)).toBe('value');
    expect([seen, unread.mock.calls]).toEqual([[], []]);
  });
});
