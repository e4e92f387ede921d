import { describeInBrowser } from './browser.js';
import { scene } from './scene.js';

const WRONG = 'Sign in: The e-mail address or the password is not right.';
const WRONG_CODE = 'That code is not right, or no longer good.';
const SMS_PAGE = 'Enter the code from the SMS';
const APP_PAGE = 'Enter the code from your app';
const IN = '/profile';

describeInBrowser('signing in by the pages', (browser) => {
  it('leaves the OpenAPI page what it needs', () =>
    scene(browser(), async ({ visitor }) => {
      await visitor.page.goto('/docs');
      await visitor.page.getByText('Who is signed in').waitFor();
    }));

  describe.each([
    ['with scripts', true],
    ['without scripts', false],
  ])('%s', (_name, javaScriptEnabled) => {
    const scenery = { browser: { javaScriptEnabled } };

    it('lets somebody in with a password', () =>
      scene(
        browser(),
        async ({ visitor }) => {
          await visitor.signIn('user@example.com', 'user-password');
          expect(await visitor.sees()).toBe('Hello, Una');
          expect(visitor.path).toBe(IN);
        },
        scenery,
      ));

    it('says the same of a wrong password and of an unknown user', () =>
      scene(
        browser(),
        async ({ visitor }) => {
          await visitor.signIn('user@example.com', 'not-the-password');
          expect(await visitor.sees()).toBe(WRONG);
          await visitor.signIn('nobody@example.com', 'not-the-password');
          expect(await visitor.sees()).toBe(WRONG);
        },
        scenery,
      ));

    it('asks for the code of an SMS again until it is right', () =>
      scene(
        browser(),
        async ({ visitor, portal }) => {
          await visitor.signIn('sms@example.com', 'sms-password');
          expect(await visitor.sees()).toBe(SMS_PAGE);
          await visitor.enter('000000');
          expect(await visitor.sees()).toBe(`${SMS_PAGE}: ${WRONG_CODE}`);
          await visitor.enter(portal.smsInbox.at(-1)?.code ?? '');
          expect(await visitor.sees()).toBe('Hello, Sam');
        },
        scenery,
      ));

    it('sends another SMS when asked', () =>
      scene(
        browser(),
        async ({ visitor, portal }) => {
          await visitor.signIn('sms@example.com', 'sms-password');
          await visitor.press('Send another code');
          expect(await visitor.page.getByRole('status').innerText()).toContain('Another code is on its way.');
          expect(portal.smsInbox).toHaveLength(2);
          await visitor.enter(portal.smsInbox[1]?.code ?? '');
          expect(await visitor.sees()).toBe('Hello, Sam');
        },
        scenery,
      ));

    it('asks for the code of an app again until it is right', () =>
      scene(
        browser(),
        async ({ visitor, portal }) => {
          await visitor.signIn('app@example.com', 'app-password');
          expect(await visitor.sees()).toBe(APP_PAGE);
          await visitor.enter('not-it');
          expect(await visitor.sees()).toBe(`${APP_PAGE}: ${WRONG_CODE}`);
          await visitor.enter(portal.users.get('app@example.com')?.appCode() ?? '');
          expect(await visitor.sees()).toBe('Hello, Anna');
        },
        scenery,
      ));

    it('takes a backup code instead', () =>
      scene(
        browser(),
        async ({ visitor }) => {
          await visitor.signIn('app@example.com', 'app-password');
          await visitor.page.getByText('use a backup code').click();
          await visitor.page.getByLabel('Backup code').fill('b4ckup');
          await visitor.page.keyboard.press('Enter');
          await visitor.page.waitForURL(`**${IN}`);
          expect(await visitor.sees()).toBe('Hello, Anna');
        },
        scenery,
      ));

    it('sets up an authenticator app, and asks for its code ever after', () =>
      scene(
        browser(),
        async ({ visitor, portal }) => {
          const code = (): string => portal.users.get('new-app@example.com')?.appCode() ?? '';
          await visitor.signIn('new-app@example.com', 'new-app-password');
          const app = visitor.page.getByRole('link', { name: 'open it on this device' });
          const address = (await app.getAttribute('href')) ?? '';
          expect(new URL(address).searchParams.get('secret')).toBe('NVSWI2LUMF2GS33O');
          await visitor.enter('not-it');
          expect(await visitor.sees()).toBe(`Set up your authenticator app: ${WRONG_CODE}`);
          expect(await app.getAttribute('href')).toBe(address);
          await visitor.enter(code());
          expect(await visitor.sees()).toBe('Hello, Nora');
          await visitor.page.getByRole('button', { name: 'Sign out' }).click();
          await visitor.signIn('new-app@example.com', 'new-app-password');
          expect(await visitor.sees()).toBe(APP_PAGE);
        },
        scenery,
      ));

    it('asks for a phone, then for the code sent to it', () =>
      scene(
        browser(),
        async ({ visitor, portal }) => {
          await visitor.signIn('new-phone@example.com', 'new-phone-password');
          await visitor.page.getByLabel('Mobile phone').fill('none');
          await visitor.press('Send the code');
          expect(await visitor.sees()).toMatch(/^Your mobile phone: Something is missing/);
          await visitor.page.getByLabel('Mobile phone').fill('+1 555-0123');
          await visitor.press('Send the code');
          expect(await visitor.sees()).toBe(SMS_PAGE);
          expect(portal.smsInbox.at(-1)?.phone).toBe('15550123');
          await visitor.enter(portal.smsInbox.at(-1)?.code ?? '');
          expect(await visitor.sees()).toBe('Hello, Nils');
        },
        scenery,
      ));

    it('signs in once when a button is pressed twice', () =>
      scene(
        browser(),
        async ({ visitor, portal }) => {
          await visitor.signIn('sms@example.com', 'sms-password');
          await visitor.page.getByLabel('Code', { exact: true }).fill(portal.smsInbox.at(-1)?.code ?? '');
          // A portal takes its time; a first answer that came before the second press would be lost with its cookie.
          const codes = /authentication\/\w+$/;
          portal.faults.add({ kind: 'latency', delayMs: 1500, method: 'POST', path: codes });
          const { x = 0, y = 0 } = (await visitor.page.getByRole('button', { name: 'Continue' }).boundingBox()) ?? {};
          const sent = visitor.page.waitForRequest('**/sign-in/code');
          await visitor.page.mouse.click(x + 5, y + 5);
          await sent;
          await visitor.page.mouse.click(x + 5, y + 5);
          // Not `waitForURL`, which takes the end of the first navigation for its own.
          await visitor.page.getByText('Hello, Sam').waitFor();
          expect(portal.journal.filter(({ request }) => codes.test(request.path))).toHaveLength(1);
        },
        scenery,
      ));
  });
});
