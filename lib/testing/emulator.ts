import { DocSpaceEmulatedPortal } from './emulated-portal.js';
import type { DocSpaceEmulatorOptions } from './emulator.options.js';
import { DocSpaceEmulatorFaults } from './faults.js';
import { receive, type FrontDoor } from './front-door.js';
import { completeOptions, Installation } from './installation.js';
import { Journal, type DocSpaceEmulatorJournalEntry } from './journal.js';
import { Listener } from './listener.js';
import type { DocSpaceEmulatorSms } from './sms-desk.js';

/**
 * A DocSpace portal in a box: a real HTTP server that answers the Authentication API as DocSpace 3.7.2 does.
 * It is a test tool: it keeps secrets in its journal, and protects nothing.
 */
export class DocSpaceEmulator extends DocSpaceEmulatedPortal implements AsyncDisposable {
  /** The faults that are planned. */
  readonly faults: DocSpaceEmulatorFaults;

  readonly #options: DocSpaceEmulatorOptions;
  readonly #listener: Listener;
  #door: FrontDoor;

  private constructor(options: DocSpaceEmulatorOptions, installation: Installation) {
    super(() => this.#door.installation.first);
    this.#options = options;
    this.#listener = new Listener(
      (request, response, body) => receive(this.#door, request, response, body),
      options.host ?? '127.0.0.1',
      options.port ?? 0,
    );
    this.faults = new DocSpaceEmulatorFaults(
      () => this.#listener.close(),
      () => this.#listener.open(),
    );
    this.#door = this.#newDoor(installation);
  }

  /** Starts an emulator; it listens when the promise resolves. */
  static async start(options: DocSpaceEmulatorOptions = {}): Promise<DocSpaceEmulator> {
    const complete = completeOptions(options);
    const emulator = new DocSpaceEmulator(complete, new Installation(complete));
    await emulator.#listener.open();
    emulator.#door.installation.address = emulator.#address;
    return emulator;
  }

  /** The address of the first portal, without a trailing slash. */
  get url(): string {
    return `http://${this.#address}`;
  }

  /** Every SMS that was sent, newest last. */
  get smsInbox(): readonly DocSpaceEmulatorSms[] {
    return this.#door.installation.smsInbox;
  }

  /** The last 10,000 requests with their answers, newest last; empty when the journal is switched off. */
  get journal(): readonly DocSpaceEmulatorJournalEntry[] {
    return this.#door.journal?.entries ?? [];
  }

  /** The portal with this host name. */
  at(host: string): DocSpaceEmulatedPortal {
    return new DocSpaceEmulatedPortal(() => {
      const portal = this.#door.installation.named(host);
      if (!portal) throw new TypeError(`The emulator has no portal ${host}.`);
      return portal;
    });
  }

  /** Back to the state right after the start: its users, no journal, no SMS, no faults. Tokens of before stay dead. */
  async reset(): Promise<void> {
    const { lastEventId, address } = this.#door.installation;
    this.#door = this.#newDoor(new Installation(this.#options, lastEventId));
    this.#door.installation.address = address;
    await this.faults.clear();
  }

  /** Closes the port and every socket. May be called twice. */
  async stop(): Promise<void> {
    await this.#listener.stop();
  }

  /** The same as `stop`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #address(): string {
    const { host = '127.0.0.1' } = this.#options;
    const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
    return `${name}:${this.#listener.port}`;
  }

  #newDoor(installation: Installation): FrontDoor {
    const { journal = true, log } = this.#options;
    return { installation, faults: this.faults, journal: journal ? new Journal() : undefined, log };
  }
}
