/**
 * What a confirmation link is for. A portal prints and takes the names.
 * @enum
 */
export const ConfirmType = {
  /** Invites somebody by e-mail; good for seven days. */
  EmpInvite: 'EmpInvite',
  /** Invites whoever has the link; good for seven days, and for 15 minutes after the first visit. */
  LinkInvite: 'LinkInvite',
  /** Suspends the portal; the owner's, good for seven days. */
  PortalSuspend: 'PortalSuspend',
  /** Opens a suspended portal again; the owner's, good for ever. */
  PortalContinue: 'PortalContinue',
  /** Removes the portal; the owner's, good for seven days. */
  PortalRemove: 'PortalRemove',
  /** Changes the portal's address; good for seven days. */
  DnsChange: 'DnsChange',
  /** Hands the portal to another owner; the owner's, good for seven days. */
  PortalOwnerChange: 'PortalOwnerChange',
  /** Activates an account that was never used; good for seven days. */
  Activation: 'Activation',
  /** Changes a user's e-mail address; good for seven days. */
  EmailChange: 'EmailChange',
  /** Confirms an e-mail address; good for seven days. */
  EmailActivation: 'EmailActivation',
  /** Sets a new password; good for seven days, until the password changes. */
  PasswordChange: 'PasswordChange',
  /** Removes an account; good for seven days. */
  ProfileRemove: 'ProfileRemove',
  /** Second step of a login: name a mobile phone; good for one hour. */
  PhoneActivation: 'PhoneActivation',
  /** Second step of a login: the code of an SMS; good for one hour. */
  PhoneAuth: 'PhoneAuth',
  /** Logs its user in, once; good for one hour. */
  Auth: 'Auth',
  /** Second step of a login: set up an authenticator app; good for one hour. */
  TfaActivation: 'TfaActivation',
  /** Second step of a login: the code of an authenticator app; good for one hour. */
  TfaAuth: 'TfaAuth',
  /** Sets a new portal up; good for seven days. */
  Wizard: 'Wizard',
  /** Shares a guest with another user; good for seven days. */
  GuestShareLink: 'GuestShareLink',
} as const;
/** One of the names in {@link ConfirmType}. */
export type ConfirmType = (typeof ConfirmType)[keyof typeof ConfirmType];

/**
 * The kind of a portal's user. A portal prints and takes the names.
 * @enum
 */
export const EmployeeType = {
  /** Any kind: for filters, no user is of it. */
  All: 'All',
  /** Makes rooms and administers them. */
  RoomAdmin: 'RoomAdmin',
  /** Sees only what was shared with him. */
  Guest: 'Guest',
  /** Administers the portal. */
  DocSpaceAdmin: 'DocSpaceAdmin',
  /** Works in rooms that others made. */
  User: 'User',
} as const;
/** One of the names in {@link EmployeeType}. */
export type EmployeeType = (typeof EmployeeType)[keyof typeof EmployeeType];

/**
 * Which captcha was solved. A portal takes the numbers only.
 * @enum
 */
export const RecaptchaType = {
  /** Google's, in a browser. */
  Default: 0,
  /** Google's second version, in an application for Android. */
  AndroidV2: 1,
  /** Google's second version, in an application for iOS. */
  iOSV2: 2,
  /** The one of hCaptcha. */
  hCaptcha: 3,
} as const;
/** One of the numbers in {@link RecaptchaType}. */
export type RecaptchaType = (typeof RecaptchaType)[keyof typeof RecaptchaType];

/**
 * What a portal finds of a confirmation link. A portal prints the numbers.
 * @enum
 */
export const ValidationResult = {
  /** The link is good. */
  Ok: 0,
  /** It was not made by this portal for this user and purpose, or it was used. */
  Invalid: 1,
  /** Its time is over. */
  Expired: 2,
  /** The portal's plan allows no more users. */
  TariffLimit: 3,
  /** Who is invited has an account already. */
  UserExisted: 4,
  /** Who is invited was excluded from the portal. */
  UserExcluded: 5,
  /** The portal's quota is used up. */
  QuotaFailed: 6,
} as const;
/** One of the numbers in {@link ValidationResult}. */
export type ValidationResult = (typeof ValidationResult)[keyof typeof ValidationResult];
