import type { Browser } from 'playwright-core';
import { RawServer } from '../support/raw-server.js';
import { describeInBrowser } from './browser.js';
import { scene, type Stage } from './scene.js';

const REFUSED = 'This came from another site, so nothing was done.';

/** A page elsewhere with a form that posts to the sample. */
async function foreignForm(
  { sample, visitor }: Stage,
  action: string,
  fields: Record<string, string>,
  host: string,
): Promise<void> {
  const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`);
  await using evil = await RawServer.start({
    headers: { 'content-type': 'text/html' },
    body: `<form method="post" action="${sample.url}${action}">${inputs.join('')}<button>Win a prize</button></form>`,
  });
  await visitor.page.goto(evil.url.replace('127.0.0.1', host));
  await visitor.page.getByRole('button').click();
  await visitor.page.waitForURL(`${sample.url}/**`);
}

const isSignedIn = async ({ visitor, sample }: Stage): Promise<boolean> => {
  const { page } = visitor;
  await page.goto(`${sample.url}/profile`);
  return new URL(page.url()).pathname === '/profile';
};

const login = { userName: 'user@example.com', password: 'user-password' };

describeInBrowser('forms that another site posts', (browser: () => Browser) => {
  describe.each([
    ['another port of the same machine', '127.0.0.1'],
    ['another machine', 'localhost'],
  ])('from %s', (_name, host) => {
    it('sign nobody in', () =>
      scene(browser(), async (stage) => {
        await foreignForm(stage, '/sign-in', login, host);
        expect(await stage.visitor.sees()).toBe(`Sign in: ${REFUSED}`);
        expect(stage.portal.journal).toEqual([]);
        expect(await isSignedIn(stage)).toBe(false);
      }));

    it('sign nobody in by the API', () =>
      scene(browser(), async (stage) => {
        await foreignForm(stage, '/auth/login', login, host);
        expect(await stage.visitor.page.innerText('body')).toContain('"reason":"cross-site"');
        expect(await isSignedIn(stage)).toBe(false);
      }));

    it('finish no second step', () =>
      scene(browser(), async (stage) => {
        const { visitor, portal } = stage;
        await visitor.signIn('sms@example.com', 'sms-password');
        const challenge = await visitor.page.locator('input[name=challenge]').inputValue();
        const code = portal.smsInbox.at(-1)?.code ?? '';
        await foreignForm(stage, '/sign-in/code', { challenge, code, step: 'sms' }, host);
        expect(await visitor.sees()).toBe(`Sign in: ${REFUSED}`);
        await foreignForm(stage, '/auth/code', { challenge, code }, host);
        expect(await visitor.page.innerText('body')).toContain('"reason":"cross-site"');
        expect(await isSignedIn(stage)).toBe(false);
      }));

    it('sign nobody out', () =>
      scene(browser(), async (stage) => {
        const { visitor } = stage;
        await visitor.signIn('user@example.com', 'user-password');
        await foreignForm(stage, '/sign-out', {}, host);
        expect(await isSignedIn(stage)).toBe(true);
        await foreignForm(stage, '/auth/logout', {}, host);
        expect(await isSignedIn(stage)).toBe(true);
      }));
  });
});
