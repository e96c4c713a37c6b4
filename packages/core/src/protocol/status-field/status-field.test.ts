import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf, presetCalled, receivedAt } from '../../../tests/tracked.js';
import type { ProviderPreset } from '../../presets/provider-preset.js';
import type { StatusResponse } from '../status-response.js';
import { statusField } from './status-field.js';
import { type StatusFieldOptionsInput, statusFieldOptionsSchema } from './status-field-options.js';

const statusUrl = 'https://api.example/v1/jobs/7?view=full';

const presetWith = (options: Partial<StatusFieldOptionsInput> = {}): ProviderPreset => ({
  ...presetCalled('generic'),
  protocol: 'status-field',
  options: statusFieldOptionsSchema.parse({
    status: ['/status'],
    values: { done: 'complete', '1': 'cancelled', false: 'failed' },
    ...options,
  }),
});

const answer = (body: unknown, members: Partial<StatusResponse> = {}): StatusResponse => ({
  status: 200,
  headers: {},
  body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  receivedAt,
  ...members,
});

const read = (body: unknown, preset = presetWith(), members: Partial<StatusResponse> = {}) =>
  statusField.readStatus(answer(body, members), contextOf({ preset, url: statusUrl }));

/** What the built-in presets make of the documents of their services is in `fixtures/`. */
describe('the status in a document', () => {
  it.each([
    [{ status: 'DONE' }, { kind: 'complete' }],
    [{ status: 1 }, { kind: 'export-failed', reason: 'export-cancelled' }],
    [{ status: false }, { kind: 'export-failed', reason: 'export-failed' }],
    [{ status: 'tidying up' }, { kind: 'in-progress' }],
    [{ status: '' }, { kind: 'in-progress' }],
    [{ status: 'constructor' }, { kind: 'in-progress' }],
  ])('means, in %j, what the preset says', (body, reading) => {
    expect(read(body)).toMatchObject(reading);
  });

  it.each([[{}], [{ status: null }], [{ status: {} }], [{ status: ['done'] }]])(
    'is missing in %j',
    (body) => {
      expect(read(body)).toMatchObject({
        kind: 'poll-failed',
        reason: 'response-unreadable',
        detail: 'HTTP 200 with JSON without a status',
        budget: { reason: 'manifest-invalid' },
      });
    },
  );

  it.each([
    [200, 'poll-failed'],
    [202, 'in-progress'],
    [304, 'in-progress'],
  ])('may be missing altogether: %d', (status, kind) => {
    for (const body of ['', 'Accepted', '{}']) {
      expect(read(body, presetWith(), { status })).toMatchObject({ kind });
    }
  });

  it('is believed under a 202 too', () => {
    expect(read({ status: 'done' }, presetWith(), { status: 202 })).toMatchObject({
      kind: 'complete',
    });
  });
});

describe('the failure in a document', () => {
  const failing = presetWith({ failure: { at: ['/error'], cancelled: ['stopped', 'withdrawn'] } });

  it.each([
    [{ status: 'done', error: {} }, 'export-failed'],
    [{ status: 'done', error: 'broken' }, 'export-failed'],
    [{ status: 'done', error: 'Stopped' }, 'export-cancelled'],
    [{ status: 'done', error: 'withdrawn' }, 'export-cancelled'],
  ])('turns the end into another one: %j', (body, reason) => {
    expect(read(body, failing)).toMatchObject({ kind: 'export-failed', reason, confirmations: 0 });
  });

  it('counts for nothing before the end', () => {
    expect(read({ status: 'busy', error: 'retrying' }, failing)).toMatchObject({
      kind: 'in-progress',
    });
  });
});

