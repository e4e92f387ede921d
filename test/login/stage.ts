import { DocSpaceLogin, type DocSpaceLoginOutcome } from 'nestjs-docspace-auth';
import { demoUsers, DocSpaceEmulator, type DocSpaceEmulatorOptions } from 'nestjs-docspace-auth/testing';
import { anApp, type StartedModule } from '../support/start-app.js';

type Options = Parameters<ReturnType<typeof anApp>['with']>[0];

/** The path of every endpoint that judges a login. */
export const BASE = '/api/2.0/authentication';

/** The time that the portal and this process share: it stands still until it is told to move. */
export class Clock implements Disposable {
  now = Date.parse('2026-07-14T10:20:30.000Z');
  readonly read = (): number => this.now;
  readonly #spy = jest.spyOn(Date, 'now').mockImplementation(this.read);

  forward(ms: number): void {
    this.now += ms;
  }

  [Symbol.dispose](): void {
    this.#spy.mockRestore();
  }
}

/** A portal with every kind of user, and an application that signs them in, without a server of its own. */
export class Stage implements AsyncDisposable {
  readonly login: DocSpaceLogin;

  private constructor(
    readonly portal: DocSpaceEmulator,
    readonly app: StartedModule,
  ) {
    this.login = app.get(DocSpaceLogin);
  }

  /** Passwords travel plain unless said otherwise: hashing takes its time. */
  static async set(options: Options = {}, portal: DocSpaceEmulatorOptions = {}): Promise<Stage> {
    const emulator = await DocSpaceEmulator.start({ users: demoUsers, ...portal });
    const app = anApp()
      .at(emulator.url)
      .with({ passwordTransport: 'plain', ...options });
    return new Stage(emulator, await app.compile());
  }

  /** What the portal was asked of logins, with its answer: `POST /000000 401`. */
  get asked(): string[] {
    return this.portal.journal
      .filter(({ request }) => request.path.startsWith(BASE))
      .map(({ request, response }) => `${request.method} ${request.path.slice(BASE.length)} ${response.status}`);
  }

  /** The last code that was sent to a phone. */
  smsCode(phone: string): string {
    return this.portal.smsInbox.findLast((sms) => sms.phone === phone)?.code ?? '';
  }

  /** What a user's authenticator app shows. */
  appCode(email: string): string {
    return this.portal.users.get(email)?.appCode() ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app[Symbol.asyncDispose]();
    await this.portal[Symbol.asyncDispose]();
  }
}

/** A user's address and right password. */
export const by = (name: string): { userName: string; password: string } => ({
  userName: `${name}@example.com`,
  password: `${name}-password`,
});

/** The challenge of an outcome that has one. */
export function challengeOf(outcome: DocSpaceLoginOutcome): string {
  if (outcome.status === 'authenticated') throw new Error('the login is complete');
  return outcome.challenge;
}

/** A code that is wrong, whatever the right one is. */
export const wrongCode = (right: string): string => String((Number(right) + 1) % 1_000_000).padStart(6, '0');
