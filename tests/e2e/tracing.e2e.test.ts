import type { Job } from '@bulkwatch/contract';
import { demoClient, oracleExport } from '@bulkwatch/simulator';
import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fleet, startFleet } from './fleet.js';
import { attributeOf, type SentSpan, startCollector } from './trace-collector.js';
import { startReceiver } from './webhook-receiver.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerSpan = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${callerSpan}-01`;
const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';
const secretHeader = 'canary-of-the-collector';
const query = 'key=canary-of-the-url';
const bearer = 'canary-of-the-bearer';
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let collector: Awaited<ReturnType<typeof startCollector>>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let fleet: Fleet;
beforeAll(async () => {
  collector = await startCollector();
  receiver = await startReceiver(
    () => [secret],
    () => 200,
  );
  fleet = await startFleet({
    BULKWATCH_TRACING: 'true',
    BULKWATCH_WEBHOOK_ORIGINS: receiver.origin,
    BULKWATCH_RETRY_AFTER_FLOOR: '100ms',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: `x-collector-key=${secretHeader}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    BULKWATCH_SHUTDOWN_GRACE: '10s',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
});
afterAll(async () => {
  await fleet.stop();
  await receiver.kill();
  collector.stop();
});

async function register(body: object, headers: Record<string, string> = {}): Promise<Job> {
  const response = await fetch(`${fleet.apiUrl}/v1/jobs?`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as Job;
}

const named = (name: string): SentSpan[] => collector.spans.filter((span) => span.name === name);
const ofJob = (id: string): SentSpan[] =>
  named('poll').filter((span) => attributeOf(span, 'bulkwatch.job.id') === id);
const partsOf = ({ traceId: of, spanId }: SentSpan): SentSpan[] =>
  collector.spans.filter((span) => span.traceId === of && span.parentSpanId === spanId);

describe('traces of an export', () => {
  let job: Job;
  let registration: SentSpan;
  beforeAll(async () => {
    const { statusUrl } = fleet.simulator.createExport(
      oracleExport({ polls: 2, retryAfterSeconds: 0.3 }),
    );
    const webhook = { url: `${receiver.origin}/hook?${query}`, secret };
    job = await register(
      { statusUrl: `${statusUrl}?${query}`, credential: 'oracle', webhook },
      { traceparent, tracestate, authorization: `Bearer ${bearer}` },
    );
    const worker = await fleet.startWorker();
    await eventually(async () => expect((await fleet.job(job.id)).state).toBe('completed'), {
      timeoutMs: 15_000,
    });
    const isPosted = (word: string) =>
      receiver.posts.some(({ body }) => body.includes(`"bulkwatch.export.${word}"`));
    await eventually(() => expect(isPosted('completed')).toBe(true));
    // What is left goes out before the process is gone.
    expect(await worker.stop()).toMatchObject({ code: 0 });
    registration = await eventually(() => {
      const [span] = named('POST /v1/jobs');
      if (!span) throw new Error('not sent yet');
      return span;
    });
  });

  it('the registration continues the trace of its caller', () => {
    expect(registration).toMatchObject({
      traceId,
      parentSpanId: callerSpan,
      kind: 2,
      traceState: tracestate,
      service: 'bulkwatch-api',
    });
    expect(attributeOf(registration, 'http.response.status_code')).toBe(201);
    expect(attributeOf(registration, 'http.route')).toBe('/v1/jobs');
  });

  it('each poll is a trace of its own, linked to the registration, with a span for each part', () => {
    const polls = ofJob(job.id);

    expect(polls).toHaveLength(3);
    expect(new Set([...polls.map((poll) => poll.traceId), traceId]).size).toBe(4);
    for (const poll of polls) {
      expect(poll.parentSpanId).toBeUndefined();
      expect(poll.service).toBe('bulkwatch-worker');
      expect(poll.links).toEqual([
        expect.objectContaining({ traceId, spanId: registration.spanId }),
      ]);
      const names = partsOf(poll).map(({ name }) => name);
      expect(names.toSorted()).toEqual(['apply', 'claim', 'read', 'request']);
    }
    const requests = polls.flatMap(partsOf).filter(({ name }) => name === 'request');
    expect(requests.map(({ kind }) => kind)).toEqual([3, 3, 3]);
    const statuses = requests.map((span) => attributeOf(span, 'http.response.status_code'));
    expect(statuses).toEqual([202, 202, 200]);
    expect(requests.flatMap(partsOf).map(({ name }) => name)).toEqual(['token', 'token', 'token']);
    const ends = polls.map((poll) => attributeOf(poll, 'bulkwatch.next'));
    expect(ends).toEqual(['poll-again', 'poll-again', 'complete']);
  });

  it('its events and webhooks say where the registration stands', async () => {
    const ours = `00-${traceId}-${registration.spanId}-01`;
    const told = (await fleet.events()).filter(({ subject }) => subject === job.id);

    expect(told.map(({ type }) => type)).toContain('bulkwatch.export.completed');
    for (const event of told) expect(event).toMatchObject({ traceparent: ours, tracestate });
    expect(receiver.posts).not.toHaveLength(0);
    for (const { headers } of receiver.posts)
      expect(headers).toMatchObject({ traceparent: ours, tracestate });
  });

  it('log lines name the span that they were written in', () => {
    const lines = fleet.output().split('\n');
    const fieldsOf = (msg: string) =>
      JSON.parse(lines.find((line) => line.includes(`"${msg}"`)) ?? '{}') as object;

    expect(fieldsOf('job registered')).toMatchObject({
      trace_id: traceId,
      span_id: registration.spanId,
    });
    expect(fieldsOf('request answered')).toMatchObject({ trace_id: traceId });
    const settled = fieldsOf('job settled') as { trace_id?: string };
    expect(ofJob(job.id).map((poll) => poll.traceId)).toContain(settled.trace_id);
  });

  it('no secret is in a span, and that of the collector in nothing but its header', async () => {
    expect(collector.headers.every((sent) => sent['x-collector-key'] === secretHeader)).toBe(true);
    const sent = collector.bodies.join('\n');
    const elsewhere = fleet.output() + (await fleet.dumpRedis());

    for (const hidden of ['canary', secret.slice(6), demoClient.secret])
      expect(sent).not.toContain(hidden);
    expect(elsewhere).not.toContain(secretHeader);
  });
});

it('a malformed trace context is passed over', async () => {
  const { statusUrl } = fleet.simulator.createExport(oracleExport({ polls: 1 }));
  const job = await register({ statusUrl }, { traceparent: `ff-${traceId}-${callerSpan}-01` });

  const [told] = (await fleet.events()).filter(({ subject }) => subject === job.id);
  expect(told?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(told?.traceparent).not.toContain(traceId);
});

it.each([
  ['true', expect.any(Number)],
  ['false', 0],
])('with BULKWATCH_TRACING=%s this many libraries of it are loaded: %s', async (tracing, count) => {
  const preload = new URL('loaded-libraries.mjs', import.meta.url).pathname;
  const env = { BULKWATCH_TRACING: tracing, NODE_OPTIONS: `--import ${preload}` };
  const worker = await fleet.startWorker({ env });

  await worker.stop();

  const line = worker.lines().find((text) => text.startsWith('{"loaded"')) ?? '{}';
  const { loaded } = JSON.parse(line) as { loaded: number };
  expect(loaded).toEqual(count);
  expect(loaded > 0).toBe(tracing === 'true');
});

it('a collector that is away harms nothing, and holds up no stop', async () => {
  collector.stop();
  const { statusUrl } = fleet.simulator.createExport(
    oracleExport({ polls: 1, retryAfterSeconds: 0.2 }),
  );
  const worker = await fleet.startWorker();
  const job = await register({ statusUrl, credential: 'oracle' });

  await eventually(async () => expect((await fleet.job(job.id)).state).toBe('completed'), {
    timeoutMs: 10_000,
  });
  const stoppedFrom = performance.now();
  expect(await worker.stop()).toMatchObject({ code: 0 });
  expect(performance.now() - stoppedFrom).toBeLessThan(4_000);
  await eventually(() => expect(fleet.output()).toContain('"msg":"tracing"'));
});
