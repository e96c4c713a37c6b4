import type { ExportEvent } from '@bulkwatch/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Api, newStatusUrl, setupApi, setupWorker } from './harness.js';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';

let api: Api;
let worker: Awaited<ReturnType<typeof setupWorker>>;
beforeAll(async () => {
  api = await setupApi();
  worker = await setupWorker(api.redis);
});
afterAll(async () => {
  await worker.close();
  await api.stop();
});

const eventsOf = async (jobId: string): Promise<ExportEvent[]> => {
  const { events } = await api.context.store.events.readAfter('default', '0-0');
  return events
    .map(({ json }) => JSON.parse(json) as ExportEvent)
    .filter(({ subject }) => subject === jobId);
};

async function registerWith(headers: Record<string, string>): Promise<string> {
  const { body } = await api
    .post('/v1/jobs')
    .set(headers)
    .send({ statusUrl: newStatusUrl() })
    .expect(201);
  return (body as { id: string }).id;
}

it('is kept with the job and told with each of its events, without tracing too', async () => {
  const id = await registerWith({ traceparent, tracestate });
  await worker.reportProgress(id, 'half');
  await worker.complete(id, new TextEncoder().encode('{"output":[]}'));

  const events = await eventsOf(id);
  expect(events.map(({ type }) => type.split('.').at(-1))).toEqual([
    'registered',
    'progressed',
    'completed',
  ]);
  for (const event of events) expect(event).toMatchObject({ traceparent, tracestate });
  expect((await api.get(`/v1/jobs/${id}`)).body).not.toHaveProperty('traceparent');
});

it('is that of the first who registers a status URL', async () => {
  const statusUrl = newStatusUrl();
  const register = (header: string) =>
    api.post('/v1/jobs').set({ traceparent: header }).send({ statusUrl });
  const { body } = await register(traceparent).expect(201);

  await register(traceparent.replace('00f067aa0ba902b7', 'ffffffffffffffff')).expect(200);

  const job = await worker.read((body as { id: string }).id);
  expect(job?.trace).toEqual({ traceparent });
});

it('of a batch is that of all of its jobs', async () => {
  const lines = [newStatusUrl(), newStatusUrl()].map((statusUrl) => JSON.stringify({ statusUrl }));
  const { text } = await api
    .post('/v1/jobs/batch')
    .set({ traceparent })
    .set('Content-Type', 'application/x-ndjson')
    .send(lines.join('\n'))
    .expect(200);

  const results = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { job: { id: string } });
  expect(results).toHaveLength(2);
  for (const { job } of results)
    expect((await eventsOf(job.id)).map((event) => event.traceparent)).toEqual([traceparent]);
});

it.each([
  [{ traceparent: 'rubbish' }],
  [{ traceparent: `${traceparent}, ${traceparent}` }],
  [{ tracestate }],
])('is none where the headers are %j', async (headers) => {
  const id = await registerWith(headers);

  const [event] = await eventsOf(id);
  expect(event).not.toHaveProperty('traceparent');
  expect(event).not.toHaveProperty('tracestate');
});
