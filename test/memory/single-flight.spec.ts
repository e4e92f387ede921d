import { orAborted } from '../../lib/memory/single-flight';

it('leaves no rejection unhandled when the caller had given up before', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const failing = new Promise<never>((_resolve, reject) => setImmediate(() => reject(new Error('later'))));
  await expect(orAborted(failing, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
