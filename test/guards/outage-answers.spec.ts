import { Controller, Get, UseGuards } from '@nestjs/common';
import { DocSpaceAuthGuard } from 'nestjs-docspace-auth';
import { DocSpaceEmulator, type DocSpaceEmulatorFault } from 'nestjs-docspace-auth/testing';
import { anApp, PLATFORMS } from '../support/start-app';

const ANN = { email: 'ann@example.com', password: 'Secret123!' };
const PROBLEM = { kind: 'status' as const, body: '{"title":"…","status":404,"traceId":"00"}' };

@Controller()
class Pages {
  @UseGuards(DocSpaceAuthGuard)
  @Get('me')
  me(): string {
    return 'me';
  }
}

describe.each(PLATFORMS)('on %s, a portal that', (platform) => {
  it.each<
    [what: string, fault: DocSpaceEmulatorFault, status: number, reason: string | undefined, retryAfter: string | null]
  >([
    ['is gone', { ...PROBLEM, status: 404 }, 503, 'portal-not-found', '5'],
    ['is in maintenance', { ...PROBLEM, status: 403 }, 503, 'portal-maintenance', '5'],
    ['is not paid for', { ...PROBLEM, status: 402 }, 503, 'payment-required', '5'],
    ['takes no more questions', { kind: 'status', status: 429, retryAfter: 17 }, 503, 'rate-limited', '17'],
    ['fails', { kind: 'status', status: 500 }, 503, undefined, '5'],
    ['cannot be reached', { kind: 'refuse' }, 503, undefined, '5'],
    ['breaks off', { kind: 'cut-body' }, 503, undefined, '5'],
    ['talks about something else', { kind: 'garbage' }, 502, undefined, null],
  ])('%s logs nobody out', async (_what, fault, status, reason, retryAfter) => {
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).on(platform).controllers(Pages).start();
    const authorization = `Bearer ${portal.issueToken(ANN.email)}`;
    portal.faults.add(fault);
    const response = await fetch(`${app.url}/me`, { headers: { authorization } });
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    expect(((await response.json()) as { reason?: string }).reason).toBe(reason);
  });
});
