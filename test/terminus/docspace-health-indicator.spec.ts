import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { DocSpaceHealthIndicator } from 'nestjs-docspace-auth/terminus';
import { DocSpaceEmulator, type DocSpaceEmulatorFault } from 'nestjs-docspace-auth/testing';
import { anApp, PLATFORMS, type StartedApp } from '../support/start-app.js';

@Controller()
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly docspace: DocSpaceHealthIndicator,
  ) {}

  @Get('health')
  @HealthCheck()
  check() {
    return this.health.check([() => this.docspace.isHealthy('docspace')]);
  }
}

const healthApp = () =>
  anApp()
    .imports(TerminusModule.forRoot({ logger: false }))
    .providers(DocSpaceHealthIndicator)
    .controllers(HealthController);

async function healthOf(app: StartedApp) {
  const response = await app.fetch('/health');
  const { details } = (await response.json()) as { details: { docspace: Record<string, unknown> } };
  return { status: response.status, ...details, docspace: details.docspace };
}

const PROBLEM = { kind: 'status' as const, body: '{"title":"…","status":404,"traceId":"00"}' };

describe.each(PLATFORMS)('the health of a portal, on %s', (platform) => {
  it('is up when the portal answers, whoever asks', async () => {
    await using portal = await DocSpaceEmulator.start();
    await using app = await healthApp().at(portal.url).on(platform).start();
    const { status, docspace } = await healthOf(app);
    expect(status).toBe(200);
    expect(docspace).toEqual({ status: 'up', breaker: 'closed', answeredInMs: expect.any(Number) as number });
    expect(portal.journal.map(({ request }) => `${request.method} ${request.path}`)).toEqual([
      'GET /api/2.0/authentication',
    ]);
    expect(portal.journal[0]?.request.headers).not.toHaveProperty('authorization');
  });

  it.each<[what: string, fault: DocSpaceEmulatorFault, expected: object]>([
    ['gone', { ...PROBLEM, status: 404 }, { code: 'ERR_DOCSPACE_REFUSED', reason: 'portal-not-found' }],
    ['in maintenance', { ...PROBLEM, status: 403 }, { code: 'ERR_DOCSPACE_REFUSED', reason: 'portal-maintenance' }],
    ['over its limit', { kind: 'status', status: 429 }, { code: 'ERR_DOCSPACE_REFUSED', reason: 'rate-limited' }],
    ['failing', { kind: 'status', status: 500 }, { code: 'ERR_DOCSPACE_UNAVAILABLE' }],
    ['not there', { kind: 'refuse' }, { code: 'ERR_DOCSPACE_UNAVAILABLE' }],
    ['something else', { kind: 'garbage' }, { code: 'ERR_DOCSPACE_PROTOCOL' }],
  ])('is down when the portal is %s, and says so', async (_what, fault, expected) => {
    await using portal = await DocSpaceEmulator.start();
    await using app = await healthApp().at(portal.url).on(platform).start();
    portal.faults.add(fault);
    const { status, docspace } = await healthOf(app);
    expect(status).toBe(503);
    expect(docspace).toMatchObject({ status: 'down', ...expected });
    expect(docspace['message']).toMatch(/^GET \/api\/2\.0\/authentication: /);
  });
});

describe('the health of a portal', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is asked for once a second, however often the route is called', async () => {
    await using portal = await DocSpaceEmulator.start();
    await using app = await healthApp().at(portal.url).compile();
    const indicator = app.get(DocSpaceHealthIndicator);
    const start = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    await Promise.all(Array.from({ length: 20 }, () => indicator.isHealthy('docspace')));
    clock.mockReturnValue(start + 999);
    await indicator.isHealthy('docspace');
    expect(portal.journal).toHaveLength(1);
    clock.mockReturnValue(start + 1000);
    await indicator.isHealthy('docspace');
    expect(portal.journal).toHaveLength(2);
  });

  it('shows an open circuit breaker, and leaves the portal alone meanwhile', async () => {
    await using portal = await DocSpaceEmulator.start();
    await using app = await healthApp().at(portal.url).compile();
    const indicator = app.get(DocSpaceHealthIndicator);
    portal.faults.add({ kind: 'status', status: 503 });
    const clock = jest.spyOn(Date, 'now');
    const start = 1_700_000_000_000;
    const reportAfter = async (seconds: number) => {
      clock.mockReturnValue(start + seconds * 1000);
      return (await indicator.isHealthy('docspace')).docspace;
    };
    for (const seconds of [0, 1, 2, 3, 4]) await reportAfter(seconds);
    const asked = portal.journal.length;
    const report = await reportAfter(5);
    expect(report).toMatchObject({ status: 'down', breaker: 'open', code: 'ERR_DOCSPACE_UNAVAILABLE' });
    expect(portal.journal).toHaveLength(asked);
  });

  it('is told for each portal by its name', async () => {
    await using portal = await DocSpaceEmulator.start();
    await using app = await healthApp()
      .at('http://127.0.0.1:9')
      .with({ portals: { second: { portalUrl: portal.url } } })
      .compile();
    const indicator = app.get(DocSpaceHealthIndicator);
    expect((await indicator.isHealthy('first')).first.status).toBe('down');
    expect((await indicator.isHealthy('second', { portal: 'second' })).second.status).toBe('up');
    await expect(indicator.isHealthy('third', { portal: 'third' })).rejects.toThrow('must be one of default, second');
  });
});
