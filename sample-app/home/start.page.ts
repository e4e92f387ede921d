import type { DocSpaceUser } from 'nestjs-docspace-auth';
import { html, type Html } from '../pages/html.js';
import { layout } from '../pages/layout.js';
import type { Portal } from '../portal/portal.js';
import { demoPanel } from './demo-panel.js';

export interface Start {
  readonly portal: Portal;
  readonly user?: DocSpaceUser | undefined;
  readonly hasSignedOut: boolean;
}

/** The page for everybody. */
export function startPage({ portal, user, hasSignedOut }: Start): string {
  const body = html`<p class="lead">This application signs you in with ONLYOFFICE DocSpace, at ${portal.url}.</p>
    <p>${user ? html`<a class="button" href="/profile">Your profile</a>` : signIn}</p>
    <p>
      Behind the same guard: REST (<a href="/docs">OpenAPI</a>), <a href="/graphql-page">GraphQL</a>, and a
      <a href="/live">WebSocket</a>.
    </p>
    ${portal.emulator && demoPanel(portal.emulator)}`;
  const notice = hasSignedOut ? 'You are signed out, here and at DocSpace.' : undefined;
  return layout({ title: 'Sign in with DocSpace', notice, body, user: user?.displayName, wide: true });
}

const signIn: Html = html`<a class="button" href="/sign-in">Sign in</a>`;
