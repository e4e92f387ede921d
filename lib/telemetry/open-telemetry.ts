import { Logger } from '@nestjs/common';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Attributes, BatchObservableResult, Observable } from '@opentelemetry/api';
import type { DocSpaceSessions } from '../auth/docspace-sessions.js';
import { CHANNELS, type DocSpaceTimedEvent, tracing } from '../auth/events.js';
import { Shared } from './shared.js';
import { subscribeTo } from './subscriptions.js';

type Api = typeof OpenTelemetry;

const NAME = 'nestjs-docspace-auth';
/** Where every copy of `@opentelemetry/api` 1.x finds what an SDK registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');
/** What the semantic conventions advise for durations of HTTP, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * Spans and metrics, where an SDK of OpenTelemetry was registered before the application started; `@opentelemetry/api` is
 * not loaded otherwise. Returns how to stop.
 */
export async function observeByOpenTelemetry(sessions: DocSpaceSessions): Promise<() => void> {
  if (!isRegistered()) return () => undefined;
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (!api) {
    new Logger('DocSpaceAuth').warn('OpenTelemetry runs, but @opentelemetry/api is not installed beside this package.');
    return () => undefined;
  }
  shared ??= new Shared(() => traceAndTime(api));
  const ends = [shared.join(), gauge(api, sessions)];
  return () => {
    for (const end of ends) end();
  };
}

function isRegistered(): boolean {
  const api = (globalThis as { [REGISTERED]?: { trace?: unknown; metrics?: unknown } })[REGISTERED];
  return api?.trace !== undefined || api?.metrics !== undefined;
}

/** One for the process, as the channels are. */
let shared: Shared | undefined;

/** A span and a duration for every event that took time. */
function traceAndTime({ trace, metrics, context, SpanKind, SpanStatusCode }: Api): () => void {
  const tracer = trace.getTracer(NAME);
  const meter = metrics.getMeter(NAME);
  tracing.open = (channel) => {
    const span = tracer.startSpan(channel.replace(':', '.'), { kind: SpanKind.INTERNAL });
    return {
      run: (inside) => context.with(trace.setSpan(context.active(), span), inside),
      end: (event) => {
        if (event) span.setAttributes(attributesOf(event));
        if (event?.error) span.setStatus({ code: SpanStatusCode.ERROR, message: event.error.message });
        span.end();
      },
    };
  };
  const timed = (['login', 'check', 'logout'] as const).map((what) => {
    const advice = { explicitBucketBoundaries: BUCKETS };
    const histogram = meter.createHistogram(`docspace.${what}.duration`, { unit: 's', advice });
    const record = (event: DocSpaceTimedEvent): void => histogram.record(event.durationMs / 1000, attributesOf(event));
    return [CHANNELS[what], record] as const;
  });
  const stop = subscribeTo(...timed);
  return () => {
    stop();
    tracing.open = undefined;
  };
}

/** Few values each, so that no series explode: no address is among them. */
function attributesOf({ portal, reason, error, ...event }: DocSpaceTimedEvent): Attributes {
  const { step, kind, outcome } = event as { step?: string; kind?: string; outcome?: string };
  const type = reason ?? error?.code;
  return {
    'docspace.portal': portal,
    'docspace.outcome': outcome,
    ...(step && { 'docspace.login.step': step }),
    ...(kind && { 'docspace.credentials.kind': kind }),
    ...(type && { 'error.type': type }),
  };
}

/** What the session check counts by itself, read whenever metrics are collected. */
function gauge({ metrics }: Api, sessions: DocSpaceSessions): () => void {
  const meter = metrics.getMeter(NAME);
  const checks = meter.createObservableCounter('docspace.session.checks', { unit: '{check}' });
  const stale = meter.createObservableCounter('docspace.session.stale_served', { unit: '{check}' });
  const remembered = meter.createObservableUpDownCounter('docspace.session.remembered', { unit: '{session}' });
  const inFlight = meter.createObservableUpDownCounter('docspace.session.in_flight', { unit: '{check}' });
  const failures = meter.createObservableCounter('docspace.store.errors', { unit: '{error}' });
  const breaker = meter.createObservableUpDownCounter('docspace.breaker.state', { unit: '1' });
  const instruments: Observable[] = [checks, stale, remembered, inFlight, failures, breaker];
  const read = (result: BatchObservableResult): void => {
    const statistics = sessions.statistics();
    for (const [portal, counts] of Object.entries(statistics.portals)) {
      const of = (attributes: Attributes = {}): Attributes => ({ 'docspace.portal': portal, ...attributes });
      result.observe(checks, counts.hits, of({ 'docspace.check.source': 'memory' }));
      result.observe(checks, counts.shared, of({ 'docspace.check.source': 'shared' }));
      result.observe(checks, counts.asked, of({ 'docspace.check.source': 'portal' }));
      result.observe(stale, counts.staleServed, of());
      for (const state of ['closed', 'half-open', 'open'])
        result.observe(breaker, Number(counts.breaker === state), of({ 'docspace.breaker.state': state }));
    }
    result.observe(remembered, statistics.remembered);
    result.observe(inFlight, statistics.inFlight);
    result.observe(failures, statistics.storeErrors);
  };
  meter.addBatchObservableCallback(read, instruments);
  return () => meter.removeBatchObservableCallback(read, instruments);
}
