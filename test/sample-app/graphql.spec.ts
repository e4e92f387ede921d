import type { Page } from 'playwright-core';
import { describeInBrowser } from './browser.js';
import { scene } from './scene.js';

const WHO = 'Ask who I am';
const ADMIN = 'Ask as an administrator';
const EVERYBODY = 'Ask as anybody';
const LISTEN = 'Listen';
const SAY = 'Say hello';

/** Presses the button of an operation; resolves to what is shown beside it when that matches. */
async function press(page: Page, name: string, shows: RegExp): Promise<string> {
  const operation = page.locator('.operation', { has: page.getByRole('button', { name, exact: true }) });
  await operation.getByRole('button').click();
  const answer = operation.getByRole('status').filter({ hasText: shows });
  await answer.waitFor();
  return answer.innerText();
}

describeInBrowser('the GraphQL page', (browser) => {
  it('tells somebody who is signed in who that is', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('user@example.com', 'user-password', '/sign-in?returnTo=/graphql-page');
      expect(await visitor.sees()).toBe('GraphQL');
      const answer = await press(visitor.page, WHO, /^HTTP/);
      expect(answer).toMatch(/^HTTP 200\n/);
      expect(JSON.parse(answer.slice(8))).toEqual({
        data: { me: { name: 'Una User', email: 'user@example.com', role: 'user' } },
      });
    }));

  it.each([WHO, ADMIN, SAY])('tells an anonymous caller of "%s" the code, the status and the reason', (name) =>
    scene(browser(), async ({ visitor }) => {
      await visitor.page.goto('/graphql-page');
      const { errors } = JSON.parse((await press(visitor.page, name, /^HTTP/)).slice(8)) as { errors: object[] };
      expect(errors).toMatchObject([
        {
          message: 'Not signed in',
          extensions: { code: 'ERR_DOCSPACE_REFUSED', statusCode: 401, reason: 'invalid-credentials' },
        },
      ]);
      expect(JSON.stringify(errors)).not.toContain('stacktrace');
    }),
  );

  it('lets everybody ask what is open', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.page.goto('/graphql-page');
      expect(await press(visitor.page, EVERYBODY, /^HTTP/)).toContain('Whoever you are: welcome.');
    }));

  it.each([
    ['user@example.com', 'user-password', '"reason": "role-missing"'],
    ['admin@example.com', 'admin-password', '"forAdmins": "You administer this DocSpace."'],
  ])('answers %s by role', (userName, password, shows) =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn(userName, password, '/sign-in?returnTo=/graphql-page');
      expect(await press(visitor.page, ADMIN, /^HTTP/)).toContain(shows);
    }),
  );

  it('lets a subscriber hear what is said, until the session is ended in another tab', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('user@example.com', 'user-password', '/sign-in?returnTo=/graphql-page');
      const { page } = visitor;
      await press(page, LISTEN, /^Listening/);
      // Nobody is told when the server has begun to listen; so hello is said until it is heard.
      const heard = page.getByRole('status').filter({ hasText: '"said": "Una User: Hello"' });
      while ((await heard.count()) === 0) await press(page, SAY, /"say": true/);
      const otherTab = await visitor.context.newPage();
      await otherTab.goto('/profile');
      await otherTab.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('Closed: 4401 invalid-credentials').waitFor();
    }));

  it('lets no anonymous caller subscribe', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.page.goto('/graphql-page');
      await press(visitor.page, LISTEN, /^Closed: 4401 invalid-credentials$/);
    }));

  it('says that it needs JavaScript', () =>
    scene(
      browser(),
      async ({ visitor }) => {
        await visitor.page.goto('/graphql-page');
        expect(await visitor.page.getByText('This page needs JavaScript').isVisible()).toBe(true);
        expect(await visitor.page.getByRole('main').getByRole('button').count()).toBe(0);
      },
      { browser: { javaScriptEnabled: false } },
    ));
});
