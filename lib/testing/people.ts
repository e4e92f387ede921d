import type { DocSpaceEmulatorAccount } from './account.js';
import { accessDenied, argument, itemNotFound } from './failure.js';
import { profile } from './profile.js';
import type { Call, Route } from './routes.js';
import { requireAdmin, signedIn } from './signed-in.js';
import { employeeType, employeeTypes, type BodyShape } from './shapes.js';

const member: BodyShape = {
  type: 'ASC.People.ApiModels.RequestDto.MemberRequestDto',
  members: {
    FirstName: { kind: 'text' },
    LastName: { kind: 'text' },
    Email: { kind: 'email' },
    Password: { kind: 'text' },
    PasswordHash: { kind: 'text' },
    Type: employeeType,
    CultureName: { kind: 'text' },
  },
};

/** The people service, as far as a client of authentication needs it (UserController.cs). */
export const peopleRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/2.0/people/@self',
    access: 'signed-in',
    scopes: ['accounts.self:read', 'accounts.self:write'],
    run: ({ exchange }) => ({ response: profile(exchange, signedIn(exchange)) }),
  },
  {
    method: 'POST',
    path: '/api/2.0/people',
    access: { roles: ['LinkInvite', 'Authenticated'] },
    body: member,
    run: (call) => ({ response: profile(call.exchange, addMember(call)) }),
  },
  {
    method: 'POST',
    path: '/api/2.0/people/active',
    access: 'signed-in',
    body: member,
    run: (call) => ({ response: profile(call.exchange, addActive(call)) }),
  },
  {
    method: 'GET',
    path: '/api/2.0/people/email',
    access: 'signed-in',
    run: ({ exchange }) => {
      const email = exchange.parameter('email')?.toLowerCase();
      const found = exchange.portal.users.all().find((account) => account.email.toLowerCase() === email);
      if (!found) throw itemNotFound('The user could not be found');
      return { response: profile(exchange, found) };
    },
  },
];

/** Whom a caller may add: guests nobody, administrators the owner, room administrators an administrator. */
function addMember(call: Call): DocSpaceEmulatorAccount {
  const { exchange, body } = call;
  const invited = exchange.caller?.role === 'LinkInvite';
  const type = body.number('Type') ?? employeeTypes.User;
  const { role, isOwner } = signedIn(exchange);
  const { Guest, DocSpaceAdmin, RoomAdmin } = employeeTypes;
  const forbidden = type === Guest || (type === DocSpaceAdmin && !isOwner) || (type === RoomAdmin && role !== 'admin');
  if (!invited && forbidden) throw accessDenied();
  return add(call, type);
}

function addActive(call: Call): DocSpaceEmulatorAccount {
  requireAdmin(call.exchange);
  const account = add(call, call.body.number('Type') ?? employeeTypes.User);
  account.activationStatus = 2;
  return account;
}

function add({ exchange, body }: Call, type: number): DocSpaceEmulatorAccount {
  const email = body.text('Email') ?? '';
  const password = body.text('Password');
  const passwordHash = body.text('PasswordHash');
  if (email === '') throw argument("The value cannot be an empty string. (Parameter 'email')");
  if (exchange.portal.users.get(email)) throw argument('The email is already registered');
  return exchange.portal.users.add({
    email,
    firstName: body.text('FirstName') ?? '',
    lastName: body.text('LastName') ?? '',
    isAdmin: type === employeeTypes.DocSpaceAdmin,
    isRoomAdmin: type === employeeTypes.RoomAdmin,
    isGuest: type === employeeTypes.Guest,
    ...(password === undefined ? {} : { password }),
    ...(passwordHash === undefined ? {} : { passwordHash }),
  });
}
