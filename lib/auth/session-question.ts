import type { Answer } from '../memory/session-check.js';
import type { DocSpaceCredentials } from './credentials.js';
import type { DocSpaceAuthService, DocSpaceCall } from './docspace-auth.service.js';
import { DocSpaceAuthError, DocSpaceProtocolError, DocSpaceRefusedError, DocSpaceUnavailableError } from './errors.js';
import { toldCheck } from './told.js';
import { ANONYMOUS, authenticated, type DocSpaceVerdict, refused, unknown } from './verdict.js';

/** Asks the portal for the memory, and tells the channel. */
export const askAnswer = async (
  service: DocSpaceAuthService,
  credentials: DocSpaceCredentials,
  call: DocSpaceCall,
): Promise<Answer<DocSpaceVerdict>> =>
  answerOf(await toldCheck(credentials, call, () => askVerdict(service, credentials, call)));

/** What a verdict means for the memory: only a missing answer lets an earlier confirmation stand in. */
function answerOf(verdict: DocSpaceVerdict): Answer<DocSpaceVerdict> {
  switch (verdict.status) {
    case 'authenticated':
      return { kind: 'confirmed', at: verdict.checkedAt };
    case 'anonymous':
    case 'refused':
      return { kind: 'refused', verdict };
    case 'unknown':
      return { kind: 'unknown', verdict, mayStandIn: verdict.error instanceof DocSpaceUnavailableError };
  }
}

/** Asks the portal once whether it knows the credentials, and reads the answer as a verdict. */
export async function askVerdict(
  service: DocSpaceAuthService,
  credentials: DocSpaceCredentials,
  call: DocSpaceCall,
): Promise<DocSpaceVerdict> {
  const askedAt = Date.now();
  try {
    const { portal, client, signal } = call;
    const { response } = await service.getIsAuthentificated({ credentials, portal, client, signal });
    return response === true ? authenticated(askedAt, false) : ANONYMOUS;
  } catch (error) {
    if (!(error instanceof DocSpaceAuthError)) throw error;
    return verdictOf(error, credentials, () => answersAnybody(service, call));
  }
}

async function verdictOf(
  error: DocSpaceAuthError,
  { kind }: DocSpaceCredentials,
  portalAnswers: () => Promise<boolean>,
): Promise<DocSpaceVerdict> {
  if (!(error instanceof DocSpaceRefusedError)) return unknown(error);
  switch (error.reason) {
    case 'ip-restricted':
      return refused(error.reason);
    case 'api-key-refused':
      // Maintenance looks the same as a refused key; whoever presents no key sees the difference (ApiKeyScopesFilter).
      return (await portalAnswers())
        ? refused(error.reason)
        : unknown(new DocSpaceRefusedError('portal-maintenance', error.message, error));
    case 'invalid-credentials':
    case 'invalid-request':
      // Only a JWT that can't be read is answered so (JwtBearerAuthHandler.cs).
      return kind === 'jwt' ? ANONYMOUS : unknown(new DocSpaceProtocolError(error.message, error));
    default:
      return unknown(error);
  }
}

async function answersAnybody(
  service: DocSpaceAuthService,
  { portal, client, signal }: DocSpaceCall,
): Promise<boolean> {
  try {
    await service.getIsAuthentificated({ portal, client, signal });
    return true;
  } catch (error) {
    if (error instanceof DocSpaceAuthError) return false;
    throw error;
  }
}
