import { labelValues } from '@bulkwatch/contract';
import {
  type Complete,
  decideNextStep,
  defaultPolicy,
  genericPreset,
  protocolOf,
} from '@bulkwatch/core';
import { createLogger, createMetrics } from '@bulkwatch/runtime';
import type { ApplyResult, Claim, ClaimedJob } from '@bulkwatch/store';
import { describe, expect, it } from 'vitest';
import { createReporter, type PolledReport } from './reporter.js';

const now = 1_700_000_000_000;

const claimOf = (job: Partial<ClaimedJob> = {}): Claim => ({
  jobId: 'j1',
  epoch: 3,
  nonce: 'n',
  wake: 1,
  action: 'poll',
  claimedAt: now,
  dueAt: now,
  job: {
    tenant: 'default',
    statusUrl: 'https://ehr.example/status/1?sig=canary',
    protocol: 'fhir-bulk',
    provider: 'https://ehr.example',
    state: 'in-progress',
    deadlineAt: now * 2,
    failureCount: 0,
    backoffCount: 0,
    suspectCount: 0,
    memory: {},
    ...job,
  },
});

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a worker reports of a poll that is answered like this. */
function pollOf({ status, headers = {}, body = '' }: Answer, job: Partial<ClaimedJob> = {}) {
  const claim = claimOf(job);
  const { memory, statusUrl } = claim.job;
  const context = { preset: genericPreset, memory, url: statusUrl, statusUrl };
  const response = { status, headers, body: new TextEncoder().encode(body), receivedAt: now };
  const reading = protocolOf(genericPreset).readStatus(response, context);
  const outcome = { kind: 'read', reading } as const;
  const judging = { job: claim.job, now, policy: defaultPolicy, dice: 0 };
  const decision = decideNextStep({ ...judging, outcome });
  if (decision.next === 'complete-pages') throw new Error('not a whole decision');
  return reportOf(decision, {
    claim,
    reading,
    facts: { method: 'GET', status, durationMs: 1, verdict: 'up' },
  });
}

const reportOf = (
  decision: PolledReport['decision'],
  overrides: Partial<PolledReport> = {},
): PolledReport => ({
  claim: claimOf(),
  requestId: 'r1',
  reading: undefined,
  decision,
  facts: { method: 'GET', durationMs: 1, verdict: 'up' },
  applied: { kind: 'again', delayMs: 5_000, told: [] },
  sinceAnswerMs: 12,
  ...overrides,
});

/** Reports as a worker of the shipped log level does. */
function setup() {
  const written: string[] = [];
  const destination = { write: (line: string): void => void written.push(line) };
  const metrics = createMetrics({
    service: 'worker',
    labelValues,
  });
  const logger = createLogger({ service: 'worker', level: 'info', destination });
  const counted = async (name: string): Promise<string[]> =>
    (await metrics.registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith(`bulkwatch_${name}{`) && !line.endsWith(' 0'))
      .map((line) => line.slice(`bulkwatch_${name}`.length));
  /** How often, and the sum. */
  const observed = async (name: string): Promise<number[]> => {
    const text = await metrics.registry.metrics();
    return ['count', 'sum'].map((part) =>
      Number(new RegExp(`^bulkwatch_${name}_${part} (\\S+)`, 'm').exec(text)?.[1]),
    );
  };
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { reporter: createReporter(logger, metrics), counted, observed, lines, written };
}

function linesOf(...reports: PolledReport[]): Record<string, unknown>[] {
  const { reporter, lines } = setup();
  for (const report of reports) reporter.polled(report);
  return lines();
}

const location = 'https://ehr.example/elsewhere?canary';
const pageText =
  '{"output":[{"type":"Patient","url":"https://files.example/canary"}],"link":[{"relation":"next","url":"canary"}]}';
const page: Answer = { status: 200, body: pageText };
const settled: ApplyResult = { kind: 'settled', state: 'completed', told: ['completed'] };
const completed: Complete = {
  next: 'complete',
  manifest: new TextEncoder().encode(pageText),
  summary: { outputCount: 1, errorCount: 0, transactionTime: null, bytes: 7 },
  anomalies: [],
};

