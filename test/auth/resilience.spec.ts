import { DocSpaceProtocolError, DocSpaceUnavailableError } from '../../lib/auth/errors.js';
import type { PortalQuestion } from '../../lib/auth/portal-client.js';
import { type BreakerState, PortalNotAskedError, PortalTimeoutError, Resilience } from '../../lib/auth/resilience.js';
import { answerOf, type PortalAnswer } from '../../lib/auth/transport.js';
import { heapUsed } from '../support/growth.js';

const check: PortalQuestion = { endpoint: 'GET /check', method: 'GET', path: '/check' };
const login: PortalQuestion = { endpoint: 'POST /login', method: 'POST', path: '/login' };

const answer = (status: number, headers = {}): Promise<PortalAnswer> => Promise.resolve(answerOf(status, headers, ''));
const good = (): Promise<PortalAnswer> => answer(200);
const lost = (): Promise<PortalAnswer> => Promise.reject(new DocSpaceUnavailableError('no answer'));
const late = (): Promise<PortalAnswer> => Promise.reject(new PortalTimeoutError('too late'));
const notConnected = (): Promise<PortalAnswer> => Promise.reject(new PortalNotAskedError('no connection'));
const unreadable = (): Promise<PortalAnswer> => Promise.reject(new DocSpaceProtocolError('not HTTP'));
const mistaken = (): Promise<PortalAnswer> => Promise.reject(new TypeError('a mistake'));

/** Sends that wait until the spec lets them go. */
function held(): { send: () => Promise<PortalAnswer>; begun: () => number; letGo: () => void } {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  let begun = 0;
  const send = async (): Promise<PortalAnswer> => {
    begun++;
    if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
    return good();
  };
  const letGo = (): void => {
    isOpen = true;
    for (const go of waiting) go();
  };
  return { send, begun: () => begun, letGo };
}

afterEach(() => jest.restoreAllMocks());

/** The breaker after as many answers. */
async function stateAfter(sends: readonly (() => Promise<PortalAnswer>)[], question = login): Promise<BreakerState> {
  const resilience = new Resilience();
  for (const send of sends) await resilience.run(question, send).catch(() => undefined);
  return resilience.state;
}

describe('the breaker', () => {
  it.each<[what: string, send: () => Promise<PortalAnswer>]>([
    ['answers that got lost', lost],
    ['connections that never stood', notConnected],
    ['answers that came too late', late],
    ['a 502', () => answer(502)],
    ['a 503', () => answer(503)],
    ['a 503 that names a time', () => answer(503, { 'retry-after': '9' })],
    ['a 504', () => answer(504)],
  ])('opens after five times %s, and not before', async (_, send) => {
    expect(await stateAfter(Array(4).fill(send))).toBe('closed');
    expect(await stateAfter(Array(5).fill(send))).toBe('open');
  });

  it.each<[what: string, send: () => Promise<PortalAnswer>]>([
    ['a 200', good],
    ['a 500', () => answer(500)],
    ['a 501', () => answer(501)],
    ['a 505', () => answer(505)],
    ['what is not HTTP', unreadable],
    ['a mistake of ours', mistaken],
  ])('does not count %s', async (_, send) => {
    expect(await stateAfter(Array(12).fill(send))).toBe('closed');
  });

  it('opens when more than half of the last twenty are missing', async () => {
    const half = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? good : lost));
    expect(await stateAfter(half)).toBe('closed');
    expect(await stateAfter([...Array<typeof good>(40).fill(good), ...Array<typeof good>(10).fill(lost)])).toBe(
      'closed',
    );
    expect(await stateAfter([...Array<typeof good>(40).fill(good), ...Array<typeof good>(11).fill(lost)])).toBe('open');
  });

  it('refuses at once while it is open, with the time that is left; then one question tries the portal', async () => {
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const states: BreakerState[] = [];
    const resilience = new Resilience((state) => states.push(state));
    for (let count = 0; count < 5; count++) await resilience.run(login, lost).catch(() => undefined);
    const send = jest.fn(good);
    now += 1500;
    const refusal: unknown = await resilience.run(login, send).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortalNotAskedError);
    expect(refusal).toMatchObject({
      name: 'DocSpaceUnavailableError',
      message: 'POST /login: not asked, the portal has not been answering',
      endpoint: 'POST /login',
      retryAfterMs: 3500,
    });
    now += 3500;
    const { send: trying, letGo } = held();
    const trial = resilience.run(login, trying);
    expect([resilience.state, send.mock.calls.length]).toEqual(['half-open', 0]);
    letGo();
    await trial;
    await resilience.run(login, send);
    expect([resilience.state, send.mock.calls.length]).toEqual(['closed', 1]);
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('opens for as long again when that one question fails', async () => {
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const resilience = new Resilience();
    for (let count = 0; count < 5; count++) await resilience.run(login, lost).catch(() => undefined);
    now += 5000;
    await expect(resilience.run(login, lost)).rejects.toThrow('no answer');
    await expect(resilience.run(login, good)).rejects.toMatchObject({ retryAfterMs: 5000 });
  });
});

