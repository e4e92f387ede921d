import type { DocSpaceAppEnrolment, DocSpaceCodeRequired } from 'nestjs-docspace-auth';
import { renderSVG } from 'uqr';
import { html, Html } from '../pages/html.js';
import { layout, PROBLEM_ID } from '../pages/layout.js';
import type { Problem } from '../pages/sentences.js';
import { hiddenFields, type OpenStep } from './open-step.js';

export interface StepForm {
  readonly step: OpenStep;
  readonly returnTo: string;
  readonly problem?: Problem | undefined;
  readonly notice?: string | undefined;
  /** Whether the portal is the emulator, whose start page shows every code. */
  readonly demo: boolean;
}

/** The second step, whichever it is. */
export function stepPage(form: StepForm): string {
  const { step, problem, notice } = form;
  const page = { problem: problem?.sentence, notice };
  switch (step.status) {
    case 'phone-enrolment':
      return layout({ ...page, title: 'Your mobile phone', body: phoneForm(form) });
    case 'app-enrolment':
      return layout({ ...page, title: 'Set up your authenticator app', body: enrolmentForm(form, step) });
    case 'code-required':
      return step.method === 'sms'
        ? layout({ ...page, title: 'Enter the code from the SMS', body: smsForm(form, step) })
        : layout({ ...page, title: 'Enter the code from your app', body: appForm(form) });
  }
}

const state = ({ step, returnTo }: StepForm): Html =>
  html`${hiddenFields(step)}<input type="hidden" name="returnTo" value="${returnTo}" />`;

/** What a field needs when it was wrong; `hint` describes it in any case. */
const described = ({ problem }: StepForm, hint: string): Html =>
  problem ? html` aria-invalid="true" aria-describedby="${PROBLEM_ID} ${hint}"` : html` aria-describedby="${hint}"`;

const CODE = html`type="text" inputmode="numeric" autocomplete="one-time-code" spellcheck="false" maxlength="32"
required`;
const START_AGAIN = html`<p class="aside"><a href="/sign-in">Start again</a></p>`;

const demoHint = ({ demo }: StepForm, what: string): Html | false =>
  demo &&
  html`<p class="aside">
    This is a demo: <a href="/#codes" target="_blank" rel="noopener">the start page shows ${what}</a> (opens a new tab).
  </p>`;

function smsForm(form: StepForm, { phoneNoise, codeExpiresAt }: DocSpaceCodeRequired): Html {
  const iso = codeExpiresAt?.toISOString();
  return html`<form class="card" method="post" action="/sign-in/code">
      ${state(form)}
      <p id="hint">
        ${
          phoneNoise === undefined
            ? 'DocSpace sent a code to your phone.'
            : html`DocSpace sent a code to <strong>${phoneNoise}</strong>.`
        }
        ${iso !== undefined && html`It is <span data-until="${iso}">good until ${iso.slice(11, 16)} UTC</span>.`}
      </p>
      <label for="code">Code</label>
      <input id="code" name="code" ${CODE} ${described(form, 'hint')} />
      <button>Continue</button>
      <button class="secondary" formaction="/sign-in/resend" formnovalidate>Send another code</button>
    </form>
    ${demoHint(form, 'the SMS')} ${START_AGAIN}`;
}

function appForm(form: StepForm): Html {
  return html`<form class="card" method="post" action="/sign-in/code">
      ${state(form)}
      <p id="hint">Open your authenticator app and type the six digits that it shows now.</p>
      <label for="code">Code</label>
      <input id="code" name="code" ${CODE} ${described(form, 'hint')} />
      <button>Continue</button>
    </form>
    <details class="card">
      <summary>I don't have my phone: use a backup code</summary>
      <form method="post" action="/sign-in/code">
        ${state(form)}
        <p id="backup-hint">One of the codes you kept when you set up the app. Each works once.</p>
        <label for="backup">Backup code</label>
        <input
          id="backup"
          name="code"
          type="text"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          maxlength="32"
          required
          aria-describedby="backup-hint"
        />
        <button>Continue</button>
      </form>
    </details>
    ${demoHint(form, 'the codes')} ${START_AGAIN}`;
}

function enrolmentForm(form: StepForm, { tfaKey, otpauthUrl }: DocSpaceAppEnrolment): Html {
  return html`<form class="card" method="post" action="/sign-in/code">
      ${state(form)}
      <p>From now on, DocSpace asks for a code from an authenticator app at every sign-in.</p>
      <ol class="steps">
        <li>
          Scan this with the app${otpauthUrl !== '' && html`, or <a href="${otpauthUrl}">open it on this device</a>`}.
          ${otpauthUrl !== '' && html`<div class="qr" role="img" aria-label="QR code of the key below">${qr(otpauthUrl)}</div>`}
          Or type this key: <code class="key">${tfaKey.replace(/(.{4})(?=.)/g, '$1 ')}</code>
        </li>
        <li id="hint">Type the six digits that the app shows now.</li>
      </ol>
      <label for="code">Code</label>
      <input id="code" name="code" ${CODE} ${described(form, 'hint')} />
      <button>Continue</button>
    </form>
    ${demoHint(form, 'the codes')} ${START_AGAIN}`;
}

/** Drawn by this server: the key leaves it in no other address. Plain SVG attributes, which the policy for styles allows. */
const qr = (content: string): Html => new Html(renderSVG(content, { border: 2 }));

function phoneForm(form: StepForm): Html {
  return html`<form class="card" method="post" action="/sign-in/phone">
      ${state(form)}
      <p id="hint">
        Your DocSpace sends a code by SMS at every sign-in. Type your number with its country code, for example
        <span class="nowrap">+49 151 234567</span>.
      </p>
      <label for="mobilePhone">Mobile phone</label>
      <input
        id="mobilePhone"
        name="mobilePhone"
        type="tel"
        inputmode="tel"
        autocomplete="tel"
        maxlength="40"
        required
        ${described(form, 'hint')}
      />
      <button>Send the code</button>
    </form>
    ${START_AGAIN}`;
}