describe('the log of a worker', () => {
  it('has a line for the job that begins, and none for the polls that follow', () => {
    const begun = pollOf({ status: 202 }, { state: 'registered' });
    expect(linesOf(begun, pollOf({ status: 202 }))).toEqual([
      expect.objectContaining({
        level: 'info',
        jobId: 'j1',
        requestId: 'r1',
        status: 202,
        msg: 'job in progress',
      }),
    ]);
  });

  it('tells of failing polls once for their provider and reason', () => {
    expect(linesOf(pollOf({ status: 500 }), pollOf({ status: 500 }))).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'polls fail at https://ehr.example: provider-error',
      }),
    ]);
  });

  it('warns of a job that completed without all of its manifest, and of no other', () => {
    const short: Complete = { ...completed, reason: 'manifest-incomplete', detail: 'canary' };
    const [whole, incomplete] = linesOf(
      reportOf(completed, { applied: settled }),
      reportOf(short, { applied: settled }),
    );
    expect(whole).toMatchObject({ level: 'info', msg: 'job settled' });
    expect(incomplete).toMatchObject({
      level: 'warn',
      jobId: 'j1',
      reason: 'manifest-incomplete',
      msg: 'job settled: a part of its manifest is missing',
    });
  });

  it('tells of requests that the guard refused once for their origin and reason', () => {
    const { reporter, lines } = setup();
    for (let count = 0; count < 3; count += 1) reporter.refused('metadata', 'https://evil.example');
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'refused to ask https://evil.example: metadata',
      }),
    ]);
  });

  it('names no URL of a status, a page or a redirect', () => {
    const { reporter, written } = setup();
    reporter.polled(pollOf(page, { state: 'registered' }));
    reporter.polled(pollOf({ status: 302, headers: { location } }, { state: 'registered' }));
    reporter.polled(pollOf({ status: 302 }));
    const last = { url: location, bytes: new Uint8Array() };
    reporter.polled(reportOf({ ...completed, page: last }, { applied: settled }));
    expect(written.length).toBeGreaterThan(2);
    expect(written.join('')).not.toContain('canary');
  });
});

