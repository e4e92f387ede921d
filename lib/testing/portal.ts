import { createHash } from 'node:crypto';
import type { DocSpaceEmulatorAccount } from './account.js';
import { DocSpaceEmulatorUsers } from './accounts.js';
import type { ApiKey } from './api-keys.js';
import { PortalCipher } from './cipher.js';
import { yearLater } from './dates.js';
import type { DocSpaceEmulatorPortal } from './emulator.options.js';
import type { Installation } from './installation.js';
import { passwordParameters, type DocSpacePasswordHashParameters } from './password-hash.js';
import { completeSettings, type PortalSettings } from './portal-settings.js';
import { SmsDesk } from './sms-desk.js';
import { TokenCodec } from './tokens.js';

/** One log-in: a token is good while its event is active. */
export interface LoginEvent {
  readonly id: number;
  readonly accountId: string;
  readonly at: number;
  readonly address: string;
  readonly userAgent: string;
  active: boolean;
}

/** Everything one emulated portal knows. */
export class Portal {
  readonly settings: PortalSettings;
  readonly users: DocSpaceEmulatorUsers;
  readonly cipher: PortalCipher;
  readonly tokens: TokenCodec;
  readonly sms: SmsDesk;
  readonly events = new Map<number, LoginEvent>();
  readonly apiKeys = new Map<string, ApiKey>();
  readonly usedLinks = new Set<string>();
  readonly visitedLinks = new Map<string, number>();
  readonly appAttempts = new Map<string, number[]>();
  /** Counts up whenever all tokens of the portal die; part of every token. */
  tokenIndex = 0;

  #parameters: DocSpacePasswordHashParameters | undefined;

  constructor(
    readonly installation: Installation,
    settings: DocSpaceEmulatorPortal,
    tenantId: number,
  ) {
    this.settings = completeSettings(settings, tenantId);
    this.cipher = new PortalCipher(this.settings.machineKey);
    this.tokens = new TokenCodec(this.cipher);
    this.users = new DocSpaceEmulatorUsers(this);
    this.sms = new SmsDesk(this);
  }

  readonly now = (): number => this.installation.clock();

  readonly random = (size: number): Buffer => this.installation.random(size);

  get passwordParameters(): DocSpacePasswordHashParameters {
    this.#parameters ??= passwordParameters(this.settings.machineKey, (text) =>
      createHash('sha256').update(text).digest(),
    );
    return this.#parameters;
  }

  /** When a log-in of now ends; `Infinity` for an unlimited one. */
  sessionEnd(): number {
    const { sessionLifetimeMinutes: minutes } = this.settings;
    if (minutes === 'default') return yearLater(this.now());
    return minutes === 0 ? Infinity : this.now() + minutes * 60_000;
  }

  openEvent(account: DocSpaceEmulatorAccount, address: string, userAgent: string): LoginEvent {
    const id = this.installation.nextEventId();
    const event: LoginEvent = { id, accountId: account.id, at: this.now(), address, userAgent, active: true };
    this.events.set(id, event);
    return event;
  }

  writeToken(account: DocSpaceEmulatorAccount, eventId: number, expiresAt: number, address: string): string {
    const { tenantId } = this.settings;
    const { tokenIndex } = this;
    const claims = { tenantId, address, accountId: account.id, expiresAt, eventId };
    return this.tokens.write({ ...claims, tenantIndex: tokenIndex, accountIndex: account.tokenIndex });
  }

  /** Whether a portal restricted to certain addresses keeps this one out. */
  forbids(address: string): boolean {
    const { allowedIps } = this.settings;
    return allowedIps.length > 0 && !allowedIps.includes(address);
  }
}