describe('the progress in a document', () => {
  const telling = presetWith({ progress: ['/progress', '/status'] });

  it.each([
    [
      { status: 'busy', progress: 40 },
      { progress: '40%', progressPercent: 40 },
    ],
    [
      { status: 'busy', progress: '7.5' },
      { progress: '7.5%', progressPercent: 7.5 },
    ],
    [{ status: 'busy', progress: 'page 3' }, { progress: 'page 3' }],
    [{ status: 'busy' }, { progress: 'busy' }],
  ])('replaces that of the headers: %j', (body, progress) => {
    const { retryAfter, kind, ...hints } = read(body, telling, {
      headers: { 'x-progress': '99%' },
    });

    expect({ retryAfter, kind }).toEqual({ retryAfter: {}, kind: 'in-progress' });
    expect(hints).toEqual(progress);
  });

  it('leaves that of the headers where it says nothing', () => {
    const headers = { 'x-progress': '99%' };

    expect(read({ status: 'busy', progress: ' ' }, telling, { headers }).progress).toBe('99%');
    expect(read({ status: 'busy' }, presetWith(), { headers }).progressPercent).toBe(99);
  });
});

describe('what a complete document says', () => {
  const counting = presetWith({ output: ['/made'], errors: ['/lost'], transactionTime: ['/of'] });

  it.each([
    [
      { made: [1, 2], lost: [] },
      { outputCount: 2, errorCount: 0 },
    ],
    [
      { made: 12, lost: '3' },
      { outputCount: 12, errorCount: 3 },
    ],
    [
      { made: '-1', lost: 1.5 },
      { outputCount: 0, errorCount: 0 },
    ],
    [
      { made: '9'.repeat(400), lost: {} },
      { outputCount: 0, errorCount: 0 },
    ],
    [{ of: '2025-06-01' }, { transactionTime: '2025-06-01' }],
    [{ of: 20250601 }, { transactionTime: null }],
  ])('is summed up: %j', (members, summary) => {
    expect(read({ status: 'done', ...members }, counting)).toMatchObject({ summary });
  });

  it('is told by reference where it is a resource, or no manifest', () => {
    for (const members of [{ resourceType: 'Task' }, { output: { url: 'here' } }]) {
      expect(read({ status: 'done', ...members })).toMatchObject({ onlyByReference: true });
    }
    expect(read({ status: 'done', result: 'there' })).not.toHaveProperty('onlyByReference');
  });

  it('expires as its headers say', () => {
    const expires = (text: string) =>
      read({ status: 'done' }, presetWith(), { headers: { expires: text } });

    expect(expires('Mon, 02 Jun 2025 12:00:00 GMT')).toMatchObject({
      expiresAt: Date.UTC(2025, 5, 2, 12),
      anomalies: [],
    });
    expect(expires('tomorrow')).toMatchObject({ anomalies: ['expires-unreadable'] });
  });
});

describe('the reason of a failure', () => {
  const explaining = presetWith({ detail: ['/why'] });

  it.each([
    [{ why: 'out of\nluck' }, { detail: 'out of luck' }],
    [{ why: 7 }, { detail: '7' }],
  ])('is told in words: %j', (members, detail) => {
    expect(read({ status: false, ...members }, explaining)).toMatchObject(detail);
  });

  it('is bounded, and may be missing', () => {
    const { detail } = read({ status: false, why: 'x'.repeat(9_999) }, explaining) as {
      detail?: string;
    };

    expect(detail).toHaveLength(300);
    expect(read({ status: false, why: {} }, explaining)).not.toHaveProperty('detail');
  });
});

