import { reasonNames } from '@bulkwatch/contract';
import * as fc from 'fast-check';
import { builtInPresets } from '../src/presets/built-in-presets.js';
import type { PollMemory } from '../src/protocol/poll-memory.js';
import type { ReadingContext } from '../src/protocol/status-protocol.js';
import type { StatusReading } from '../src/protocol/status-reading.js';
import type { FetchFailure, StatusResponse } from '../src/protocol/status-response.js';
import type {
  ExportHistory,
  RequestOutcome,
  TrackedJob,
  TrackingPolicy,
} from '../src/tracking/decision.js';
import { presetCalled } from './tracked.js';

/** Arbitrary answers, jobs and outcomes for the property tests of core. */

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = fc.string({ unit: 'binary', maxLength: 400 });
const httpDate = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
const instant = fc.integer({ min: 0, max: Date.UTC(2200, 0) });
const count = fc.integer({ min: 0, max: 10_000 });
const percent = fc.double({ min: 0, max: 100, noNaN: true });
/** Up to some four months. */
const duration = fc.integer({ min: 1, max: 10_000_000_000 });

const headerText = fc.oneof(
  text,
  httpDate,
  fc.integer().map(String),
  fc.integer({ min: 1e9, max: 2e12 }).map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('202 Accepted', '500', '23.0% complete', 'https://a.example/b?c=d', '0', ''),
);
const header = fc.oneof(headerText, fc.array(headerText, { maxLength: 3 }), fc.constant(undefined));

const operationOutcomeValue = fc.record({
  resourceType: fc.constant('OperationOutcome'),
  issue: fc.oneof(
    fc.jsonValue(),
    fc.array(
      fc.record(
        {
          severity: fc.constantFrom('fatal', 'error', 'warning', 'information', 'odd'),
          code: fc.constantFrom('transient', 'exception', 'processing', 'timeout', ''),
          diagnostics: text,
        },
        { requiredKeys: [] },
      ),
      { maxLength: 4 },
    ),
  ),
});
const operationOutcome = operationOutcomeValue.map((value) => utf8(JSON.stringify(value)));

const manifest = fc
  .record(
    {
      transactionTime: fc.oneof(text, fc.integer()),
      output: fc.oneof(fc.array(fc.record({ url: text }), { maxLength: 3 }), fc.jsonValue()),
      error: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((value) => utf8(JSON.stringify(value)));

const batchResponse = fc
  .record(
    {
      resourceType: fc.constant('Bundle'),
      type: fc.constantFrom('batch-response', 'searchset'),
      timestamp: text,
      meta: fc.oneof(fc.record({ lastUpdated: text }), fc.jsonValue()),
      entry: fc.oneof(
        fc.array(
          fc.record({
            response: fc.record(
              {
                status: fc.oneof(fc.constantFrom('200 OK', '303', '404', '500'), fc.jsonValue()),
                outcome: fc.oneof(operationOutcomeValue, fc.jsonValue()),
              },
              { requiredKeys: ['status'] },
            ),
          }),
          { maxLength: 3 },
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: ['resourceType', 'type', 'entry'] },
  )
  .map((value) => utf8(JSON.stringify(value)));

const links = fc.array(
  fc.record({
    relation: fc.constantFrom('next', 'prev'),
    url: fc.oneof(
      fc.webUrl(),
      fc.constantFrom('2', '/pages/2', 'http://a.example', ':'),
      fc.jsonValue(),
    ),
  }),
  { maxLength: 2 },
);

const pages = fc
  .record({ output: fc.array(fc.record({ url: text }), { maxLength: 3 }), link: links })
  .map((value) => utf8(JSON.stringify(value)));

export const anyResponse: fc.Arbitrary<StatusResponse> = fc.record({
  status: fc.oneof(
    fc.integer({ min: 100, max: 599 }),
    fc.constantFrom(200, 202, 400, 404, 429, 500, 503),
    fc.double(),
  ),
  headers: fc.record(
    {
      'retry-after': header,
      'x-retryafter': header,
      'x-ms-retry-after-ms': header,
      'x-progress': header,
      'x-export-status': header,
      'opc-request-id': header,
      'x-request-id': header,
      date: header,
      expires: header,
      location: header,
    },
    { requiredKeys: [] },
  ),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(utf8),
    operationOutcome,
    batchResponse,
    manifest,
    pages,
  ),
  receivedAt: instant,
});

const url = fc.webUrl({ validSchemes: ['https', 'http'] });
const nat = fc.nat(1_000_000);
export const anyMemory: fc.Arbitrary<PollMemory> = fc.record(
  {
    movedTo: url,
    cursor: fc.record({ kind: fc.constantFrom('result', 'page'), url }),
    redirect: fc.record({ url, hops: fc.nat(5) }),
    alternateAccept: fc.boolean(),
    collected: fc.record(
      { count: fc.nat(12_000), bytes: nat, completeAt: instant, expiresAt: instant, mark: url },
      { requiredKeys: ['count', 'bytes', 'mark'] },
    ),
    suspectSince: instant,
    throttledCount: fc.nat(20),
    told: fc.record({ output: nat, deleted: nat, errors: nat }),
  },
  { requiredKeys: [] },
);

const reason = fc.constantFrom(...reasonNames);
const health = fc.constantFrom('rate-limited', 'unreachable', 'auth-blocked', 'provider-error');

const hints = {
  retryAfter: fc.oneof(
    fc.constant({}),
    fc.constant({ anomaly: 'retry-after-unreadable' as const }),
    fc.record(
      {
        delayMs: fc.oneof(fc.nat(200_000_000), fc.maxSafeNat()),
        anomaly: fc.constantFrom('retry-after-epoch' as const, 'retry-after-repeated' as const),
      },
      { requiredKeys: ['delayMs'] },
    ),
  ),
};

export const anyReading: fc.Arbitrary<StatusReading> = fc.oneof(
  fc.record({
    kind: fc.constant('in-progress' as const),
    ...hints,
    progress: text,
    progressPercent: percent,
  }),
  fc.record({
    kind: fc.constant('page' as const),
    ...hints,
    url,
    bytes: fc.uint8Array(),
    nextUrl: url,
    exportComplete: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('elsewhere' as const),
    ...hints,
    as: fc.constantFrom('redirect', 'moved', 'result'),
    url,
  }),
  fc.record({ kind: fc.constant('not-acceptable' as const), ...hints, detail: text }),
  fc.record({
    kind: fc.constant('complete' as const),
    ...hints,
    manifest: fc.uint8Array(),
    summary: fc.constant({ outputCount: 1, errorCount: 0, transactionTime: null, bytes: 2 }),
    anomalies: fc.constant([]),
  }),
  fc.record({
    kind: fc.constant('export-failed' as const),
    ...hints,
    reason,
    confirmations: fc.nat(5),
  }),
  fc.record(
    {
      kind: fc.constant('poll-failed' as const),
      ...hints,
      reason,
      health,
      wholeProvider: fc.boolean(),
      budget: fc.record({ tries: fc.nat(12), windowMs: fc.nat(1_800_000), reason }),
    },
    { requiredKeys: ['kind', 'retryAfter', 'reason', 'health'] },
  ),
);

const anyFailure: fc.Arbitrary<FetchFailure> = fc.record(
  {
    reason: fc.constantFrom(
      'connection-failed',
      'tls-failed',
      'timed-out',
      'response-too-large',
      'response-unreadable',
      'provider-not-allowed',
      'preset-missing',
      'credential-missing',
      'token-refused',
      'token-unavailable',
      'auth-rejected',
      'interrupted',
    ),
    detail: text,
    retryAfterMs: fc.maxSafeNat(),
  },
  { requiredKeys: ['reason'] },
);

export const anyOutcome: fc.Arbitrary<RequestOutcome<StatusReading>> = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), reading: anyReading }),
  fc.record({ kind: fc.constant('failed' as const), failure: anyFailure }),
);

