import type { DocSpaceSession, DocSpaceUser } from 'nestjs-docspace-auth';
import { html } from '../pages/html.js';
import { layout } from '../pages/layout.js';

/** Who is signed in, as DocSpace tells it. */
export function profilePage(user: DocSpaceUser, { checkedAt, stale }: DocSpaceSession): string {
  const body = html`<dl class="card">
      <dt>Name</dt>
      <dd>${user.displayName}</dd>
      <dt>E-mail address</dt>
      <dd>${user.email}</dd>
      <dt>Role in DocSpace</dt>
      <dd>${user.role}</dd>
      <dt>Confirmed by DocSpace</dt>
      <dd>${new Date(checkedAt).toISOString().slice(11, 19)} UTC${stale && ' (it cannot be asked at the moment)'}</dd>
    </dl>
    <p class="aside">
      Programs get this as JSON from <a href="/me">/me</a>, or by <a href="/graphql-page">GraphQL</a>. Who else is here?
      Say something on the <a href="/live">live page</a>.
    </p>`;
  return layout({ title: `Hello, ${user.firstName}`, body, user: user.displayName });
}

/** What is left to say when signing out did not simply end on the start page. */
export function signedOutPage({
  singleLogoutUrl,
  isPortalTold = true,
}: {
  singleLogoutUrl?: string;
  isPortalTold?: boolean;
}): string {
  const body =
    singleLogoutUrl === undefined
      ? html`<p><a class="button" href="/">To the start page</a></p>`
      : html`<p>You are taken to your organisation's sign-on, to sign out there too.</p>
          <p><a class="button" href="${singleLogoutUrl}">Continue</a></p>`;
  const problem = isPortalTold
    ? undefined
    : 'You are signed out here, but DocSpace could not be told. Sign out there too when it is back.';
  return layout({ title: 'Signed out', problem, body });
}
