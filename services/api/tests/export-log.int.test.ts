import type { ExportLogEntry, Job } from '@bulkwatch/contract';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, setupApi, setupWorker } from './harness.js';

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

async function logOf(id: string): Promise<ExportLogEntry[]> {
  const response = await api.get(`/v1/jobs/${id}/log`).expect(200);
  expect(response.headers['content-type']).toMatch(/^application\/x-ndjson/);
  return response.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ExportLogEntry);
}
const jobOf = async (id: string): Promise<Job> => (await api.get(`/v1/jobs/${id}`)).body as Job;

const manifest = {
  transactionTime: '2026-01-01T00:00:00Z',
  request:
    'https://ehr.example.org/r4/Group/1/$export?_type=Patient&_type=Device&patient=p1&sig=hidden',
  requiresAccessToken: true,
  output: [{ type: 'Patient', url: 'https://ehr.example.org/1' }],
  deleted: [{ type: 'Bundle', url: 'https://ehr.example.org/2' }],
  error: [],
};

/** A job that was polled three times: going on, going on, complete. */
async function completedJob(): Promise<string> {
  const id = await api.register({ kickedOffAt: '2026-11-23T08:00:00Z' });
  await worker.reportProgress(id, '10%');
  await worker.reportProgress(id, '90%');
  await worker.complete(id, Buffer.from(JSON.stringify(manifest)));
  return id;
}

describe('GET /v1/jobs/{id}/log', () => {
  it('tells what became of a job, as its own client would have', async () => {
    const id = await completedJob();
    const { settledAt, statusUrl } = await jobOf(id);
    const log = await logOf(id);

    expect(log.map(({ eventId }) => eventId)).toEqual([
      'kickoff',
      'status_progress',
      'status_progress',
      'status_page_complete',
      'status_complete',
      'manifest_complete',
    ]);
    expect(new Set(log.map(({ exportId }) => exportId))).toEqual(new Set([id]));
    expect(log[0]).toMatchObject({
      timestamp: '2026-11-23T08:00:00.000Z',
      eventDetail: {
        exportUrl: 'https://ehr.example.org/r4/Group/1/$export',
        requestParameters: { _type: 'Patient,Device' },
        responseHeaders: { 'content-location': statusUrl },
      },
      _pollsLeftOut: 0,
    });
    expect(log[1]).toMatchObject({ eventDetail: { body: null, xProgress: '10%' } });
    expect(log[5]).toMatchObject({
      timestamp: settledAt,
      eventDetail: {
        totalOutputFileCount: 1,
        totalDeletedFileCount: 1,
        totalErrorFileCount: 0,
        totalManifests: 1,
      },
    });
    expect(JSON.stringify(log)).not.toMatch(/p1|hidden/);
    const times = log.map(({ timestamp }) => timestamp);
    expect(times.toSorted()).toEqual(times);
  });

  it('tells of a job that is new, and of one that was cancelled', async () => {
    const id = await api.register({ statusUrl: 'https://ehr.example.org/jobs/1?sig=hidden' });
    expect(await logOf(id)).toMatchObject([
      { eventId: 'kickoff', eventDetail: { exportUrl: 'https://ehr.example.org/jobs/1?…' } },
    ]);

    await api.delete(`/v1/jobs/${id}`).expect(200);
    expect((await logOf(id)).slice(1)).toMatchObject([
      {
        eventId: 'status_error',
        eventDetail: { code: null, message: 'cancelled: cancelled-by-request' },
      },
    ]);
  });

  it('tells once of the answer by which a job failed', async () => {
    const id = await api.register();
    await worker.fail(id);

    expect((await logOf(id)).slice(1)).toMatchObject([
      {
        eventId: 'status_error',
        eventDetail: { code: 500, message: 'export-failed' },
        _requestId: 'opc-1',
      },
    ]);
  });

  it('is of the history up to the manifest, and of a refresh that failed', async () => {
    const id = await completedJob();
    await api.post(`/v1/jobs/${id}/refresh`).expect(202);
    await worker.failRefresh(id);

    expect((await logOf(id)).slice(-2)).toMatchObject([
      { eventId: 'manifest_complete' },
      { eventId: 'status_error', eventDetail: { code: 404, message: 'export-expired' } },
    ]);
  });

  it('tells of the end where the timeline has forgotten it', async () => {
    const id = await completedJob();
    const redis = new Redis(api.redis.url);
    await redis.del(`{bulkwatch}:polls:${id}`);
    redis.disconnect();

    expect((await logOf(id)).map(({ eventId }) => eventId)).toEqual([
      'kickoff',
      'status_page_complete',
      'status_complete',
      'manifest_complete',
    ]);
    expect((await logOf(id))[0]).toMatchObject({ _pollsLeftOut: 3 });
  });

  it('has nothing to say of a job that is not there, and takes no parameters', async () => {
    const nobody = '01890000-0000-7000-8000-000000000000';
    await api.get(`/v1/jobs/${nobody}/log`).expect(404);
    await api.get(`/v1/jobs/${nobody}/log?format=csv`).expect(400);
  });
});

/**
 * The members of each entry and their types, as the page of the format has them: "Bulk Data Export Log Items" in the wiki of
 * smart-on-fhir/bulk-data-client. `?` may be null.
 */
const format: Record<string, Record<string, string>> = {
  kickoff: {
    exportUrl: 'string',
    softwareName: 'string?',
    softwareVersion: 'string?',
    softwareReleaseDate: 'string?',
    fhirVersion: 'string?',
    requestParameters: 'object',
    errorCode: 'number?',
    errorBody: 'string?',
    responseHeaders: 'object',
  },
  status_progress: { body: 'object?', xProgress: 'string?', retryAfter: 'string?' },
  status_error: { body: 'object?', code: 'number?', message: 'string', responseHeaders: 'object' },
  status_page_complete: {
    transactionTime: 'string',
    outputFileCount: 'number',
    deletedFileCount: 'number',
    errorFileCount: 'number',
  },
  status_complete: { transactionTime: 'string' },
  manifest_complete: {
    transactionTime: 'string',
    totalOutputFileCount: 'number',
    totalDeletedFileCount: 'number',
    totalErrorFileCount: 'number',
    totalManifests: 'number',
  },
};

/** What of an entry is not as the format has it. */
function offences({ eventId, timestamp, exportId, eventDetail, ...others }: ExportLogEntry) {
  const types = format[eventId] ?? {};
  const detail = eventDetail as Record<string, unknown>;
  const isOf = (value: unknown, type: string): boolean =>
    value === null ? type.endsWith('?') : typeof value === type.replace('?', '');
  return [
    ...(typeof exportId === 'string' ? [] : ['exportId']),
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(timestamp) ? [] : ['timestamp']),
    ...Object.keys(others).filter((name) => !name.startsWith('_')),
    ...Object.keys(detail).filter((name) => !(name in types)),
    ...Object.entries(types).flatMap(([name, type]) => (isOf(detail[name], type) ? [] : [name])),
  ];
}

it('every entry has the members of the format, with their types', async () => {
  const failed = await api.register();
  await worker.fail(failed);
  const log = [...(await logOf(await completedJob())), ...(await logOf(failed))];

  expect(new Set(log.map(({ eventId }) => eventId))).toEqual(new Set(Object.keys(format)));
  expect(log.flatMap(offences)).toEqual([]);
});
