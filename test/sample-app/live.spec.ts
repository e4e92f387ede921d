import type { Page } from 'playwright-core';
import { describeInBrowser, Visitor } from './browser.js';
import { scene } from './scene.js';

const BACK_TO_LIVE = '/sign-in?returnTo=/live';

/** Waits until the page says so of its connection. */
const connection = (page: Page, says: string): Promise<void> =>
  page.getByRole('status').getByText(says, { exact: true }).waitFor();

/** Waits until the page shows a sentence that was said. */
const hears = (page: Page, sentence: string): Promise<void> =>
  page.getByRole('log').getByText(sentence, { exact: true }).waitFor();

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Your message').fill(text);
  await page.getByRole('button', { name: 'Say it' }).click();
}

describeInBrowser('the live page', (browser) => {
  it('tells everybody who is connected what somebody says', () =>
    scene(browser(), async ({ visitor, sample }) => {
      await visitor.signIn('user@example.com', 'user-password', BACK_TO_LIVE);
      await connection(visitor.page, 'open');
      await using other = await Visitor.arrive(browser(), sample.url);
      await other.signIn('admin@example.com', 'admin-password', BACK_TO_LIVE);
      await connection(other.page, 'open');
      await say(other.page, 'Hello <b>all</b>');
      await hears(visitor.page, 'Adam Admin: Hello <b>all</b>');
      await say(visitor.page, 'Hello, Adam');
      await hears(other.page, 'Una User: Hello, Adam');
      expect(other.complaints).toEqual([]);
    }));

  it('is disconnected when the session is ended in another tab, and comes back after a sign-in', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('user@example.com', 'user-password', BACK_TO_LIVE);
      await connection(visitor.page, 'open');
      const otherTab = await visitor.context.newPage();
      await otherTab.goto('/profile');
      await otherTab.getByRole('button', { name: 'Sign out' }).click();
      await connection(visitor.page, 'closed by the server (401 invalid-credentials)');
      await visitor.page.reload();
      await connection(visitor.page, 'refused (401 invalid-credentials)');
      await visitor.page.getByRole('link', { name: 'Sign in and come back' }).click();
      await visitor.signIn('user@example.com', 'user-password', visitor.path);
      await connection(visitor.page, 'open');
    }));

  it('hears what is said by GraphQL', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('user@example.com', 'user-password', BACK_TO_LIVE);
      await connection(visitor.page, 'open');
      const otherTab = await visitor.context.newPage();
      await otherTab.goto('/graphql-page');
      await otherTab.getByRole('button', { name: 'Say hello' }).click();
      await hears(visitor.page, 'Una User: Hello');
    }));

  it('says that it needs JavaScript', () =>
    scene(
      browser(),
      async ({ visitor }) => {
        await visitor.page.goto('/live');
        expect(await visitor.page.getByText('This page needs JavaScript').isVisible()).toBe(true);
        expect(await visitor.page.getByLabel('Your message').isVisible()).toBe(false);
      },
      { browser: { javaScriptEnabled: false } },
    ));
});
