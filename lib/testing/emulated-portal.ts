import type { DocSpaceEmulatorUsers } from './accounts.js';
import { confirmTypeName, keyFor, sealEmail } from './confirm.js';
import type { Portal } from './portal.js';
import type { DocSpaceEmulatorPortalSettings } from './portal-settings.js';
import { confirmTypes, employeeTypes, type DocSpaceConfirmType } from './shapes.js';

/** What a JWT is to be like. */
export interface DocSpaceEmulatorJwtOptions {
  /** Whether it expired an hour ago. */
  expired?: boolean;
  /** Another subject than the user's identifier; null leaves it out. */
  sub?: string | null;
  /** Whether somebody else's key signs it. */
  forged?: boolean;
  /** Whether the portal's introspection calls it inactive. */
  revoked?: boolean;
  /** Its scopes (`*:write`). */
  scopes?: readonly string[];
  /** Another issuer than the portal. */
  issuer?: string;
  /** Another audience than the portal. */
  audience?: string;
}

/** What a confirm link is to be like besides its kind and e-mail. */
export interface DocSpaceEmulatorLinkOptions {
  /** The user it is for, where the kind needs one (the user with the e-mail). */
  uid?: string;
  /** `True`, `False` or empty. */
  first?: string;
  /** The kind of employee an invitation makes. */
  emplType?: keyof typeof employeeTypes;
}

/** A link as `confirmData` of a login takes it. */
interface AuthLink {
  /** Whose link it is. */
  email: string;
  /** What the portal knows the link by; a secret. */
  key: string;
  /** Whether it is the first login of an account. */
  first?: boolean;
}

/** One portal of an emulator: its accounts, its settings, and whatever it can hand out without being asked over HTTP. */
export class DocSpaceEmulatedPortal {
  readonly #find: () => Portal;

  constructor(find: () => Portal) {
    this.#find = find;
  }

  /** The accounts. */
  get users(): DocSpaceEmulatorUsers {
    return this.#portal.users;
  }

  /** How the portal is configured; members may be changed while it runs. */
  get settings(): DocSpaceEmulatorPortalSettings {
    return this.#portal.settings;
  }

  /** A token of a user, as a login would give. */
  issueToken(email: string): string {
    const portal = this.#portal;
    const account = this.#account(email);
    const event = portal.openEvent(account, '127.0.0.1', '');
    return portal.writeToken(account, event.id, portal.sessionEnd(), event.address);
  }

  /** Ends whatever a token, API key or JWT stands for. */
  revoke(credential: string): void {
    const { apiKeys, events, tokens, installation } = this.#portal;
    const apiKey = apiKeys.get(credential);
    const event = events.get(tokens.read(credential)?.eventId ?? 0);
    if (apiKey) apiKey.active = false;
    else if (event) event.active = false;
    else installation.jwts.revoke(credential);
  }

  /** An API key that acts as a user; no scopes are all scopes. */
  issueApiKey(
    email: string,
    { scopes = [], expired = false }: { scopes?: readonly string[]; expired?: boolean } = {},
  ): string {
    const portal = this.#portal;
    const key = `sk-${portal.random(32).toString('hex')}`;
    const expiresAt = expired ? portal.now() : Infinity;
    portal.apiKeys.set(key, { accountId: this.#account(email).id, scopes, expiresAt, active: true });
    return key;
  }

  /** A JWT of the portal's identity service. */
  issueJwt(email: string, options: DocSpaceEmulatorJwtOptions = {}): string {
    const { expired, forged = false, revoked, scopes = ['*:write'], sub = this.#account(email).id } = options;
    const { issuer = `${this.root}/oauth2`, audience = this.root } = options;
    const { jwts } = this.#portal.installation;
    const exp = Math.floor(this.#portal.now() / 1000) + (expired ? -3600 : 3600);
    const claims = { iss: issuer, aud: audience, exp, scope: scopes.join(' ') };
    const token = jwts.issue(sub === null ? claims : { ...claims, sub }, forged);
    if (revoked) jwts.revoke(token);
    return token;
  }

  /** What `confirmData` of a login takes: a link that signs its user in once, within an hour. */
  issueAuthLink(email: string, first?: boolean): AuthLink {
    const flag = first === undefined ? '' : first ? 'True' : 'False';
    const key = keyFor({ type: 'Auth', email, uid: '', first: flag }, this.#portal);
    return first === undefined ? { email, key } : { email, key, first };
  }

  /** A confirm link of any kind, with its key in it. */
  confirmationUrl(type: DocSpaceConfirmType, email: string, options: DocSpaceEmulatorLinkOptions = {}): string {
    const uid = options.uid ?? this.users.get(email)?.id ?? '';
    const first = options.first ?? '';
    const emplType = options.emplType === undefined ? undefined : employeeTypes[options.emplType];
    const key = keyFor({ type, email, uid, first, emplType }, this.#portal);
    const query = [`type=${type}`, `key=${key}`];
    const phone = type.startsWith('Phone');
    if (phone) query.push(`encemail=${sealEmail(email, this.#portal)}`);
    else if (email !== '') query.push(`email=${encodeURIComponent(email)}`);
    if (uid !== '' && !phone) query.push(`uid=${uid}`);
    if (options.emplType !== undefined) query.push(`emplType=${options.emplType}`);
    if (first !== '') query.push(`first=${first}`);
    return `${this.root}/confirm/${confirmTypeName(confirmTypes[type]) ?? ''}?${query.join('&')}`;
  }

  /** The portal's own address. */
  get root(): string {
    const { settings, installation } = this.#portal;
    return `http://${settings.host ?? settings.domain ?? installation.address}`;
  }

  // Looked up each time: a reset puts another portal in its place.
  get #portal(): Portal {
    return this.#find();
  }

  #account(email: string): NonNullable<ReturnType<DocSpaceEmulatorUsers['get']>> {
    const account = this.users.get(email);
    if (!account) throw new TypeError(`The emulator has no user ${email}.`);
    return account;
  }
}
