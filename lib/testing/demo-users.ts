import type { DocSpaceEmulatorUser } from './user.js';

/** Accounts that show every way of signing in; their passwords are no secrets. */
export const demoUsers: readonly DocSpaceEmulatorUser[] = [
  { email: 'user@example.com', password: 'user-password', firstName: 'Una', lastName: 'User' },
  { email: 'owner@example.com', password: 'owner-password', firstName: 'Olga', lastName: 'Owner', isOwner: true },
  { email: 'admin@example.com', password: 'admin-password', firstName: 'Adam', lastName: 'Admin', isAdmin: true },
  {
    email: 'sms@example.com',
    password: 'sms-password',
    firstName: 'Sam',
    lastName: 'Sms',
    secondFactor: 'sms',
    phone: '123456789',
  },
  {
    email: 'mobile@example.com',
    password: 'mobile-password',
    firstName: 'Mona',
    lastName: 'Mobile',
    secondFactor: 'sms',
    phone: '15551234567',
  },
  {
    email: 'new-phone@example.com',
    password: 'new-phone-password',
    firstName: 'Nils',
    lastName: 'Newphone',
    secondFactor: 'sms',
  },
  {
    email: 'app@example.com',
    password: 'app-password',
    firstName: 'Anna',
    lastName: 'App',
    secondFactor: 'app',
    appEnrolled: true,
    tfaKey: 'MFRGGRCFIYYTEMZU',
    backupCodes: ['backup', 'BACKUP', 'b4ckup', 'back-1', 'back_2'],
  },
  {
    email: 'new-app@example.com',
    password: 'new-app-password',
    firstName: 'Nora',
    lastName: 'Newapp',
    secondFactor: 'app',
    tfaKey: 'NVSWI2LUMF2GS33O',
  },
  {
    email: 'disabled@example.com',
    password: 'disabled-password',
    firstName: 'Dora',
    lastName: 'Disabled',
    status: 'disabled',
  },
];
