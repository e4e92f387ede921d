import {
  type DocSpaceCall,
  DocSpaceCredentials,
  DocSpaceSession,
  type DocSpaceSessions,
  type DocSpaceVerdict,
} from 'nestjs-docspace-auth';
import { Subject } from 'rxjs';
import { SessionWatch } from '../../lib/guards/session-watch.js';
import { recordLogs } from '../support/secrets.js';

const SESSION = new DocSpaceSession(DocSpaceCredentials.token('a-token'), 'second', 0, false);

/** Sessions whose answers the test gives. */
class FakeSessions {
  readonly endings = new Subject<string>();
  verdict: DocSpaceVerdict | Error = { status: 'authenticated', checkedAt: 0, stale: false };
  checks = 0;

  /** At which portals sessions were asked for. */
  readonly portals: unknown[] = [];

  endingOf(_credentials: DocSpaceCredentials, { portal }: DocSpaceCall): Subject<string> {
    this.portals.push(portal);
    return this.endings;
  }
  peek(_credentials: DocSpaceCredentials, { portal }: DocSpaceCall): DocSpaceVerdict | undefined {
    this.portals.push(portal);
    return this.verdict instanceof Error ? undefined : this.verdict;
  }
  check(_credentials: DocSpaceCredentials, { portal }: DocSpaceCall): Promise<DocSpaceVerdict> {
    this.portals.push(portal);
    this.checks++;
    return this.verdict instanceof Error ? Promise.reject(this.verdict) : Promise.resolve(this.verdict);
  }
}

describe('a watch over sessions', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function watching(verdict?: FakeSessions['verdict']): {
    sessions: FakeSessions;
    watch: SessionWatch;
    over: jest.Mock;
    stop: () => void;
  } {
    const sessions = new FakeSessions();
    if (verdict) sessions.verdict = verdict;
    const watch = new SessionWatch(sessions as unknown as DocSpaceSessions);
    const over = jest.fn();
    return { sessions, watch, over, stop: watch.follow(SESSION, 60_000, over) };
  }

  it('tells once that a session was ended, and holds on to nothing', () => {
    const { sessions, over } = watching();
    sessions.endings.next('key');
    sessions.endings.next('key');
    expect(over).toHaveBeenCalledTimes(1);
    expect(over).toHaveBeenCalledWith(expect.objectContaining({ reason: 'invalid-credentials' }));
    expect(sessions.endings.observed).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks the portal of the session again at the interval, and goes on while the answer is yes or nobody knows', async () => {
    const { sessions, over } = watching();
    await jest.advanceTimersByTimeAsync(60_000);
    sessions.verdict = { status: 'unknown', error: new Error('outage') as never };
    await jest.advanceTimersByTimeAsync(60_000);
    expect(sessions.checks).toBe(2);
    expect(over).not.toHaveBeenCalled();
    expect(new Set(sessions.portals)).toEqual(new Set(['second']));
  });

  it.each<[DocSpaceVerdict, string]>([
    [{ status: 'anonymous' }, 'invalid-credentials'],
    [{ status: 'refused', reason: 'ip-restricted' }, 'ip-restricted'],
  ])('tells that the portal says no: %j', async (verdict, reason) => {
    const { sessions, over } = watching();
    sessions.verdict = verdict;
    await jest.advanceTimersByTimeAsync(120_000);
    expect(over.mock.calls).toEqual([[expect.objectContaining({ reason })]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each<[what: string, act: (watched: ReturnType<typeof watching>) => void, times: number]>([
    ['once of a session that is ended', ({ sessions }) => sessions.endings.next('key'), 1],
    ['nothing to a client that goes', ({ stop }) => stop(), 0],
  ])('tells %s while the portal is asked', async (_what, act, times) => {
    const watched = watching();
    watched.sessions.verdict = { status: 'anonymous' };
    jest.advanceTimersByTime(60_000);
    act(watched);
    await jest.advanceTimersByTimeAsync(0);
    expect(watched.sessions.checks).toBe(1);
    expect(watched.over).toHaveBeenCalledTimes(times);
  });

  it('tells of a session that was ended while its handshake went on', async () => {
    const sessions = new FakeSessions();
    sessions.verdict = { status: 'anonymous' };
    const over = jest.fn();
    new SessionWatch(sessions as unknown as DocSpaceSessions).follow(SESSION, 60_000, over);
    expect(over).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(0);
    expect(over).toHaveBeenCalledTimes(1);
  });

  it('holds on to nothing when a client has gone', async () => {
    const { sessions, over, stop } = watching();
    sessions.verdict = { status: 'anonymous' };
    stop();
    sessions.endings.next('key');
    await jest.advanceTimersByTimeAsync(120_000);
    expect(over).not.toHaveBeenCalled();
    expect([sessions.endings.observed, jest.getTimerCount()]).toEqual([false, 0]);
  });

  it('holds on to nothing when the application stops', () => {
    const { sessions, watch } = watching();
    watch.follow(SESSION, 1000, () => undefined);
    watch.close();
    expect([sessions.endings.observed, jest.getTimerCount()]).toEqual([false, 0]);
  });

  it('logs an error that is none of ours, and goes on', async () => {
    using logs = recordLogs();
    const { over } = watching(new Error('a mistake'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(over).not.toHaveBeenCalled();
    expect(logs.lines).toEqual([expect.stringMatching(/^error Error: a mistake[^]* DocSpaceHandshake$/)]);
  });
});
