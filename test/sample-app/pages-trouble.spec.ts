import { describeInBrowser } from './browser.js';
import { scene } from './scene.js';

const SMS_PAGE = 'Enter the code from the SMS';
const WRONG_CODE = 'That code is not right, or no longer good.';
const WRONG = 'Sign in: The e-mail address or the password is not right.';
const STALE = 'Sign in: This sign-in took too long or was used already. Please sign in again.';

describeInBrowser('what goes wrong at the pages', (browser) => {
  it('refuses an expired code, and takes the next one', () => {
    let minutes = 0;
    return scene(
      browser(),
      async ({ visitor, portal }) => {
        await visitor.signIn('sms@example.com', 'sms-password');
        const expired = portal.smsInbox.at(-1)?.code ?? '';
        minutes = 11;
        await visitor.enter(expired);
        expect(await visitor.sees()).toBe(`${SMS_PAGE}: ${WRONG_CODE}`);
        await visitor.press('Send another code');
        await visitor.enter(portal.smsInbox.at(-1)?.code ?? '');
        expect(await visitor.sees()).toBe('Hello, Sam');
      },
      { portal: { clock: () => Date.now() + minutes * 60_000 } },
    );
  });

  it('starts again when the challenge was tampered with', () =>
    scene(browser(), async ({ visitor, portal }) => {
      await visitor.signIn('sms@example.com', 'sms-password');
      await visitor.page.evaluate(`document.querySelector('[name=challenge]').value += 'A'`);
      const asked = portal.journal.length;
      await visitor.enter(portal.smsInbox.at(-1)?.code ?? '');
      expect(await visitor.sees()).toBe(STALE);
      expect(portal.journal).toHaveLength(asked);
    }));

  it('says how long to wait when the portal has locked the account', () =>
    scene(
      browser(),
      async ({ visitor }) => {
        await visitor.signIn('user@example.com', 'not-the-password');
        await visitor.signIn('user@example.com', 'not-the-password');
        expect(await visitor.sees()).toBe(
          'Sign in: Too many attempts. DocSpace has locked this account for a moment. Try again in 60 seconds.',
        );
      },
      { portal: { portal: { loginSettings: { attemptCount: 1 } } } },
    ));

  it('stops before the portal would lock the account', () =>
    scene(browser(), async ({ visitor, portal }) => {
      for (let attempt = 1; attempt <= 5; attempt += 1) await visitor.signIn('user@example.com', 'not-the-password');
      expect(await visitor.sees()).toMatch(/^Sign in: Too many attempts\. Try again in \d+ seconds\.$/);
      expect(portal.journal.filter(({ request }) => request.method === 'POST')).toHaveLength(4);
    }));

  it('says that an account is disabled', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('disabled@example.com', 'disabled-password');
      expect(await visitor.sees()).toBe('Sign in: This account is disabled. Ask your administrator.');
    }));

  it('says that nobody is to blame when the portal cannot be reached', () =>
    scene(browser(), async ({ visitor, portal }) => {
      portal.faults.add({ kind: 'refuse' });
      await visitor.signIn('user@example.com', 'user-password');
      expect(await visitor.sees()).toMatch(
        /^Sign in: DocSpace cannot be reached at the moment\. You did nothing wrong\./,
      );
    }));

  it('takes the reader to what went wrong, and ties the fields to it', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('user@example.com', 'not-the-password');
      const { page } = visitor;
      // A browser moves the focus with its first picture of a page, later than a click or a load returns.
      await page.locator('[role="alert"]:focus').waitFor();
      expect(await page.title()).toMatch(/^Problem: Sign in/);
      const password = page.getByLabel('Password');
      expect(await password.getAttribute('aria-describedby')).toBe(await page.getByRole('alert').getAttribute('id'));
      expect(await password.inputValue()).toBe('');
      expect(await page.getByLabel('E-mail address').inputValue()).toBe('user@example.com');
    }));

  it('can be walked by the keyboard alone', () =>
    scene(browser(), async ({ visitor }) => {
      const { keyboard } = visitor.page;
      await visitor.page.goto('/sign-in');
      await visitor.page.getByRole('link', { name: 'Skip to the content' }).focus();
      for (const keys of ['Enter', 'Tab']) await keyboard.press(keys);
      await keyboard.type('user@example.com');
      await keyboard.press('Tab');
      await keyboard.type('user-password');
      await keyboard.press('Enter');
      await visitor.page.waitForURL('**/profile');
      expect(await visitor.sees()).toBe('Hello, Una');
    }));

  it('stays signed in when the back button brings the code form back and it is sent again', () =>
    scene(browser(), async ({ visitor, portal }) => {
      await visitor.signIn('sms@example.com', 'sms-password');
      const code = portal.smsInbox.at(-1)?.code ?? '';
      await visitor.enter(code);
      await visitor.back();
      expect(await visitor.sees()).toBe(SMS_PAGE);
      await visitor.enter(code);
      expect(await visitor.sees()).toBe('Hello, Sam');
    }));

  it('shows the refused forms again when the back button is pressed', () =>
    scene(browser(), async ({ visitor, portal }) => {
      await visitor.signIn('sms@example.com', 'not-the-password');
      await visitor.page.getByLabel('Password').fill('sms-password');
      await visitor.press('Sign in');
      await visitor.enter('000000');
      await visitor.enter(portal.smsInbox.at(-1)?.code ?? '');
      expect(await visitor.sees()).toBe('Hello, Sam');
      const seen: string[] = [];
      for (let step = 1; step <= 3; step += 1) {
        await visitor.back();
        seen.push(await visitor.sees());
      }
      expect(seen).toEqual([`${SMS_PAGE}: ${WRONG_CODE}`, SMS_PAGE, WRONG]);
    }));

  it('shows nothing of a profile when the back button is pressed after signing out', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('user@example.com', 'user-password');
      await visitor.page.getByRole('button', { name: 'Sign out' }).click();
      expect(visitor.path).toBe('/?signed-out');
      await visitor.back();
      expect(await visitor.sees()).toBe('Sign in');
      expect(visitor.path).toBe('/sign-in?returnTo=%2Fprofile');
    }));

  it('ends a session in every tab', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.signIn('user@example.com', 'user-password');
      const other = await visitor.context.newPage();
      await other.goto('/profile');
      await visitor.page.getByRole('button', { name: 'Sign out' }).click();
      await visitor.page.waitForURL('**/?signed-out');
      await other.reload();
      expect(new URL(other.url()).pathname).toBe('/sign-in');
    }));

  it('leaves the single sign-on too, where there is one', () =>
    scene(
      browser(),
      async ({ visitor, portal }) => {
        await visitor.signIn('sso@example.com', 'sso-password');
        const taken = visitor.page.waitForRequest(`${portal.url}/sso/slo?data=*`);
        await visitor.page.getByRole('button', { name: 'Sign out' }).click();
        await taken;
      },
      {
        portal: {
          users: [{ email: 'sso@example.com', password: 'sso-password', sso: true }],
          portal: { ssoLogout: true },
        },
      },
    ));

  it('signs out here even when the portal cannot be told', () =>
    scene(browser(), async ({ visitor, portal }) => {
      await visitor.signIn('user@example.com', 'user-password');
      portal.faults.add({ kind: 'refuse' });
      await visitor.page.getByRole('button', { name: 'Sign out' }).click();
      expect(await visitor.sees()).toMatch(/^Signed out: You are signed out here, but DocSpace could not be told\./);
      await portal.faults.clear();
      await visitor.page.goto('/profile');
      expect(visitor.path).toBe('/sign-in?returnTo=%2Fprofile');
    }));

  it.each([
    ['/me', '/me'],
    ['', '/profile'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
  ])('after signing in with returnTo=%j the browser is at %s', (returnTo, path) =>
    scene(browser(), async ({ visitor, sample }) => {
      const at = `/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
      await visitor.signIn('user@example.com', 'user-password', at);
      await visitor.page.waitForURL(`${sample.url}${path}*`);
      expect(visitor.path).toBe(path);
    }),
  );
});
