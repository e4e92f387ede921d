import { DocSpaceProtocolError, DocSpaceRefusedError, DocSpaceUnavailableError } from '../../lib/auth/errors.js';
import { ANONYMOUS, authenticated, errorOf, refused, unknown } from '../../lib/auth/verdict.js';

describe('a verdict', () => {
  it('holds what it says, and nothing else', () => {
    const [patient, plain] = [
      new DocSpaceUnavailableError('down', { retryAfterMs: 0 }),
      new DocSpaceProtocolError('odd'),
    ];
    expect(authenticated(7, true)).toEqual({ status: 'authenticated', checkedAt: 7, stale: true });
    expect(ANONYMOUS).toEqual({ status: 'anonymous' });
    expect(refused('ip-restricted')).toEqual({ status: 'refused', reason: 'ip-restricted' });
    expect(unknown(patient)).toStrictEqual({ status: 'unknown', error: patient, retryAfterMs: 0 });
    expect(unknown(plain)).toStrictEqual({ status: 'unknown', error: plain });
  });

  it('that is shared can’t be changed', () => {
    for (const verdict of [ANONYMOUS, refused('ip-restricted'), unknown(new DocSpaceProtocolError('odd'))])
      expect(Object.isFrozen(verdict)).toBe(true);
  });
});

describe('the error of a verdict', () => {
  it('is the portal’s own where nobody knows', () => {
    const error = new DocSpaceUnavailableError('down');
    expect(errorOf(unknown(error))).toBe(error);
  });

  it('is a refusal with its reason', () => {
    expect(errorOf(ANONYMOUS)).toEqual(
      new DocSpaceRefusedError('invalid-credentials', 'the portal does not know these credentials'),
    );
    expect(errorOf(ANONYMOUS)).toHaveProperty('reason', 'invalid-credentials');
    expect(errorOf(refused('ip-restricted'))).toEqual(new DocSpaceRefusedError('ip-restricted', 'the portal refuses'));
    expect(errorOf(refused('ip-restricted'))).toHaveProperty('reason', 'ip-restricted');
  });
});