describe('the metrics of a worker', () => {
  it.each([
    ['in_progress', 'none', pollOf({ status: 202 })],
    ['manifest_page', 'none', pollOf(page)],
    ['redirected', 'none', pollOf({ status: 302, headers: { location } })],
    ['poll_failed', 'redirect-refused', pollOf({ status: 302 })],
    [
      'poll_failed',
      'redirect-refused',
      pollOf(
        { status: 302, headers: { location } },
        { memory: { redirect: { url: location, hops: 3 } } },
      ),
    ],
    ['poll_failed', 'request-refused', pollOf({ status: 406 })],
    ['export_failed', 'export-failed', pollOf({ status: 400 })],
  ])('count a poll as %s, reason %s', async (outcome, reason, report) => {
    const { reporter, counted } = setup();
    reporter.polled(report);
    expect(await counted('polls_total')).toEqual([`{outcome="${outcome}",reason="${reason}"} 1`]);
  });

  it('count refusals of the guard by their reason', async () => {
    const { reporter, counted } = setup();
    reporter.refused('private', 'https://a.example');
    reporter.refused('private', 'https://b.example');
    expect(await counted('egress_refusals_total')).toEqual(['{reason="private"} 2']);
  });

  it('count delete requests after an acknowledgement apart from those of a cancel, and no health', async () => {
    const { reporter, counted } = setup();
    const claim = { ...claimOf({ cleanUp: { until: now } }), action: 'delete' } as const;
    const { decision } = pollOf({ status: 503 });
    reporter.polled(reportOf(decision, { claim }));
    reporter.polled(reportOf({ next: 'cleaned-up' }, { claim, applied: settled }));
    const refused = { next: 'clean-up-failed', reason: 'delete-refused' } as const;
    reporter.polled(reportOf(refused, { claim, applied: settled }));
    expect(await counted('clean_up_requests_total')).toEqual([
      '{outcome="accepted"} 1',
      '{outcome="refused"} 1',
      '{outcome="failed"} 1',
    ]);
    expect(await counted('delete_requests_total')).toEqual([]);
    expect(await counted('health_changes_total')).toEqual([]);
  });

  it('count what was told of expiries, and what was removed', async () => {
    const { reporter, counted } = setup();
    reporter.toldExpiry({ event: 'expiring', acknowledgement: 'missing' });
    reporter.toldExpiry({ event: 'expired', acknowledgement: 'missing' });
    reporter.removed({ jobs: 2, manifests: 0, timelines: 5 });
    expect(await counted('events_published_total')).toEqual([
      '{event="expiring"} 1',
      '{event="expired"} 1',
    ]);
    expect(await counted('expired_jobs_total')).toEqual(['{acknowledgement="missing"} 1']);
    expect(await counted('removed_total')).toEqual(['{kind="job"} 2', '{kind="timeline"} 5']);
  });

  it('count every event that went out, and none of a result that came too late', async () => {
    const { reporter, counted } = setup();
    const { decision } = pollOf(page, { state: 'registered' });
    const told = ['progressed', 'partial', 'partial', 'partial'] as const;
    reporter.polled(reportOf(decision, { applied: { kind: 'again', delayMs: 1, told } }));
    reporter.polled(reportOf(decision, { applied: { kind: 'stale' } }));
    reporter.polled(reportOf(completed, { applied: settled }));
    expect(await counted('events_published_total')).toEqual([
      '{event="progressed"} 1',
      '{event="partial"} 3',
      '{event="completed"} 1',
    ]);
  });

  it('count what the health of jobs becomes, and nothing where it stays', async () => {
    const { reporter, counted } = setup();
    const failing = { health: 'provider-error' } as const;
    reporter.polled(pollOf({ status: 500 }));
    reporter.polled(pollOf({ status: 500 }, failing));
    reporter.polled(pollOf({ status: 202 }, failing));
    reporter.polled(pollOf({ status: 202 }));
    reporter.polled(reportOf(completed, { claim: claimOf(failing), applied: settled }));
    reporter.polled({ ...pollOf({ status: 500 }), applied: { kind: 'stale' } });
    expect(await counted('health_changes_total')).toEqual([
      '{health="ok"} 2',
      '{health="provider-error"} 1',
    ]);
  });

  it('count a poll as punctual up to 5 s, or 1 % of what its provider asked for', async () => {
    const { reporter, counted } = setup();
    const started = (lateMs: number, job: Partial<ClaimedJob> = {}): void => {
      const claim = { ...claimOf(job), dueAt: now, claimedAt: now + lateMs };
      reporter.claimed({ kind: 'claimed', claim });
    };
    started(4_999);
    started(5_000);
    started(35_000, { retryAfterMs: 3_600_000 });
    started(36_000, { retryAfterMs: 3_600_000 });
    reporter.claimed({ kind: 'claimed', claim: { ...claimOf(), action: 'delete' } });

    expect(await counted('polls_started_total')).toEqual([
      '{punctual="true"} 2',
      '{punctual="false"} 2',
    ]);
  });

  it('observe what was asked for and what was applied, and how soon a completion was told', async () => {
    const { reporter, observed } = setup();
    const asked = pollOf({ status: 202, headers: { 'retry-after': '2' } });
    reporter.polled({ ...asked, applied: { kind: 'again', delayMs: 7_000, told: [] } });
    reporter.polled(reportOf(completed, { applied: settled, sinceAnswerMs: 40 }));
    reporter.polled(reportOf(completed, { applied: { kind: 'stale' } }));

    expect(await observed('retry_after_requested_seconds')).toEqual([1, 2]);
    expect(await observed('retry_after_applied_seconds')).toEqual([1, 7]);
    expect(await observed('completion_delay_seconds')).toEqual([1, 0.04]);
  });
});
