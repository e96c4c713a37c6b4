import type { EventType, EventWord, ExportEvent, Job, Manifest } from '@bulkwatch/contract';
import { exportTypeOf } from '../events/event-types.js';
import { beganAt, makeJob } from './make-job.js';

export type EventParts = Partial<Omit<ExportEvent, 'type' | 'subject' | 'data'>> & {
  /** The job that it tells of, as far as that matters. */
  readonly job?: Partial<Job> | undefined;
} & Partial<Omit<ExportEvent['data'], 'job'>>;

const settledAt = '2026-01-01T09:00:00.000Z';
const expiresAt = '2026-01-31T09:00:00.000Z';

/** What a job is like of which an event of that type tells. */
const jobOf: { readonly [Word in EventWord]: Partial<Job> } = {
  registered: {},
  progressed: { state: 'in-progress', progress: '50%', progressPercent: 50, pollCount: 1 },
  partial: { state: 'in-progress', pollCount: 1 },
  completed: { state: 'completed', settledAt, dueAt: null, pollCount: 2 },
  expiring: { state: 'completed', settledAt, dueAt: null, pollCount: 2, expiresAt },
  expired: {
    state: 'completed',
    settledAt,
    dueAt: null,
    pollCount: 2,
    expiresAt,
    expiredAt: expiresAt,
  },
  failed: { state: 'failed', settledAt, dueAt: null, reason: 'export-failed', pollCount: 2 },
  cancelled: { state: 'cancelled', settledAt, dueAt: null, reason: 'cancelled-by-request' },
  abandoned: { state: 'abandoned', settledAt, dueAt: null, reason: 'tracking-deadline' },
  stalled: { state: 'in-progress', health: 'stalled', healthSince: settledAt, pollCount: 9 },
  'health-changed': { state: 'in-progress', health: 'unreachable', healthSince: settledAt },
};

/** A manifest of one file with two patients. */
export function makeManifest(members: Manifest = {}): Manifest {
  return {
    transactionTime: beganAt,
    request: 'https://ehr.example.org/Group/1/$export',
    requiresAccessToken: false,
    output: [{ type: 'Patient', url: 'https://ehr.example.org/files/1', count: 2 }],
    error: [],
    ...members,
  };
}

/** What a job says of that manifest. */
export function summaryOf(manifest: Manifest): NonNullable<Job['manifest']> {
  return {
    outputCount: manifest.output?.length ?? 0,
    errorCount: (manifest.error ?? manifest.outcome ?? []).length,
    transactionTime: manifest.transactionTime ?? null,
    bytes: JSON.stringify(manifest).length,
  };
}

const words = Object.keys(jobOf) as EventWord[];

function wordOf(name: EventWord | EventType): EventWord {
  const word = words.find((one) => one === name || exportTypeOf[one] === name);
  if (word === undefined) throw new TypeError('there is no such type of events');
  return word;
}

function expiryOf(
  word: 'expiring' | 'expired',
  job: Job,
): NonNullable<ExportEvent['data']['expiry']> {
  const seconds = word === 'expiring' ? 3_600 : 0;
  return {
    expiresAt: job.expiresAt ?? expiresAt,
    assumed: job.expiryAssumed,
    remainingSeconds: seconds,
    ...(seconds > 0 && { thresholdSeconds: seconds }),
  };
}

let events = 0;

/**
 * An event of that type as Bulkwatch tells it, about a job of its own unless one is given. One of `completed` or `partial` has a
 * manifest in it, unless it has a `dataref`. Each has another `id`: for one that comes again use the same event twice.
 */
export function makeEvent(name: EventWord | EventType, parts: EventParts = {}): ExportEvent {
  const word = wordOf(name);
  const { job: members, manifest: given, urlsMasked, ...rest } = parts;
  const { stall, expiry, previousHealth, ...attributes } = rest;
  const inline = (word === 'completed' || word === 'partial') && parts.dataref === undefined;
  const manifest = given ?? (inline ? makeManifest() : undefined);
  const summary = jobOf[word].state === 'completed' ? summaryOf(manifest ?? makeManifest()) : null;
  const manifestVersion = summary ? 1 : null;
  const job = makeJob({ ...jobOf[word], manifest: summary, manifestVersion, ...members });
  events += 1;
  return {
    specversion: '1.0',
    id: `${job.id}.${word}.${events}`,
    source: '/bulkwatch/tenants/default',
    time: job.settledAt ?? beganAt,
    datacontenttype: 'application/json',
    ...attributes,
    type: exportTypeOf[word],
    subject: job.id,
    data: {
      job,
      ...(manifest && { manifest }),
      ...(urlsMasked && { urlsMasked }),
      ...(word === 'stalled' && { stall: stall ?? { since: beganAt, thresholdSeconds: 3_600 } }),
      ...((word === 'expiring' || word === 'expired') && { expiry: expiry ?? expiryOf(word, job) }),
      ...(word === 'health-changed' && { previousHealth: previousHealth ?? 'ok' }),
    },
  };
}
