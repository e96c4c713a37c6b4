import type {
  Amendment,
  EventWord,
  ExportEvent,
  Job,
  Manifest,
  RegistrationInput,
} from '@bulkwatch/contract';
import { maskUrl } from '../mask-url.js';
import { awaitedBy } from './fake-acknowledge.js';
import { type EventParts, makeEvent, makeManifest, summaryOf } from './make-event.js';
import { makeJob } from './make-job.js';

/** A job of the fake, and what is known of it besides. */
export interface FakeJob {
  job: Job;
  /** One more with each change. */
  version: number;
  /** As it was registered; that of `job` is masked. */
  readonly statusUrl: string;
  manifest: Manifest | undefined;
  /** Of its end, to be told again. */
  lastEvent: ExportEvent | undefined;
}

/** What a change of a job tells, and how. */
interface Change {
  readonly members: Partial<Job>;
  readonly event?: EventWord | undefined;
  readonly parts?: EventParts | undefined;
}

/** Jobs in memory. Each change tells its event, as in Bulkwatch: `tell` is given it in the same step. */
export interface FakeJobs {
  get(jobId: string): FakeJob | undefined;
  /** The newest first. */
  all(): FakeJob[];
  register(registration: RegistrationInput): { readonly found: FakeJob; readonly created: boolean };
  change(jobId: string, change: Change): Job;
  amend(jobId: string, amendment: Amendment): Job;
  complete(jobId: string, manifest?: Manifest): Job;
  /** Tells the event of its end again, as it was. */
  tellAgain(jobId: string): Job;
  /** Resolves when any job changes, or the time is up, or the signal aborts. */
  untilChanged(ms: number, signal: AbortSignal | null | undefined): Promise<void>;
}

const now = (): string => new Date().toISOString();

export const isSettled = ({ settledAt }: Job): boolean => settledAt !== null;
const isOver = ({ job }: FakeJob): boolean => isSettled(job);

/** What of these members is given. */
function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

export function createFakeJobs(tell: (event: ExportEvent) => void): FakeJobs {
  const jobs = new Map<string, FakeJob>();
  const waiting = new Set<() => void>();
  const find = (jobId: string): FakeJob => {
    const found = jobs.get(jobId);
    if (!found) throw new Error(`The fake has no job ${jobId}.`);
    return found;
  };
  const change = (jobId: string, { members, event, parts }: Change): Job => {
    const found = find(jobId);
    found.job = { ...found.job, ...members };
    found.version += 1;
    if (event !== undefined) {
      const told = makeEvent(event, { time: now(), ...parts, job: found.job });
      if (isSettled(found.job)) found.lastEvent = told;
      tell(told);
    }
    for (const wake of waiting) wake();
    return found.job;
  };
  return {
    get: (jobId) => jobs.get(jobId),
    all: () => [...jobs.values()].toReversed(),
    register(registration) {
      const { statusUrl, labels, reference, credential, preset, kickedOffAt, deadlineAt } =
        registration;
      const open = [...jobs.values()].find((one) => one.statusUrl === statusUrl && !isOver(one));
      if (open) return { found: open, created: false };
      const given = { labels, reference, credential, preset, kickedOffAt, deadlineAt };
      const shown = { registeredAt: now(), statusUrl: maskUrl(statusUrl) };
      const members = { ...defined(given), ...awaitedBy(registration), ...shown };
      const job = makeJob(members);
      const { id } = job;
      const found = { job, version: 0, statusUrl, manifest: undefined, lastEvent: undefined };
      jobs.set(id, found);
      change(id, { members: {}, event: 'registered' });
      return { found, created: true };
    },
    change,
    amend: (jobId, { labels, deadlineAt }) =>
      change(jobId, { members: defined({ labels, deadlineAt }) }),
    complete(jobId, manifest = makeManifest()) {
      const found = find(jobId);
      const before = found.job;
      found.manifest = manifest;
      const members: Partial<Job> = {
        state: 'completed',
        settledAt: before.settledAt ?? now(),
        dueAt: null,
        manifest: summaryOf(manifest),
        manifestVersion: (before.manifestVersion ?? 0) + 1,
        refreshUntil: null,
      };
      return change(jobId, { members, event: 'completed', parts: { manifest } });
    },
    tellAgain(jobId) {
      const { job, lastEvent } = find(jobId);
      if (lastEvent) tell(lastEvent);
      return job;
    },
    untilChanged(ms, signal) {
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
    },
  };
}
