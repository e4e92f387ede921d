import type { DocSpaceUser } from 'nestjs-docspace-auth';
import { html } from '../pages/html.js';
import { layout, needsScript, signInFirst } from '../pages/layout.js';

/** A room where everybody hears what is said; `assets/live.js` holds the socket. */
export function livePage(user: DocSpaceUser | undefined): string {
  const body = html`<p>A WebSocket behind the guard. Sign out in another tab, and this one is disconnected at once.</p>
    ${!user && signInFirst('/live')} ${needsScript}
    <div class="card" data-scripted hidden>
      <p><strong>Connection:</strong> <span id="connection" role="status"></span></p>
      <div id="said" role="log" aria-label="What was said"></div>
      <form id="say">
        <label for="text">Your message</label>
        <input id="text" maxlength="500" autocomplete="off" required />
        <button>Say it</button>
      </form>
    </div>`;
  return layout({ title: 'Live', body, user: user?.displayName, script: 'live.js' });
}
