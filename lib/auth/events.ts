import { type Channel, channel } from 'node:diagnostics_channel';
import type { DocSpaceCredentialKind } from './credentials.js';
import {
  DocSpaceAuthError,
  DocSpaceRefusedError,
  type DocSpaceRefusalReason,
  DocSpaceUnavailableError,
} from './errors.js';
import type { DocSpaceLoginOutcome } from './login-outcome.js';
import type { BreakerState } from './resilience.js';
import type { DocSpaceVerdict } from './verdict.js';

/** What the events of something that took time have in common. They hold no secret, and nobody's login name. */
export interface DocSpaceTimedEvent {
  /** The portal's name among the application's portals. */
  readonly portal: string;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Why it was refused, where it was. */
  readonly reason?: DocSpaceRefusalReason;
  /** What went wrong, where something did. */
  readonly error?: DocSpaceAuthError;
}

type Failure = 'refused' | 'unavailable' | 'unreadable';

/** On the channel `docspace:login`: a step of a login is over. */
export interface DocSpaceLoginEvent extends DocSpaceTimedEvent {
  /** Which of the methods of `DocSpaceLogin`: `start`, `verifyCode`, `resendCode` or `savePhone`. */
  readonly step: 'start' | 'code' | 'resend' | 'phone';
  /** The status of the outcome, or how it failed. */
  readonly outcome: DocSpaceLoginOutcome['status'] | Failure;
  /** The caller's address, where the option `client` tells it. */
  readonly address?: string;
}

/** On the channel `docspace:check`: a portal was asked about credentials. What is remembered is not told. */
export interface DocSpaceCheckEvent extends DocSpaceTimedEvent {
  /** The kind of the credentials. */
  readonly kind: DocSpaceCredentialKind;
  /** The status of the verdict. */
  readonly outcome: DocSpaceVerdict['status'];
}

/** On the channel `docspace:logout`: `DocSpaceSessions.end` is over. */
export interface DocSpaceLogoutEvent extends DocSpaceTimedEvent {
  /** The kind of the credentials. */
  readonly kind: DocSpaceCredentialKind;
  /** Whether the portal no longer knows the credentials, or how the log-out failed. */
  readonly outcome: 'revoked' | 'not-revoked' | Failure;
}

/** On the channel `docspace:breaker`: a portal's circuit breaker changed. */
export interface DocSpaceBreakerEvent {
  /** The portal's name among the application's portals. */
  readonly portal: string;
  /** Its state from now on; while it is `open` the portal is not asked. */
  readonly state: BreakerState;
}

/** The channels of `node:diagnostics_channel`, by which anybody in the process may listen. */
export const CHANNELS = {
  login: channel('docspace:login'),
  check: channel('docspace:check'),
  logout: channel('docspace:logout'),
  breaker: channel('docspace:breaker'),
} as const;

/** What goes on around something that is told of, such as a trace's span. */
export interface Surroundings {
  /** Runs it inside. */
  run<T>(inside: () => T): T;
  /** It is over; without an event for a caller's own mistake or abort. */
  end(event?: DocSpaceTimedEvent): void;
}

/** Set by whoever traces this process; one at a time. */
export const tracing: { open?: ((channel: string) => Surroundings) | undefined } = {};

/**
 * Runs, and tells the channel what came of it: a value, or an error of ours. Nothing but the run while nobody listens.
 * What else is thrown (a wrong argument, a caller's abort) is not told.
 */
export async function told<T>(
  on: Channel,
  known: Readonly<Record<string, string> & { portal: string }>,
  run: () => Promise<T>,
  read: (value: T) => object,
): Promise<T> {
  if (!on.hasSubscribers) return run();
  const [startedAt, started] = [Date.now(), performance.now()];
  const surroundings = tracing.open?.(String(on.name));
  const tell = (outcome: object | undefined): void => {
    const durationMs = performance.now() - started;
    const event = outcome && Object.freeze(Object.assign(outcome, known, { startedAt, durationMs }));
    if (event) on.publish(event);
    surroundings?.end(event);
  };
  try {
    const value = await (surroundings ? surroundings.run(run) : run());
    tell(read(value));
    return value;
  } catch (error) {
    tell(failureOf(error));
    throw error;
  }
}

function failureOf(error: unknown): { outcome: Failure; reason?: DocSpaceRefusalReason; error: Error } | undefined {
  if (!(error instanceof DocSpaceAuthError)) return undefined;
  if (error instanceof DocSpaceRefusedError) return { outcome: 'refused', reason: error.reason, error };
  return { outcome: error instanceof DocSpaceUnavailableError ? 'unavailable' : 'unreadable', error };
}
