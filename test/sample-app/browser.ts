import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** The installed Chromium; CHROMIUM names another. */
const executable = process.env['CHROMIUM'] ?? PATHS.find((path) => existsSync(path));

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A `describe` for specs that need a browser. Without one they fail in CI, and elsewhere it is said aloud that they did
 * not run.
 */
export function describeInBrowser(name: string, specs: (open: () => Browser) => void): void {
  if (executable === undefined) {
    const advice = `"${name}" did not run: there is no Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.`;
    if (process.env['CI'] === undefined) process.stderr.write(`\n  NOT RUN  ${advice}\n\n`);
    (process.env['CI'] === undefined ? it.skip : it)(advice, () => {
      throw new Error(advice);
    });
    return;
  }
  describe(name, () => {
    jest.setTimeout(60_000);
    let profile: string;
    let browser: Browser | undefined;
    beforeAll(async () => {
      profile = await mkdtemp(join(tmpdir(), 'profile-'));
      browser = await launch(profile, executable);
    });
    afterAll(async () => {
      await browser?.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    specs(() => {
      if (!browser) throw new Error('the browser did not start');
      return browser;
    });
  });
}

/**
 * A Chromium that sends third-party cookies, as most do; Debian's does not, and a page of another site would then be refused
 * for want of a cookie, whatever we answer. That is a setting of the profile, and counts for its private windows too.
 */
async function launch(profile: string, executablePath: string): Promise<Browser | undefined> {
  await mkdir(join(profile, 'Default'));
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const first = await chromium.launchPersistentContext(profile, { executablePath, args: ARGUMENTS });
  return first.browser() ?? undefined;
}

/** What the browser was answered. */
export interface Answer {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: readonly { name: string; value: string }[];
  readonly body: string;
}

/** A person with a browser of his own: no cookies, and everything that was answered is kept. */
export class Visitor implements AsyncDisposable {
  /** The e-mail addresses and passwords that were typed. */
  readonly typed: { userName: string; password: string }[] = [];
  /** What the browser complained of: what a page's policy forbids, and errors in scripts. */
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly har: string,
  ) {
    context.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.complaints.push(message.text());
    });
    context.on('weberror', (error) => this.complaints.push(error.error().message));
  }

  static async arrive(browser: Browser, baseURL: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const har = join(tmpdir(), `visit-${process.pid}-${Math.random().toString(36).slice(2)}.har`);
    const context = await browser.newContext({ baseURL, recordHar: { path: har, content: 'embed' }, ...options });
    context.setDefaultTimeout(10_000);
    return new Visitor(context, await context.newPage(), har);
  }

  /** Types an e-mail address and a password, and signs in. */
  async signIn(userName: string, password: string, at = '/sign-in'): Promise<void> {
    this.typed.push({ userName, password });
    await this.page.goto(at);
    await this.page.getByLabel('E-mail address').fill(userName);
    await this.page.getByLabel('Password').fill(password);
    await this.press('Sign in');
  }

  /** Types a code, and goes on. */
  async enter(code: string): Promise<void> {
    await this.page.getByLabel('Code', { exact: true }).fill(code);
    await this.press('Continue');
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('main').getByRole('button', { name, exact: true }).click();
  }

  /** Presses the back button, once there is a page to leave: a click returns while the browser may still be between two. */
  async back(): Promise<void> {
    await this.page.waitForLoadState();
    await this.page.goBack();
  }

  /** The heading, and the sentence that says what went wrong, if any. */
  async sees(): Promise<string> {
    const heading = await this.page.getByRole('heading', { level: 1 }).innerText();
    const problem = this.page.getByRole('alert');
    return (await problem.count()) === 0 ? heading : `${heading}: ${await problem.innerText()}`;
  }

  /** The path with its query that the browser shows. */
  get path(): string {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  /** Closes the browser's window and tells everything that was answered in it. */
  async leave(): Promise<Answer[]> {
    await this.context.close();
    const { log } = JSON.parse(await readFile(this.har, 'utf8')) as Har;
    await rm(this.har);
    return log.entries.map(({ request, response }) => ({
      method: request.method,
      url: request.url,
      status: response.status,
      headers: response.headers,
      body: Buffer.from(
        response.content.text ?? '',
        response.content.encoding === 'base64' ? 'base64' : 'utf8',
      ).toString('utf8'),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    await rm(this.har, { force: true });
  }
}

interface Har {
  log: {
    entries: {
      request: { method: string; url: string };
      response: {
        status: number;
        headers: { name: string; value: string }[];
        content: { text?: string; encoding?: string };
      };
    }[];
  };
}
