import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** A real SDK that keeps in memory what it would export; unregistered when disposed. */
export class Sdk implements AsyncDisposable {
  readonly spans = new InMemorySpanExporter();
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({ exporter: this.#exporter, exportIntervalMillis: 3_600_000 });
  readonly #tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.spans)] });
  readonly #meters = new MeterProvider({ readers: [this.#reader] });

  constructor() {
    trace.setGlobalTracerProvider(this.#tracers);
    metrics.setGlobalMeterProvider(this.#meters);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  /** Every point that is exported now, by metric: its attributes, and its value or count. */
  async points(): Promise<Record<string, unknown[]>> {
    await this.#reader.forceFlush();
    const all =
      this.#exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    return Object.fromEntries(
      all.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => [attributes, typeof value === 'number' ? value : value.count]),
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#tracers.shutdown(), this.#meters.shutdown()]);
    for (const api of [trace, metrics, context]) api.disable();
  }
}
