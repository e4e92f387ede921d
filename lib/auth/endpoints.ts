import type { Operation } from './refusals.js';

/** One of the portal's endpoints that this package calls. */
export interface Endpoint {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** How the route is written in errors, where it differs from the path. */
  readonly template?: string;
}

const BASE = '/api/2.0/authentication';
/** The seven endpoints of the Authentication API (AuthenticationController.cs). */
export const ENDPOINTS = {
  login: { operation: 'login', method: 'POST', path: BASE },
  // The portal never reads the path's code (AuthenticationController.cs), so no caller's text gets near a route.
  code: { operation: 'code', method: 'POST', path: `${BASE}/000000`, template: `${BASE}/{code}` },
  confirm: { operation: 'confirm', method: 'POST', path: `${BASE}/confirm` },
  check: { operation: 'check', method: 'GET', path: BASE },
  logout: { operation: 'logout', method: 'POST', path: `${BASE}/logout` },
  phone: { operation: 'phone', method: 'POST', path: `${BASE}/setphone` },
  sms: { operation: 'sms', method: 'POST', path: `${BASE}/sendsms` },
} as const satisfies Record<string, Endpoint>;

/** The route as errors name it. */
export const templateOf = ({ method, path, template }: Endpoint): string => `${method} ${template ?? path}`;
