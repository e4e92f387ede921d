import { ConfirmType, EmployeeType, RecaptchaType, ValidationResult } from 'nestjs-docspace-auth';

const CONFIRM_TYPES = [
  ...['EmpInvite', 'LinkInvite', 'PortalSuspend', 'PortalContinue', 'PortalRemove', 'DnsChange', 'PortalOwnerChange'],
  ...[
    'Activation',
    'EmailChange',
    'EmailActivation',
    'PasswordChange',
    'ProfileRemove',
    'PhoneActivation',
    'PhoneAuth',
  ],
  ...['Auth', 'TfaActivation', 'TfaAuth', 'Wizard', 'GuestShareLink'],
];

describe('what a portal prints and takes by name', () => {
  it.each<[what: string, names: object, all: string[]]>([
    ['the purposes of a link', ConfirmType, CONFIRM_TYPES],
    ['the kinds of a user', EmployeeType, ['All', 'RoomAdmin', 'Guest', 'DocSpaceAdmin', 'User']],
  ])('are its own names to the letter: %s', (_, names, all) => {
    expect(Object.entries(names)).toEqual(all.map((name) => [name, name]));
  });
});

describe('what a portal prints and takes by number', () => {
  it.each<[what: string, numbers: object, all: string[]]>([
    ['the captchas', RecaptchaType, ['Default', 'AndroidV2', 'iOSV2', 'hCaptcha']],
    [
      'what is found of a link',
      ValidationResult,
      ['Ok', 'Invalid', 'Expired', 'TariffLimit', 'UserExisted', 'UserExcluded', 'QuotaFailed'],
    ],
  ])('counts from zero: %s', (_, numbers, all) => {
    expect(Object.entries(numbers)).toEqual(all.map((name, index) => [name, index]));
  });
});
