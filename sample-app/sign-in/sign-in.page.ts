import { html } from '../pages/html.js';
import { layout, PROBLEM_ID } from '../pages/layout.js';
import type { Problem } from '../pages/sentences.js';

export interface SignInForm {
  readonly userName?: string;
  readonly returnTo: string;
  readonly problem?: Problem | undefined;
  readonly notice?: string | undefined;
}

/** The first step. A typed password is never sent back. */
export function signInPage({ userName = '', returnTo, problem, notice }: SignInForm): string {
  const isWrong = problem?.reason === 'invalid-credentials' || problem?.reason === 'invalid-request';
  const marks = isWrong && html` aria-invalid="true" aria-describedby="${PROBLEM_ID}"`;
  const body = html`<form class="card" method="post" action="/sign-in">
    <input type="hidden" name="returnTo" value="${returnTo}" />
    <label for="userName">E-mail address</label>
    <input
      id="userName"
      name="userName"
      type="email"
      autocomplete="username"
      autocapitalize="none"
      spellcheck="false"
      required
      value="${userName}"
      ${marks}
    />
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required ${marks} />
    <button>Sign in</button>
  </form>`;
  return layout({ title: 'Sign in', problem: problem?.sentence, notice, body });
}
