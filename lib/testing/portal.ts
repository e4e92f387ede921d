import { createHash } from 'node:crypto';
import { DocSpaceEmulatorAccount } from './account.js';
import { DocSpaceEmulatorUsers } from './accounts.js';
import type { ApiKey } from './api-keys.js';
import { PortalCipher } from './cipher.js';
import { yearLater } from './dates.js';
import type { DocSpaceEmulatorPortal } from './emulator.options.js';
import type { Installation } from './installation.js';
import { passwordParameters, type DocSpacePasswordHashParameters } from './password-hash.js';
import { completeSettings, type DocSpaceEmulatorPortalSettings } from './portal-settings.js';
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
  readonly settings: DocSpaceEmulatorPortalSettings;
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

  /** When the lock-out's settings were last changed. */
  loginSettingsChangedAt: number;

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
    this.loginSettingsChangedAt = this.now();
  }

  readonly now = (): number => this.installation.clock();

  readonly random = (size: number): Buffer => this.installation.random(size);

  get passwordParameters(): DocSpacePasswordHashParameters {
    this.#parameters ??= passwordParameters(this.settings.machineKey, (text) =>
      createHash('sha256').update(text).digest(),
    );
    return this.#parameters;
  }

  /** The account that acts for invitations, and that nobody sees. */
  get coreSystem(): DocSpaceEmulatorAccount {
    const id = '00000000-0000-0000-0000-000000000001';
    return new DocSpaceEmulatorAccount({ id, email: '', isAdmin: true, tfaKey: '', backupCodes: [] }, this);
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
