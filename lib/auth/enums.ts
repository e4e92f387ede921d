/** What a confirmation link is for. A portal prints and takes the names. */
export const ConfirmType = {
  EmpInvite: 'EmpInvite',
  LinkInvite: 'LinkInvite',
  PortalSuspend: 'PortalSuspend',
  PortalContinue: 'PortalContinue',
  PortalRemove: 'PortalRemove',
  DnsChange: 'DnsChange',
  PortalOwnerChange: 'PortalOwnerChange',
  Activation: 'Activation',
  EmailChange: 'EmailChange',
  EmailActivation: 'EmailActivation',
  PasswordChange: 'PasswordChange',
  ProfileRemove: 'ProfileRemove',
  PhoneActivation: 'PhoneActivation',
  PhoneAuth: 'PhoneAuth',
  Auth: 'Auth',
  TfaActivation: 'TfaActivation',
  TfaAuth: 'TfaAuth',
  Wizard: 'Wizard',
  GuestShareLink: 'GuestShareLink',
} as const;
/** One of the names in {@link ConfirmType}. */
export type ConfirmType = (typeof ConfirmType)[keyof typeof ConfirmType];

/** The kind of a portal's user. A portal prints and takes the names. */
export const EmployeeType = {
  All: 'All',
  RoomAdmin: 'RoomAdmin',
  Guest: 'Guest',
  DocSpaceAdmin: 'DocSpaceAdmin',
  User: 'User',
} as const;
/** One of the names in {@link EmployeeType}. */
export type EmployeeType = (typeof EmployeeType)[keyof typeof EmployeeType];

/** Which captcha was solved. A portal takes the numbers only. */
export const RecaptchaType = { Default: 0, AndroidV2: 1, iOSV2: 2, hCaptcha: 3 } as const;
/** One of the numbers in {@link RecaptchaType}. */
export type RecaptchaType = (typeof RecaptchaType)[keyof typeof RecaptchaType];

/** What a portal finds of a confirmation link. A portal prints the numbers. */
export const ValidationResult = {
  Ok: 0,
  Invalid: 1,
  Expired: 2,
  TariffLimit: 3,
  UserExisted: 4,
  UserExcluded: 5,
  QuotaFailed: 6,
} as const;
/** One of the numbers in {@link ValidationResult}. */
export type ValidationResult = (typeof ValidationResult)[keyof typeof ValidationResult];
