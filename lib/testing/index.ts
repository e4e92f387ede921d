/**
 * For the tests of applications: {@link DocSpaceEmulator} is a portal in a box, over real sockets; {@link signInAs} signs
 * somebody in without one. Test tools, which protect nothing.
 * @module nestjs-docspace-auth/testing
 */
export { DocSpaceEmulatorAccount } from './account.js';
export { DocSpaceEmulatorUsers } from './accounts.js';
export { demoUsers } from './demo-users.js';
export {
  DocSpaceEmulatedPortal,
  type DocSpaceEmulatorJwtOptions,
  type DocSpaceEmulatorLinkOptions,
} from './emulated-portal.js';
export { DocSpaceEmulator } from './emulator.js';
export type {
  DocSpaceEmulatorLoginSettings,
  DocSpaceEmulatorNeighbour,
  DocSpaceEmulatorOptions,
  DocSpaceEmulatorPortal,
  DocSpaceEmulatorPortalStatus,
  DocSpaceEmulatorRateLimiter,
  DocSpaceEmulatorSecondFactor,
  DocSpaceEmulatorSocialProfile,
} from './emulator.options.js';
export { DocSpaceEmulatorFaults, type DocSpaceEmulatorFault, type DocSpaceEmulatorFaultKind } from './faults.js';
export type { DocSpaceEmulatorJournalEntry } from './journal.js';
export type { DocSpacePasswordHashParameters } from './password-hash.js';
export type { DocSpaceEmulatorPortalSettings } from './portal-settings.js';
export type { DocSpaceConfirmType } from './shapes.js';
export type { DocSpaceEmulatorSms } from './sms-desk.js';
export type { DocSpaceEmulatorUser } from './user.js';
export { type DocSpaceSignedIn, type HasProviders, signInAs } from './sign-in-as.js';
export { type DocSpaceStoreCase, sessionStoreConformance } from './store-conformance.js';
