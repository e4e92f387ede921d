/** What a member of a request body must be. */
export type MemberKind =
  | { readonly kind: 'text' | 'email' | 'flag' | 'maybe-flag' | 'guid' | 'texts' }
  | {
      readonly kind: 'number';
      readonly type: string;
      readonly numericStrings?: boolean;
      readonly range?: readonly [number, number];
    }
  | { readonly kind: 'enum'; readonly type: string; readonly names: Readonly<Record<string, number>> }
  | { readonly kind: 'object'; readonly shape: BodyShape };

/** A request body: its .NET type, and its members by their C# name. */
export interface BodyShape {
  readonly type: string;
  readonly members: Readonly<Record<string, MemberKind>>;
  /** Members that must be there. */
  readonly required?: readonly string[];
}

/** The kinds of confirm links, by number. */
export const confirmTypes = {
  EmpInvite: 0,
  LinkInvite: 1,
  PortalSuspend: 2,
  PortalContinue: 3,
  PortalRemove: 4,
  DnsChange: 5,
  PortalOwnerChange: 6,
  Activation: 7,
  EmailChange: 8,
  EmailActivation: 9,
  PasswordChange: 10,
  ProfileRemove: 11,
  PhoneActivation: 12,
  PhoneAuth: 13,
  Auth: 14,
  TfaActivation: 15,
  TfaAuth: 16,
  Wizard: 17,
  GuestShareLink: 18,
} as const;

/** A kind of confirm link. */
export type DocSpaceConfirmType = keyof typeof confirmTypes;

/** The kinds of employees, by number. */
export const employeeTypes = { All: 0, RoomAdmin: 1, Guest: 2, DocSpaceAdmin: 3, User: 4 } as const;

const text = { kind: 'text' } as const;
export const employeeType = { kind: 'enum', type: 'ASC.Core.Users.EmployeeType', names: employeeTypes } as const;

const confirmData: BodyShape = {
  type: 'ASC.Web.Api.ApiModel.RequestsDto.ConfirmData',
  members: { Email: { kind: 'email' }, First: { kind: 'maybe-flag' }, Key: text },
};

/** The body of a login (AuthRequestsDto.cs). */
export const authRequests: BodyShape = {
  type: 'ASC.Web.Api.ApiModel.RequestsDto.AuthRequestsDto',
  members: {
    UserName: text,
    Password: text,
    PasswordHash: text,
    Provider: text,
    AccessToken: text,
    SerializedProfile: text,
    CodeOAuth: text,
    Session: { kind: 'flag' },
    ConfirmData: { kind: 'object', shape: confirmData },
    RecaptchaType: { kind: 'number', type: 'ASC.Web.Core.RecaptchaType' },
    RecaptchaResponse: text,
    Culture: text,
  },
};

/** The body of a login's second step; the code in the path is never read. */
export const authWithCode: BodyShape = {
  type: 'ASC.Web.Api.ApiModel.RequestsDto.AuthWithCodeRequestsDto',
  members: { ...authRequests.members, Code: text },
};

/** The body of `setphone`. */
export const mobileRequests: BodyShape = {
  type: 'ASC.Web.Api.ApiModel.RequestsDto.MobileRequestsDto',
  members: { MobilePhone: text },
};

/** The body of `confirm` (EmailValidationKeyProvider.cs:191). */
export const emailValidationKey: BodyShape = {
  type: 'ASC.Security.Cryptography.EmailValidationKeyModel',
  members: {
    Key: text,
    EmplType: employeeType,
    Email: { kind: 'email' },
    EncEmail: text,
    UiD: { kind: 'guid' },
    Type: { kind: 'enum', type: 'ASC.Web.Studio.Utility.ConfirmType', names: confirmTypes },
    First: text,
    RoomId: text,
  },
};
