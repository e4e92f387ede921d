import {
  DocSpaceAuthError,
  DocSpaceProtocolError,
  DocSpaceRefusedError,
  type DocSpaceRefusalReason,
  DocSpaceUnavailableError,
} from 'nestjs-docspace-auth';
import { REFUSAL_STATUS } from '../../lib/auth/errors.js';

const STATUSES: Record<number, DocSpaceRefusalReason[]> = {
  400: ['invalid-request'],
  401: ['invalid-credentials', 'invalid-code', 'link-invalid', 'challenge-invalid', 'confirmation-required'],
  403: [
    ...(['user-disabled', 'captcha-refused', 'ip-restricted', 'api-key-refused'] as const),
    ...(['sms-unavailable', 'cross-site', 'role-missing'] as const),
  ],
  429: ['locked-out', 'too-many-codes', 'throttled', 'rate-limited'],
  503: ['portal-not-found', 'portal-maintenance', 'payment-required'],
};

const ROWS = Object.entries(STATUSES).flatMap(([status, reasons]) =>
  reasons.map((reason): [DocSpaceRefusalReason, number] => [reason, Number(status)]),
);

describe('a refusal', () => {
  it.each(ROWS)('for %s is answered with %i, whatever the portal’s own status was', (reason, httpStatus) => {
    const endpoint = 'POST /api/2.0/authentication';
    for (const details of [{}, { status: 418 }, { endpoint }])
      expect(new DocSpaceRefusedError(reason, 'words', details)).toMatchObject({ reason, httpStatus });
  });

  it('has no other reason', () => {
    expect(Object.keys(REFUSAL_STATUS).sort()).toEqual(ROWS.map(([reason]) => reason).sort());
  });

  it('of a question that a portal has no time for is nobody’s fault: 503', () => {
    const ofCheck = { endpoint: 'GET /api/2.0/authentication' };
    expect(new DocSpaceRefusedError('rate-limited', 'words', ofCheck).httpStatus).toBe(503);
    expect(new DocSpaceRefusedError('ip-restricted', 'words', ofCheck).httpStatus).toBe(403);
    expect(new DocSpaceRefusedError('rate-limited', 'words', { endpoint: 'POST /GET ' }).httpStatus).toBe(429);
  });
});

describe.each([
  ['DocSpaceRefusedError', 'ERR_DOCSPACE_REFUSED', 401],
  ['DocSpaceUnavailableError', 'ERR_DOCSPACE_UNAVAILABLE', 503],
  ['DocSpaceProtocolError', 'ERR_DOCSPACE_PROTOCOL', 502],
])('a %s', (name, code, httpStatus) => {
  const make = (details?: ConstructorParameters<typeof DocSpaceProtocolError>[1]): DocSpaceAuthError =>
    name === 'DocSpaceRefusedError'
      ? new DocSpaceRefusedError('invalid-credentials', 'words', details)
      : name === 'DocSpaceProtocolError'
        ? new DocSpaceProtocolError('words', details)
        : new DocSpaceUnavailableError('words', details);

  it('is told by its name, its code and the status to answer with', () => {
    const error = make();
    expect(error).toBeInstanceOf(DocSpaceAuthError);
    expect(error).toMatchObject({ name, code, httpStatus, message: 'words' });
    expect(String(error)).toBe(`${name}: words`);
  });

  it('carries what is known, and has no property for what is not', () => {
    const details = { endpoint: 'GET /x', status: 0, retryAfterMs: 0 };
    expect(make(details)).toMatchObject(details);
    for (const empty of [undefined, {}, { endpoint: undefined, status: undefined, retryAfterMs: undefined }])
      for (const property of [...Object.keys(details), 'cause']) expect(make(empty)).not.toHaveProperty(property);
  });
});
