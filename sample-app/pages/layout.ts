import { html, type Html } from './html.js';

/** One page. */
export interface Page {
  /** What the page is about; stands in the tab and in the heading. */
  readonly title: string;
  /** What went wrong, as a sentence; the reader is taken to it. */
  readonly problem?: string | undefined;
  /** What went well. */
  readonly notice?: string | undefined;
  readonly body: Html;
  /** The name of whoever is signed in. */
  readonly user?: string | undefined;
  /** Wide pages hold tables, narrow ones a form. */
  readonly wide?: boolean;
  /** A script of `assets/` that the page cannot do without. */
  readonly script?: string;
}

/** The element that describes a field which is wrong. */
export const PROBLEM_ID = 'problem';

/** A whole page. The script that all load counts down and stops a second click; nobody needs it. */
export const layout = ({ title, problem, notice, body, user, wide = false, script }: Page): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${problem !== undefined && 'Problem: '}${title} · DocSpace sample</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/style.css" />
        <script type="module" src="/assets/pages.js"></script>
        ${script !== undefined && html`<script type="module" src="/assets/${script}"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <a class="brand" href="/">DocSpace sample</a>
          <nav aria-label="Account">${user === undefined ? signIn : account(user)}</nav>
        </header>
        <main id="main" class="${wide ? 'wide' : 'narrow'}">
          <h1>${title}</h1>
          ${
            problem !== undefined &&
            html`<p class="message problem" id="${PROBLEM_ID}" role="alert" tabindex="-1" autofocus>${problem}</p>`
          }
          ${notice !== undefined && html`<p class="message notice" role="status">${notice}</p>`} ${body}
        </main>
      </body>
    </html> `.toString();

/** For a page with a script of its own, which takes this away and shows what is `data-scripted hidden`. */
export const needsScript: Html = html`<p class="aside" data-unscripted>
  This page needs JavaScript, which does not run in this browser.
</p>`;

/** Where whoever is not signed in may look on, and come back to. */
export const signInFirst = (returnTo: string): Html =>
  html`<p class="message notice">
    Nobody is signed in, so you can see refusals here.
    <a href="/sign-in?returnTo=${encodeURIComponent(returnTo)}">Sign in and come back</a>
  </p>`;

const signIn = html`<a href="/sign-in">Sign in</a>`;

const account = (user: string): Html =>
  html`<a href="/profile">${user}</a>
    <form method="post" action="/sign-out"><button class="plain">Sign out</button></form>`;
