import { getEventListeners } from 'node:events';
import { orAborted, SingleFlight } from '../../lib/memory/single-flight';

/** A promise that the spec settles. */
function open<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
}

describe('Questions', () => {
  it('are one at a time for a key, and gone when they are answered', async () => {
    const flights = new SingleFlight<string>();
    const { promise, resolve } = open<string>();
    const answer = flights.start('key', () => promise);
    expect(flights.get('key')?.answer).toBe(answer);
    expect([flights.get('other'), flights.size]).toEqual([undefined, 1]);
    resolve('yes');
    expect(await answer).toBe('yes');
    expect([flights.get('key'), flights.size]).toEqual([undefined, 0]);
  });

  it('are gone when they failed, too', async () => {
    const flights = new SingleFlight<string>();
    await expect(flights.start('key', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(flights.size).toBe(0);
  });

  it('learn that their answer is dated only when somebody says so', async () => {
    const flights = new SingleFlight<boolean[]>();
    const ask = async (dated: () => boolean): Promise<boolean[]> => {
      await Promise.resolve();
      const before = dated();
      const flight = flights.get('key');
      if (flight) flight.dated = true;
      return [before, dated()];
    };
    expect(await flights.start('key', ask)).toEqual([false, true]);
  });

  it('have landed when all of them are answered, whatever with', async () => {
    const flights = new SingleFlight<string>();
    const [one, other] = [open<string>(), open<string>()];
    const failing = expect(flights.start('one', () => one.promise)).rejects.toThrow('down');
    void flights.start('other', () => other.promise);
    const landed = jest.fn();
    const waiting = flights.landed().then(landed);
    one.reject(new Error('down'));
    await failing;
    await new Promise(setImmediate);
    expect(landed).not.toHaveBeenCalled();
    other.resolve('yes');
    await waiting;
    expect(flights.size).toBe(0);
  });
});

describe('A caller', () => {
  const never = new Promise<never>(() => undefined);

  it('without a signal waits for the answer itself', () => {
    expect(orAborted(never, undefined)).toBe(never);
  });

  it.each([
    ['the answer', Promise.resolve('yes'), 'yes'],
    ['the failure', Promise.reject(new Error('down')), new Error('down')],
  ])('who does not give up gets %s, and nothing listens to his signal any more', async (_what, answer, outcome) => {
    const { signal } = new AbortController();
    const heard = orAborted<string>(answer, signal).catch((error: unknown) => error);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(await heard).toEqual(outcome);
    await new Promise(setImmediate);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('who gives up hears his own reason at once, and nothing listens any more', async () => {
    const giving = new AbortController();
    const heard = expect(orAborted(never, giving.signal)).rejects.toThrow('gone');
    giving.abort(new Error('gone'));
    await heard;
    expect(getEventListeners(giving.signal, 'abort')).toHaveLength(0);
  });

  it('who had given up before leaves no rejection unhandled, and nothing that listens', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const failing = new Promise<never>((_resolve, reject) => setImmediate(() => reject(new Error('later'))));
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(orAborted(failing, signal)).rejects.toThrow('gone');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