describe('a bad request', () => {
  const preset = presetWith({
    badRequests: { Throttling: 'rate-limited', AccessDenied: 'auth-rejected' },
  });
  const bad = (body: string) => answer(body, { status: 400, headers: { 'retry-after': '7' } });
  const context = contextOf({ preset, url: statusUrl });

  it.each([
    ['{"__type":"com.example#ThrottlingException"}', 'rate-limited'],
    ['AccessDenied', 'auth-rejected'],
  ])('that the preset knows is read as what it is: %s', (body, reason) => {
    const reading = { kind: 'poll-failed', reason, retryAfter: { delayMs: 7_000 } };

    expect(statusField.readStatus(bad(body), context)).toMatchObject(reading);
    expect(statusField.readDelete(bad(body), context)).toMatchObject(reading);
  });

  it('is otherwise what it says', () => {
    expect(statusField.readStatus(bad('ValidationException'), context)).toMatchObject({
      kind: 'export-failed',
    });
    expect(statusField.readDelete(bad('ValidationException'), context)).toMatchObject({
      kind: 'delete-refused',
    });
  });

  it('is known by the beginning of its body, and by its status', () => {
    expect(statusField.readStatus(bad(`${' '.repeat(4096)}Throttling`), context)).toMatchObject({
      kind: 'export-failed',
    });
    expect(statusField.readStatus(answer('Throttling', { status: 500 }), context)).toMatchObject({
      reason: 'provider-error',
    });
  });
});

describe('a redirect', () => {
  it.each([302, 303])('(%d) leads on to the document', (status) => {
    const headers = { location: '/v1/jobs/8' };

    expect(read('', presetWith(), { status, headers })).toMatchObject({
      kind: 'elsewhere',
      as: 'redirect',
      url: 'https://api.example/v1/jobs/8',
    });
  });

  it.each([201, 204])('is not what %d is', (status) => {
    expect(read('', presetWith(), { status, headers: { location: '/there' } })).toMatchObject({
      kind: 'poll-failed',
      detail: `HTTP ${status}`,
    });
  });
});

describe('the delete request', () => {
  const job = { statusUrl, memory: {} };

  it('is a DELETE of the status URL unless the preset says otherwise', () => {
    const preset = { ...presetWith(), headers: { 'X-Api': '2' }, accept: 'application/json' };

    expect(statusField.deleteRequest(job, preset)).toEqual({
      method: 'DELETE',
      url: statusUrl,
      headers: { 'X-Api': '2', Accept: 'application/json, */*;q=0.1' },
    });
  });

  it('may be another method on a longer path, before the query', () => {
    const preset = presetWith({ cancel: { method: 'POST', suffix: ':cancel' } });
    const { body, ...request } = statusField.deleteRequest(job, preset);

    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://api.example/v1/jobs/7:cancel?view=full',
    });
    expect(body).toBeUndefined();
    expect(request.headers).not.toHaveProperty('Content-Type');
  });

  it('may have a body', () => {
    const preset = presetWith({ cancel: { method: 'PATCH', body: { state: 'Aborted' } } });

    expect(statusField.deleteRequest(job, preset)).toMatchObject({
      method: 'PATCH',
      url: statusUrl,
      headers: { 'Content-Type': 'application/json' },
      body: '{"state":"Aborted"}',
    });
  });

  it('goes where the job has moved for good', () => {
    const moved = { statusUrl, memory: { movedTo: 'https://api.example/v2/jobs/7' } };
    const preset = presetWith({ cancel: { method: 'POST', suffix: '/stop' } });

    expect(statusField.deleteRequest(moved, preset).url).toBe('https://api.example/v2/jobs/7/stop');
  });
});

describe('the options', () => {
  it.each([
    ['a pointer that is none', { status: ['status'] }],
    ['no pointer to the status', { status: [] }],
    ['a meaning that is none', { status: ['/s'], values: { ok: 'succeeded' } }],
    ['a misspelt member', { valeus: {} }],
    ['a suffix that leads elsewhere', { cancel: { method: 'POST', suffix: '?force=1' } }],
    ['a 400 that would end the job', { badRequests: { Gone: 'export-expired' } }],
  ])('refuse %s', (_what, options) => {
    const all = { status: ['/status'], values: {}, ...options };

    expect(statusFieldOptionsSchema.safeParse(all).success).toBe(false);
  });
});

it('reads any document by any preset without throwing, and always alike', () => {
  const names = ['azure-operation', 'google-operation', 'healthlake', 'medplum-async-job'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.json({ maxDepth: 4 }), (name, body) => {
      const preset = presetCalled(name);

      expect(read(body, preset)).toStrictEqual(read(body, preset));
    }),
  );
});
