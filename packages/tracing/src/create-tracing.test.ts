import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { startCollector } from '../../../tests/e2e/trace-collector.js';
import { createTracing } from './create-tracing.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = {
  traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  tracestate: 'rojo=00f067aa0ba902b7',
};

afterEach(() => vi.unstubAllEnvs());

/** Without a collector: nothing that is sampled leaves within a test. */
function setup(sampler?: string) {
  if (sampler !== undefined) vi.stubEnv('OTEL_TRACES_SAMPLER', sampler);
  const problems: string[] = [];
  const onProblem = (_what: string, error: unknown) => void problems.push(String(error));
  return { tracing: createTracing({ service: 'api', version: '1', onProblem }), problems };
}

/** With a collector of its own. */
async function setupExport() {
  const collector = await startCollector();
  onTestFinished(() => collector.stop());
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint);
  return { ...setup(), spans: () => collector.bodies.join() };
}

it('continues a trace, with its state', () => {
  const { tracing } = setup();

  const span = tracing.begin('POST', { kind: 'server', parent });
  const part = span.begin('part');

  expect(span.context.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  expect(span.context.traceparent).not.toBe(parent.traceparent);
  expect(span.context.tracestate).toBe(parent.tracestate);
  expect(part.context.traceparent).toContain(traceId);
});

it('begins a trace of its own where it only links to another', () => {
  const { tracing } = setup();

  const span = tracing.begin('poll', { kind: 'internal', link: parent });

  expect(span.context.traceparent).not.toContain(traceId);
});

it.each([
  ['always_off', parent, '00'],
  ['parentbased_always_off', parent, '01'],
  ['parentbased_always_off', undefined, '00'],
  ['parentbased_always_on', { traceparent: parent.traceparent.replace(/01$/, '00') }, '00'],
])('samples as OTEL_TRACES_SAMPLER=%s says, after %j: flags %s', (sampler, after, flags) => {
  const { tracing } = setup(sampler);

  const span = tracing.begin('POST', { kind: 'server', parent: after });

  expect(span.context.traceparent.slice(-2)).toBe(flags);
  span.end({ error: 'nothing comes of it' });
  span.end();
});

it('sends no attribute that looks like a secret', async () => {
  const { spans, tracing } = await setupExport();
  const span = tracing.begin('poll', {
    kind: 'internal',
    attributes: { a: 'https://user:hunter2@ehr.example/j?key=hunter2' },
  });
  span.set({ b: 'Bearer hunter2', count: 2 });
  span.end();
  await tracing.stop(2_000);

  expect(spans()).toContain('https://ehr.example/j?…');
  expect(spans()).not.toContain('hunter2');
});

it('tells of a sampler that is none', () => {
  expect(setup('sometimes').problems.join()).toContain('sometimes');
});

it('gives log lines the ids of the span that they are written in, over waits too', async () => {
  const { tracing } = setup();
  const span = tracing.begin('POST', { kind: 'server', parent });
  const [, , spanId] = span.context.traceparent.split('-');

  const fields = await tracing.within(span, async () => {
    await Promise.resolve();
    return tracing.logFields();
  });

  expect(fields).toEqual({ trace_id: traceId, span_id: spanId });
  expect(tracing.logFields()).toEqual({});
});
