import type { DocSpaceAuthConfig } from '../docspace-auth.config.js';
import type { DocSpaceRequest } from '../docspace-auth.options.js';
import type { DocSpaceCall } from './docspace-auth.service.js';

const NOTHING: DocSpaceCall = Object.freeze({});

/** What the application says of a request's caller: which portal, and what is known of the client. */
export function callOf({ client, resolvePortal }: DocSpaceAuthConfig, request: DocSpaceRequest): DocSpaceCall {
  if (!client && !resolvePortal) return NOTHING;
  return { client: client?.(request), portal: resolvePortal?.(request) };
}
