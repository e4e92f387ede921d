import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type AxiosAdapter, getAdapter } from 'axios';
import { DocSpaceCredentials, DocSpaceLogin, DocSpaceSessions } from 'nestjs-docspace-auth';
import { DocSpaceEmulator } from 'nestjs-docspace-auth/testing';
import { expectNoSecret } from '../support/secrets.js';
import { anApp } from '../support/start-app.js';
import { Sdk } from './sdk.js';

const ANN = { email: 'ann@example.com', password: 'Secret123!' };

const spanNames = (sdk: Sdk): string[] => sdk.spans.getFinishedSpans().map(({ name }) => name);

describe('with an SDK of OpenTelemetry', () => {
  it('makes a span of each login, question and log-out, inside the span that was open', async () => {
    await using sdk = new Sdk();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).compile();
    const sessions = app.get(DocSpaceSessions);
    const outer = trace.getTracer('test').startSpan('request');
    await context.with(trace.setSpan(context.active(), outer), async () => {
      const outcome = await app.get(DocSpaceLogin).start({ userName: ANN.email, password: ANN.password });
      const credentials = DocSpaceCredentials.token(outcome.status === 'authenticated' ? outcome.token : '');
      for (let call = 0; call < 10; call++) await sessions.check(credentials);
      await sessions.end(credentials);
    });
    const spans = sdk.spans.getFinishedSpans();
    expect(spans.map(({ name, kind, attributes }) => [name, kind, attributes])).toEqual([
      [
        'docspace.login',
        SpanKind.INTERNAL,
        { 'docspace.portal': 'default', 'docspace.login.step': 'start', 'docspace.outcome': 'authenticated' },
      ],
      [
        'docspace.check',
        SpanKind.INTERNAL,
        { 'docspace.portal': 'default', 'docspace.credentials.kind': 'token', 'docspace.outcome': 'authenticated' },
      ],
      [
        'docspace.logout',
        SpanKind.INTERNAL,
        { 'docspace.portal': 'default', 'docspace.credentials.kind': 'token', 'docspace.outcome': 'revoked' },
      ],
    ]);
    const parents = new Set(spans.map(({ parentSpanContext }) => parentSpanContext?.spanId));
    expect([...parents]).toEqual([outer.spanContext().spanId]);
  });

  it('is the parent of what happens on the way to the portal', async () => {
    await using sdk = new Sdk();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    const seen: (string | undefined)[] = [];
    const adapter: AxiosAdapter = (config) => {
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
      return getAdapter('http')(config);
    };
    await using app = await anApp().at(portal.url).with({ http: { adapter } }).compile();
    await app.get(DocSpaceSessions).check(DocSpaceCredentials.token(portal.issueToken(ANN.email)));
    expect(seen).toEqual([sdk.spans.getFinishedSpans()[0]?.spanContext().spanId]);
  });

  it('marks what failed, and ends the span of what the caller gave up', async () => {
    await using sdk = new Sdk();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).compile();
    const login = app.get(DocSpaceLogin);
    await expect(login.start({ userName: ANN.email, password: 'wrong-password' })).rejects.toThrow();
    await expect(login.start({}, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow();
    portal.faults.add({ kind: 'status', status: 503 });
    await app.get(DocSpaceSessions).check(DocSpaceCredentials.token('some-other-token'));
    const [refused, , outage] = sdk.spans.getFinishedSpans();
    expect(spanNames(sdk)).toEqual(['docspace.login', 'docspace.login', 'docspace.check']);
    expect(refused?.attributes).toMatchObject({
      'docspace.outcome': 'refused',
      'error.type': 'invalid-credentials',
    });
    expect(outage?.status.code).toBe(SpanStatusCode.ERROR);
    expect(outage?.attributes).toMatchObject({
      'docspace.outcome': 'unknown',
      'error.type': 'ERR_DOCSPACE_UNAVAILABLE',
    });
    expectNoSecret(
      sdk.spans
        .getFinishedSpans()
        .map(({ name, attributes, status, events }) => ({ name, attributes, status, events })),
      [ANN.email, ANN.password, 'wrong-password', 'some-other-token'],
    );
  });

  it('counts checks by where they were answered, and measures how long questions took', async () => {
    await using sdk = new Sdk();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    await using app = await anApp().at(portal.url).compile();
    const credentials = DocSpaceCredentials.token(portal.issueToken(ANN.email));
    for (let call = 0; call < 4; call++) await app.get(DocSpaceSessions).check(credentials);
    const points = await sdk.points();
    const portalName = { 'docspace.portal': 'default' };
    expect(points).toMatchObject({
      'docspace.check.duration': [
        [{ ...portalName, 'docspace.credentials.kind': 'token', 'docspace.outcome': 'authenticated' }, 1],
      ],
      'docspace.session.checks': [
        [{ ...portalName, 'docspace.check.source': 'memory' }, 3],
        [{ ...portalName, 'docspace.check.source': 'shared' }, 0],
        [{ ...portalName, 'docspace.check.source': 'portal' }, 1],
      ],
      'docspace.session.stale_served': [[portalName, 0]],
      'docspace.session.remembered': [[{}, 1]],
      'docspace.session.in_flight': [[{}, 0]],
      'docspace.store.errors': [[{}, 0]],
      'docspace.breaker.state': [
        [{ ...portalName, 'docspace.breaker.state': 'closed' }, 1],
        [{ ...portalName, 'docspace.breaker.state': 'half-open' }, 0],
        [{ ...portalName, 'docspace.breaker.state': 'open' }, 0],
      ],
    });
  });

  it('makes one span for the process, however many applications there are, and none after the last', async () => {
    await using sdk = new Sdk();
    await using portal = await DocSpaceEmulator.start({ users: [ANN] });
    const first = await anApp().at(portal.url).compile();
    const second = await anApp().at(portal.url).compile();
    await first[Symbol.asyncDispose]();
    await second.get(DocSpaceLogin).start({ userName: ANN.email, password: ANN.password });
    await second[Symbol.asyncDispose]();
    const late = second.get(DocSpaceLogin).start({ userName: ANN.email, password: ANN.password });
    await expect(late).rejects.toThrow('the application is closing');
    expect(spanNames(sdk)).toEqual(['docspace.login']);
  });
});

describe('with an SDK, but without the API beside this package', () => {
  it('starts all the same, and says so', async () => {
    await using _sdk = new Sdk();
    await jest.isolateModulesAsync(async () => {
      jest.doMock('@opentelemetry/api', () => {
        throw new Error('Cannot find module');
      });
      const { anApp: anIsolatedApp } = await import('../support/start-app.js');
      const { recordLogs } = await import('../support/secrets.js');
      using logs = recordLogs();
      await using _app = await anIsolatedApp().logTo(logs).compile();
      expect(logs.lines.at(-1)).toContain('@opentelemetry/api is not installed');
      jest.dontMock('@opentelemetry/api');
    });
  });
});

describe('without an SDK of OpenTelemetry', () => {
  it('does not even load the API', async () => {
    await jest.isolateModulesAsync(async () => {
      const load = jest.fn(() => ({}));
      jest.doMock('@opentelemetry/api', load);
      const { anApp: anIsolatedApp } = await import('../support/start-app.js');
      await using _app = await anIsolatedApp().compile();
      expect(load).not.toHaveBeenCalled();
      jest.dontMock('@opentelemetry/api');
    });
  });
});
