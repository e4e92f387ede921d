import type { DocSpaceUser } from 'nestjs-docspace-auth';
import { html } from '../pages/html.js';
import { layout, needsScript, signInFirst } from '../pages/layout.js';

/** What can be tried, with what the button says and whom the resolver lets in. */
const OPERATIONS = [
  { button: 'Ask who I am', query: '{ me { name email role } }', access: 'For who is signed in.' },
  { button: 'Ask as an administrator', query: '{ forAdmins }', access: "@RequireRoles('admin')" },
  { button: 'Ask as anybody', query: '{ forEverybody }', access: '@AllowAnonymous()' },
  { button: 'Listen', query: 'subscription { said }', access: 'A WebSocket, for who is signed in.' },
  { button: 'Say hello', query: 'mutation { say(text: "Hello") }', access: 'For who is signed in. Listen first.' },
];

/** Operations to send; `assets/graphql.js` sends them and shows the answers. */
export function graphqlPage(user: DocSpaceUser | undefined): string {
  const body = html`<p>
      Queries, a mutation and a subscription behind the guard, at <code>/graphql</code>. Sign out in another tab while
      you listen, and the subscription is closed.
    </p>
    ${!user && signInFirst('/graphql-page')} ${needsScript}
    <div class="columns" data-scripted hidden>
      ${OPERATIONS.map(
        ({ button, query, access }) =>
          html`<div class="card operation">
            <code>${query}</code>
            <p class="aside">${access}</p>
            <button>${button}</button>
            <pre role="status"></pre>
          </div>`,
      )}
    </div>`;
  return layout({ title: 'GraphQL', body, user: user?.displayName, wide: true, script: 'graphql.js' });
}