describe('a second try', () => {
  it.each<[what: string, send: () => Promise<PortalAnswer>]>([
    ['an answer that got lost', lost],
    ['a connection that never stood', notConnected],
    ['a 502', () => answer(502)],
    ['a 504', () => answer(504)],
  ])('follows %s, once, and only for a GET', async (_, failing) => {
    const send = jest.fn(good).mockImplementationOnce(failing);
    expect((await new Resilience().run(check, send)).status).toBe(200);
    expect(send).toHaveBeenCalledTimes(2);
    const always = jest.fn(failing);
    await new Resilience().run(check, always).catch(() => undefined);
    expect(always).toHaveBeenCalledTimes(2);
    const post = jest.fn(failing);
    await new Resilience().run(login, post).catch(() => undefined);
    expect(post).toHaveBeenCalledTimes(1);
  });

  it.each<[what: string, send: () => Promise<PortalAnswer>]>([
    ['an answer that took all its time', late],
    ['an answer that names a time', () => answer(503, { 'retry-after': '9' })],
    ['a 501', () => answer(501)],
    ['a 505', () => answer(505)],
    ['what is not HTTP', unreadable],
    ['a mistake of ours', mistaken],
  ])('does not follow %s', async (_, failing) => {
    const send = jest.fn(failing);
    await new Resilience().run(check, send).catch(() => undefined);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it.each([
    [0, 50],
    [0.5, 100],
  ])('follows after 50 to 150 ms, spread by chance (%d)', async (chance, ms) => {
    jest.spyOn(Math, 'random').mockReturnValue(chance);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await new Resilience().run(check, jest.fn(good).mockImplementationOnce(lost));
    expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([ms]);
  });
});

describe('the bulkhead', () => {
  it('lets 64 questions go at a time and 256 wait, and refuses what is more', async () => {
    const resilience = new Resilience();
    const { send, begun, letGo } = held();
    const answers = Array.from({ length: 320 }, () => resilience.run(login, send));
    expect(begun()).toBe(64);
    await expect(resilience.run(login, send)).rejects.toMatchObject({
      code: 'ERR_DOCSPACE_UNAVAILABLE',
      name: 'DocSpaceUnavailableError',
      message: 'POST /login: not asked, too many questions are waiting',
      endpoint: 'POST /login',
      retryAfterMs: 1000,
    });
    letGo();
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(begun()).toBe(320);
  });

  it('makes no outage of those that it refuses', async () => {
    const resilience = new Resilience();
    const { send, letGo } = held();
    const answers = Array.from({ length: 320 }, () => resilience.run(login, send));
    for (let count = 0; count < 30; count++) await resilience.run(login, send).catch(() => undefined);
    letGo();
    await Promise.all(answers);
    expect(resilience.state).toBe('closed');
  });
});

describe('a close', () => {
  it('waits for what is under way, answered or not, and takes nothing more', async () => {
    const resilience = new Resilience();
    const { send, letGo } = held();
    const answered = resilience.run(login, send);
    const failed = resilience.run(login, async () => {
      await send();
      return lost();
    });
    const closed = jest.fn();
    const closing = resilience.close().then(closed);
    const more = jest.fn(good);
    const refusal: unknown = await resilience.run(check, more).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortalNotAskedError);
    expect(refusal).toMatchObject({
      message: 'GET /check: not asked, the application is closing',
      endpoint: 'GET /check',
    });
    await new Promise(setImmediate);
    expect([closed.mock.calls.length, more.mock.calls.length]).toEqual([0, 0]);
    letGo();
    expect((await answered).status).toBe(200);
    await expect(failed).rejects.toThrow('no answer');
    await closing;
    await expect(resilience.close()).resolves.toBeUndefined();
  });
});

it('calls what only this package tells apart by the name that everybody knows', () => {
  for (const One of [PortalTimeoutError, PortalNotAskedError]) {
    expect(new One('words')).toBeInstanceOf(DocSpaceUnavailableError);
    expect(new One('words')).toMatchObject({ name: 'DocSpaceUnavailableError', code: 'ERR_DOCSPACE_UNAVAILABLE' });
  }
});

it('keeps nothing of an answer that was delivered', async () => {
  const resilience = new Resilience();
  const large = (): Promise<PortalAnswer> => Promise.resolve(answerOf(200, {}, 'x'.repeat(10_000).split('').join('')));
  const before = await heapUsed();
  for (let count = 0; count < 300; count++) await resilience.run(login, large);
  expect((await heapUsed()) - before).toBeLessThan(1_000_000);
});