const presetNames = [...builtInPresets.keys()];

/** With any preset of ours, whatever its protocol. */
export const anyContext: fc.Arbitrary<ReadingContext> = fc.record({
  preset: fc.constantFrom(...presetNames).map(presetCalled),
  memory: anyMemory,
  url,
  statusUrl: url,
});

export const anyJob: fc.Arbitrary<TrackedJob> = fc.record(
  {
    state: fc.constantFrom('registered', 'in-progress'),
    progress: text,
    progressPercent: percent,
    movedAt: instant,
    stalledAt: instant,
    percentFrom: percent,
    percentFromAt: instant,
    deadlineAt: instant,
    failureCount: count,
    failingSince: instant,
    backoffCount: count,
    retryAfterMs: fc.nat(200_000_000),
    suspectReason: reason,
    suspectCount: count,
    memory: anyMemory,
    health,
  },
  {
    requiredKeys: ['state', 'deadlineAt', 'failureCount', 'backoffCount', 'suspectCount', 'memory'],
  },
);

const growing = (baseMaxMs: number, capMaxMs: number) => ({
  baseMs: fc.integer({ min: 1, max: baseMaxMs }),
  capMs: fc.integer({ min: baseMaxMs, max: capMaxMs }),
});

export const anyHistory: fc.Arbitrary<ExportHistory> = fc
  .record({ count, medianMs: duration, longerMs: duration })
  .map(({ count, medianMs, longerMs }) => ({ count, medianMs, p90Ms: medianMs + longerMs }));

export const anyPolicy: fc.Arbitrary<TrackingPolicy> = fc.record({
  floorMs: fc.integer({ min: 1, max: 60_000 }),
  ceilingMs: fc.integer({ min: 60_000, max: 2_592_000_000 }),
  backoff: fc.record({
    ...growing(60_000, 3_600_000),
    factor: fc.double({ min: 1, max: 4, noNaN: true }),
  }),
  retry: fc.record({
    ...growing(60_000, 3_600_000),
    factor: fc.double({ min: 1, max: 4, noNaN: true }),
  }),
  confirmationMs: fc.integer({ min: 1, max: 600_000 }),
  blocked: fc.record(growing(600_000, 7_200_000)),
  rateLimited: fc.record(growing(60_000, 3_600_000)),
  stallAfterMs: duration,
  redirectsMax: fc.nat(5),
  pagesMax: fc.integer({ min: 1, max: 100 }),
  pagesBytesMax: fc.nat(1_000_000),
  deleteWindowMs: fc.nat(86_400_000),
  jitterShare: fc.double({ min: 0, max: 1, noNaN: true }),
});

export const anyDice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
export const anyInstant = instant;
