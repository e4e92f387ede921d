import type { NextFunction, Request, Response } from 'express';

/** No inline script or style, nothing from elsewhere, no frame around, no form to elsewhere. */
const PAGES = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Pages whose scripts call this application, by HTTP or over a WebSocket. */
const CALLING = ['/graphql-page', '/live'];

/** Swagger's page styles itself inline, and calls the API. */
const OPEN_API =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Sets on every answer what keeps a browser from being used against its user. */
export function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  response.set({
    'Content-Security-Policy': policyOf(request.path),
    'Cross-Origin-Opener-Policy': 'same-origin',
    // Not no-referrer: the Origin of a posted form would then be null, and the form be refused as foreign.
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  });
  // Pages and answers are somebody's own; after a log-out the back button must not show them.
  if (!request.path.startsWith('/assets/')) response.set('Cache-Control', 'no-store');
  next();
}

function policyOf(path: string): string {
  if (path.startsWith('/docs')) return OPEN_API;
  return CALLING.includes(path) ? `${PAGES}; connect-src 'self'` : PAGES;
}
