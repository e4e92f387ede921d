import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { source as axe } from 'axe-core';
import type { Page } from 'playwright-core';
import { describeInBrowser, Visitor } from './browser.js';
import { startSample } from './start-sample.js';

/** How to come to each page; every visit begins without cookies. */
const VISITS: Record<string, (visitor: Visitor) => Promise<void>> = {
  start: async ({ page }) => {
    await page.goto('/');
  },
  'sign-in': async ({ page }) => {
    await page.goto('/sign-in');
  },
  'sign-in-refused': (visitor) => visitor.signIn('user@example.com', 'not-the-password'),
  'sms-code': (visitor) => visitor.signIn('sms@example.com', 'sms-password'),
  'sms-code-refused': async (visitor) => {
    await visitor.signIn('sms@example.com', 'sms-password');
    await visitor.enter('000000');
  },
  'sms-resent': async (visitor) => {
    await visitor.signIn('sms@example.com', 'sms-password');
    await visitor.press('Send another code');
  },
  'app-code': (visitor) => visitor.signIn('app@example.com', 'app-password'),
  'backup-code': async (visitor) => {
    await visitor.signIn('app@example.com', 'app-password');
    await visitor.page.getByText('use a backup code').click();
  },
  'app-enrolment': (visitor) => visitor.signIn('new-app@example.com', 'new-app-password'),
  'phone-enrolment': (visitor) => visitor.signIn('new-phone@example.com', 'new-phone-password'),
  profile: (visitor) => visitor.signIn('user@example.com', 'user-password'),
  graphql: async (visitor) => {
    await visitor.signIn('user@example.com', 'user-password', '/sign-in?returnTo=/graphql-page');
    for (const { button, shows } of [
      { button: 'Ask who I am', shows: 'Una User' },
      { button: 'Ask as an administrator', shows: 'role-missing' },
      { button: 'Ask as anybody', shows: 'welcome' },
    ]) {
      await visitor.press(button);
      await visitor.page.getByRole('status').filter({ hasText: shows }).waitFor();
    }
  },
  live: async (visitor) => {
    await visitor.signIn('user@example.com', 'user-password', '/sign-in?returnTo=/live');
    await visitor.page.getByLabel('Your message').fill('Hello, everybody');
    await visitor.press('Say it');
    await visitor.page.getByText('Una User: Hello, everybody').waitFor();
  },
  'signed-out': async (visitor) => {
    await visitor.signIn('user@example.com', 'user-password');
    await visitor.page.getByRole('button', { name: 'Sign out' }).click();
  },
};
const LOOKS = [
  { device: 'phone', width: 360, colorScheme: 'light' },
  { device: 'desktop', width: 1024, colorScheme: 'light' },
  { device: 'phone-dark', width: 360, colorScheme: 'dark' },
] as const;

/** Every page is kept as it looks by day; one shows the night. */
const isKept = (name: string, colorScheme: string): boolean => colorScheme === 'light' || name === 'sms-code';

const folder = join(__dirname, '../../docs/images');
const update = process.env['UPDATE_IMAGES'] === '1';

/** What axe says of a page that would keep somebody out. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<{ violations: Violation[] }>('axe.run()');
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string }[];
}

describeInBrowser('the pages, as they look', (browser) => {
  it.each(Object.keys(VISITS))(
    '%s shuts nobody out and fits phone and desktop, light and dark',
    async (name) => {
      await using sample = await startSample();
      await using visitor = await Visitor.arrive(browser(), sample.url);
      await VISITS[name]?.(visitor);
      const { page } = visitor;
      if (update) mkdirSync(folder, { recursive: true });
      for (const { device, width, colorScheme } of LOOKS) {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ colorScheme });
        expect(await barriers(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        if (update && isKept(name, colorScheme))
          await page.screenshot({ path: join(folder, `${name}-${device}.png`), fullPage: true });
      }
    },
    60_000,
  );
});
