import type { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { html, type Html } from '../pages/html.js';
import { demoAccounts } from '../portal/demo-accounts.js';

/** What a newcomer needs to walk every path: who there is, and the codes that would be on their phones. */
export function demoPanel(emulator: DocSpaceEmulator): Html {
  return html`<section aria-labelledby="accounts">
      <h2 id="accounts">Demo accounts</h2>
      <p>The portal is an emulator in this process. It forgets everything when the sample stops.</p>
      <ul class="accounts">
        ${demoAccounts(emulator).map(
          ({ email, password, shows }) =>
            html`<li>
              <a href="/sign-in?userName=${encodeURIComponent(email)}">${email}</a>
              <code>${password}</code>
              <span>${shows}</span>
            </li>`,
        )}
      </ul>
    </section>
    <section aria-labelledby="codes">
      <h2 id="codes">Codes</h2>
      <p>What would be on somebody's phone, as of this moment. <a href="/?codes#codes">Look again</a></p>
      <div class="columns">${smsInbox(emulator)} ${appCodes(emulator)}</div>
    </section>`;
}

function smsInbox({ smsInbox: messages }: DocSpaceEmulator): Html {
  const newest = messages.slice(-8).reverse();
  return html`<div class="card">
    <h3>SMS inbox</h3>
    ${newest.length === 0 && html`<p class="aside">Empty. Sign in as sms@example.com to get one.</p>`}
    <ul class="codes">
      ${newest.map(({ phone, code, at }) => html`<li><strong>${code}</strong> to ${phone}, ${time(at)}</li>`)}
    </ul>
  </div>`;
}

function appCodes({ users }: DocSpaceEmulator): Html {
  const owners = users.all().filter(({ secondFactor }) => secondFactor === 'app');
  return html`<div class="card">
    <h3>Authenticator apps</h3>
    <ul class="codes">
      ${owners.map(
        (user) =>
          html`<li>
            <strong>${user.appCode()}</strong> of
            ${user.email}${
              user.backupCodes.length > 0 &&
              html`<br />backup codes: ${user.backupCodes.map((code) => html`<code>${code}</code> `)}`
            }
          </li>`,
      )}
    </ul>
  </div>`;
}

const time = (at: number): string => `${new Date(at).toISOString().slice(11, 19)} UTC`;
