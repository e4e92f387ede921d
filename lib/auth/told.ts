import { DEFAULT_PORTAL } from '../docspace-auth.config.js';
import type { DocSpaceCredentials } from './credentials.js';
import type { DocSpaceCall } from './docspace-auth.service.js';
import { type DocSpaceAuthError, DocSpaceRefusedError } from './errors.js';
import { CHANNELS, type DocSpaceLoginEvent, told } from './events.js';
import type { DocSpaceLoginOutcome } from './login-outcome.js';
import type { DocSpaceEnded } from './session-reports.js';
import type { DocSpaceVerdict } from './verdict.js';

type Step<Args extends unknown[]> = (...args: Args) => Promise<DocSpaceLoginOutcome>;
type Ending = (credentials: DocSpaceCredentials, call?: DocSpaceCall) => Promise<DocSpaceEnded>;

/** Tells of a method of `DocSpaceLogin`, whose call is its first argument with a default. */
export const ToldAsLogin =
  (step: DocSpaceLoginEvent['step']) =>
  <Args extends unknown[]>(_: object, _name: string, method: TypedPropertyDescriptor<Step<Args>>): void => {
    const run = method.value as Step<Args>;
    method.value = function (this: unknown, ...args: Args) {
      const { portal = DEFAULT_PORTAL, client } = (args[run.length] ?? {}) as DocSpaceCall;
      const known = { portal, step, ...(client?.address !== undefined && { address: client.address }) };
      return told(
        CHANNELS.login,
        known,
        () => run.apply(this, args),
        ({ status }) => ({ outcome: status }),
      );
    };
  };

/** Tells of `DocSpaceSessions.end`. */
export function ToldAsLogout(_: object, _name: string, method: TypedPropertyDescriptor<Ending>): void {
  const run = method.value as Ending;
  method.value = async function (this: unknown, credentials, call = {}) {
    const known = { portal: call.portal ?? DEFAULT_PORTAL, kind: credentials.kind };
    return told(
      CHANNELS.logout,
      known,
      () => run.call(this, credentials, call),
      ({ revoked }) => ({ outcome: revoked ? 'revoked' : 'not-revoked' }),
    );
  };
}

/** Tells of a question about credentials. */
export const toldCheck = (
  { kind }: DocSpaceCredentials,
  { portal = DEFAULT_PORTAL }: DocSpaceCall,
  ask: () => Promise<DocSpaceVerdict>,
): Promise<DocSpaceVerdict> => told(CHANNELS.check, { portal, kind }, ask, outcomeOf);

function outcomeOf(verdict: DocSpaceVerdict): object {
  switch (verdict.status) {
    case 'unknown':
      return { outcome: 'unknown', ...reasonOf(verdict.error), error: verdict.error };
    case 'refused':
      return { outcome: 'refused', reason: verdict.reason };
    default:
      return { outcome: verdict.status };
  }
}

const reasonOf = (error: DocSpaceAuthError): object =>
  error instanceof DocSpaceRefusedError ? { reason: error.reason } : {};
