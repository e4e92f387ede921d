/**
 * Makes DocSpace the identity provider of a Nest application: {@link DocSpaceAuthModule} wires it, {@link DocSpaceLogin} signs
 * users in, {@link DocSpaceAuthGuard} lets through whom the portal confirms.
 * @module nestjs-docspace-auth
 */
export { DocSpaceAuthModule } from './docspace-auth.module.js';
export type { DocSpaceAuthModuleExtras } from './docspace-auth.module-definition.js';
export type {
  DocSpaceAuthModuleOptions,
  DocSpaceClient,
  DocSpaceContextReader,
  DocSpaceCredentialReader,
  DocSpaceHttpOptions,
  DocSpaceLoginCookieOptions,
  DocSpaceLoginThrottleOptions,
  DocSpacePortalOptions,
  DocSpaceRequest,
  DocSpaceSessionsOptions,
} from './docspace-auth.options.js';

export { DocSpaceAuthService, type DocSpaceCall } from './auth/docspace-auth.service.js';
export { DocSpaceConfirmation, type DocSpaceConfirmationParts } from './auth/confirmation.js';
export { type DocSpaceCredentialKind, DocSpaceCredentials } from './auth/credentials.js';
export { ConfirmType, EmployeeType, RecaptchaType, ValidationResult } from './auth/enums.js';
export {
  DocSpaceAuthError,
  type DocSpaceErrorDetails,
  DocSpaceProtocolError,
  type DocSpaceRefusalReason,
  DocSpaceRefusedError,
  DocSpaceUnavailableError,
} from './auth/errors.js';
export type { AuthRequestsDto, ConfirmData, EmailValidationKeyModel, MobileRequestsDto } from './auth/requests.js';
export type {
  AuthenticationTokenDto,
  AuthenticationTokenWrapper,
  BooleanWrapper,
  ConfirmDto,
  ConfirmWrapper,
  DocSpaceLink,
  DocSpaceWrapper,
  StringWrapper,
} from './auth/responses.js';

export type {
  DocSpaceBreakerEvent,
  DocSpaceCheckEvent,
  DocSpaceLoginEvent,
  DocSpaceLogoutEvent,
  DocSpaceTimedEvent,
} from './auth/events.js';
export { DocSpaceLogin } from './auth/docspace-login.js';
export type {
  DocSpaceAppEnrolment,
  DocSpaceCodeRequired,
  DocSpaceLoginComplete,
  DocSpaceLoginOutcome,
  DocSpacePhoneEnrolment,
} from './auth/login-outcome.js';
export { DocSpaceStrategy, type DocSpaceStrategyInfo } from './auth/docspace.strategy.js';

export { DocSpaceSession } from './auth/docspace-session.js';
export { DocSpaceSessions } from './auth/docspace-sessions.js';
export { DocSpaceSessionStrategy } from './auth/docspace-session.strategy.js';
export type { DocSpaceRole, DocSpaceUser } from './auth/docspace-user.js';
export type { DocSpaceEnded, DocSpacePortalStatistics, DocSpaceSessionStatistics } from './auth/session-reports.js';
export type { DocSpaceSessionStore, DocSpaceStoreListener, StoredSession } from './memory/session-store.js';
export type {
  DocSpaceAnonymous,
  DocSpaceAuthenticated,
  DocSpaceRefused,
  DocSpaceUnknown,
  DocSpaceVerdict,
} from './auth/verdict.js';

export {
  AllowAnonymous,
  CurrentSession,
  CurrentUser,
  LoginOutcome,
  OptionalAuth,
  RequireAuth,
  RequireRoles,
} from './guards/decorators.js';
export { type CookieResponse, DocSpaceLoginCookie } from './guards/docspace-login-cookie.js';
export { DocSpaceRolesGuard } from './guards/docspace-roles.guard.js';
export { DocSpaceAuthGuard } from './guards/docspace-auth.guard.js';
export { DocSpaceHandshake, type DocSpaceHandshakeOptions } from './guards/docspace-handshake.js';
export type { DocSpaceGraphqlWsOptions } from './guards/graphql-connections.js';
export type { DocSpaceSocketIoServer } from './guards/socket-io-server.js';
export type { DocSpaceWsServer } from './guards/ws-server.js';
export { DocSpaceErrorFilter } from './guards/docspace-error.filter.js';
export type { DocSpaceErrorBody, DocSpaceMessageBody } from './guards/exceptions.js';
export { DocSpaceLoginGuard } from './guards/docspace-login.guard.js';
export { DocSpaceSameOriginGuard } from './guards/docspace-same-origin.guard.js';
export type { GuardedRequest as DocSpaceGuardedRequest } from './guards/guarded-request.js';
