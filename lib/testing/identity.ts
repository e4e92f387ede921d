import type { Result } from './envelopes.js';
import type { Exchange } from './exchange.js';
import type { Call, Route } from './routes.js';

/** The identity service, as far as checking an access token needs it; its answers are no envelopes. */
export const identityRoutes: readonly Route[] = [
  ...['/.well-known/openid-configuration', '/oauth2/.well-known/openid-configuration'].map((path): Route => ({
    method: 'GET',
    path,
    access: 'anonymous',
    run: discovery,
  })),
  { method: 'GET', path: '/oauth2/jwks', access: 'anonymous', run: keys },
  { method: 'POST', path: '/oauth2/introspect', access: 'anonymous', run: introspect },
];

function discovery({ exchange }: Call): Result {
  const issuer = `${exchange.root}/oauth2`;
  return {
    bare: true,
    response: {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      introspection_endpoint: `${issuer}/introspect`,
      id_token_signing_alg_values_supported: ['ES256'],
    },
  };
}

function keys({ exchange }: Call): Result {
  return { bare: true, response: { keys: [exchange.installation.jwts.publicJwk] } };
}

function introspect({ exchange }: Call): Result {
  return { bare: true, response: { active: isActive(exchange) } };
}

function isActive({ body, installation, root, portal }: Exchange): boolean {
  const token = new URLSearchParams(body.toString('utf8')).get('token') ?? '';
  try {
    return installation.jwts.read(token, root, portal.now(), true) !== undefined;
  } catch {
    return false;
  }
}
