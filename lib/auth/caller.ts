import type { DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import type { DocSpaceCall } from './docspace-auth.service.js';
import { DocSpaceRefusedError } from './errors.js';

const NOTHING: DocSpaceCall = Object.freeze({});

/**
 * What the application says of a request's caller: which portal, and what is known of the client.
 * @throws DocSpaceRefusedError `invalid-request` for a portal that there is not: its name may be what the caller sent.
 */
export function callOf({ client, portals, resolvePortal }: DocSpaceAuthConfig, request: DocSpaceRequest): DocSpaceCall {
  if (!client && !resolvePortal) return NOTHING;
  const portal = resolvePortal?.(request);
  if (portal !== undefined && !portals.some(({ name }) => name === portal))
    throw new DocSpaceRefusedError('invalid-request', 'portal: not one of the application');
  return { client: client?.(request), portal };
}
