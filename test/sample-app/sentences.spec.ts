import {
  DocSpaceProtocolError,
  DocSpaceRefusedError,
  type DocSpaceRefusalReason,
  DocSpaceUnavailableError,
} from 'nestjs-docspace-auth';
import { problemOf } from '../../sample-app/pages/sentences';

describe('problemOf, of an error that a service threw', () => {
  it.each<[reason: DocSpaceRefusalReason, status: number]>([
    ['invalid-request', 400],
    ['invalid-code', 401],
    ['user-disabled', 403],
    ['sms-unavailable', 403],
    ['throttled', 429],
    ['portal-maintenance', 503],
  ])('answers %s with the status of the guards, %i', (reason, status) => {
    expect(problemOf(new DocSpaceRefusedError(reason, 'told'))).toMatchObject({ reason, status });
  });

  it('tells no answer from one that cannot be read', () => {
    expect(problemOf(new DocSpaceUnavailableError('told', { retryAfterMs: 2000 }))).toEqual({
      status: 503,
      sentence: 'DocSpace cannot be reached at the moment. You did nothing wrong. Try again in 2 seconds.',
    });
    expect(problemOf(new DocSpaceProtocolError('told')).status).toBe(502);
  });
});
