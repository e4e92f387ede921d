import type { DocSpaceEmulatorAccount } from './account.js';
import type { Body } from './binding.js';
import type { DocSpaceEmulatorSocialProfile } from './emulator.options.js';
import { notAuthenticated, refused } from './failure.js';
import type { Portal } from './portal.js';

/** The profile that a login request shows, among those the providers vouch for. */
export function profileOf(portal: Portal, body: Body): DocSpaceEmulatorSocialProfile | undefined {
  const { oauth, socialProfiles } = portal.settings;
  if (!oauth) return undefined;
  const shown = (given: string | undefined, known: string | undefined): boolean =>
    given !== undefined && given !== '' && given === known;
  const serialized = body.text('SerializedProfile') ?? '';
  if (serialized !== '') return socialProfiles.find((profile) => shown(serialized, profile.serializedProfile));
  return socialProfiles.find(
    (profile) =>
      profile.provider === body.text('Provider') &&
      (shown(body.text('AccessToken'), profile.accessToken) || shown(body.text('CodeOAuth'), profile.codeOAuth)),
  );
}

/** The user a profile logs in; nobody is ever created. */
export function linkProfile(portal: Portal, profile: DocSpaceEmulatorSocialProfile): DocSpaceEmulatorAccount {
  const name = `${profile.provider}:${profile.id}`;
  const linked = portal.users.all().find(({ linkedProfiles }) => linkedProfiles.has(name));
  if (linked) return linked;
  const account = portal.users.get(profile.email);
  if (!account) throw notAuthenticated();
  if (account.activationStatus !== 1) throw refused(401, 'The user is already registered');
  account.linkedProfiles.add(name);
  return account;
}
