import { Logger } from '@nestjs/common';
import type { DocSpaceRefusalReason } from '../auth/errors.js';
import {
  CHANNELS,
  type DocSpaceBreakerEvent,
  type DocSpaceCheckEvent,
  type DocSpaceLogoutEvent,
  type DocSpaceTimedEvent,
} from '../auth/events.js';
import { STORE } from '../memory/shared-memory.js';
import { Shared } from './shared.js';
import { subscribeTo } from './subscriptions.js';

/** A line of one kind is written once in this time, with how many more there were. */
const QUIET_MS = 60_000;

/** What an operator can do about a refusal. Reasons that are the caller's own business are not logged. */
const ADVICE: Partial<Record<DocSpaceRefusalReason, string>> = {
  'portal-not-found': 'Is portalUrl what its users type, and does internalUrl lead to it?',
  'portal-maintenance': 'Its administrator knows whether it is suspended, moved or restored.',
  'payment-required': 'Its plan has ended.',
  'rate-limited':
    'It limits this server: raise sessions.ttlMs, share sessions through Redis, or have the address exempted.',
  'ip-restricted': 'It lets only certain addresses in: the option "client" tells it the callers\' own.',
  'locked-out': 'It locks logins by name and address: without the option "client" all callers share one.',
  'sms-unavailable': 'Its SMS provider is missing, or refuses.',
  throttled: 'Somebody may be trying passwords or codes; loginThrottle stops it here.',
};

/** Writes what an operator should know, through Nest's `Logger`: nobody's name, address or secret. */
export const operatorLog = new Shared(() => {
  const log = new Logger('DocSpaceAuth');
  const quiet = new Quiet();
  const warn = (kind: string, text: string): void => {
    const more = quiet.pass(kind);
    if (more !== undefined) log.warn(more === 0 ? text : `${text} (${more} more since the last such line)`);
  };

  const problem = ({ portal, reason, error }: DocSpaceTimedEvent): void => {
    if (reason !== undefined && !ADVICE[reason]) return;
    const what = error?.message ?? reason;
    if (what === undefined) return;
    const advice = reason === undefined ? '' : ` ${ADVICE[reason] ?? ''}`;
    warn(`${portal} ${error?.code ?? ''} ${reason ?? ''}`, `Portal "${portal}": ${what}.${advice}`);
  };

  const logout = (event: DocSpaceLogoutEvent): void => {
    problem(event);
    const { portal, kind, outcome } = event;
    if (kind === 'token' && outcome === 'not-revoked')
      warn(
        `${portal} not revoked`,
        `Portal "${portal}" does not say that a logged-out session is over. It is over here.`,
      );
  };

  const breaker = ({ portal, state }: DocSpaceBreakerEvent): void => {
    const name = `Portal "${portal}"`;
    if (state === 'open')
      warn(`${portal} open`, `${name} does not answer and is asked only now and then; who is not remembered gets 503.`);
    if (state === 'closed' && quiet.pass(`${portal} closed`) !== undefined) log.log(`${name} answers again.`);
  };

  const store = ({ errors }: { errors: number }): void =>
    warn(
      'store',
      `The shared session store fails (failures so far: ${errors}); each node goes on alone. Is Redis there?`,
    );

  return subscribeTo(
    [CHANNELS.check, (event: DocSpaceCheckEvent) => problem(event)],
    [CHANNELS.login, problem],
    [CHANNELS.logout, logout],
    [CHANNELS.breaker, breaker],
    [STORE, store],
  );
});

/** Lets one line of a kind through now and then. Kinds are portals and reasons, so there are few. */
class Quiet {
  readonly #lines = new Map<string, { at: number; more: number }>();

  /** How many were held back since the last of this kind; undefined where this one is held back too. */
  pass(kind: string): number | undefined {
    const now = Date.now();
    const line = this.#lines.get(kind);
    if (line && now - line.at >= 0 && now - line.at < QUIET_MS) {
      line.more++;
      return undefined;
    }
    this.#lines.set(kind, { at: now, more: 0 });
    return line?.more ?? 0;
  }
}
