import { events, exportEventSchema } from '@bulkwatch/contract';
import { exampleEvent } from './example-event.mjs';

const completed = exampleEvent();
const { manifest, job } = completed.data;

/** What an event says besides the job and other than the completion does, by its word. */
const says = {
  registered: { job: { state: 'registered', pollCount: 0, progress: null, lastPolledAt: null } },
  progressed: { job: { progress: '40 %', progressPercent: 40, pollCount: 2 } },
  partial: {
    job: { progress: '40 %', progressPercent: 40, pollCount: 2 },
    data: { manifest: { ...manifest, output: manifest.output.slice(0, 1) } },
  },
  completed: { job: {}, data: { manifest } },
  failed: {
    job: { reason: 'export-failed', detail: 'The group has no members.' },
  },
  cancelled: { job: { reason: 'cancelled-by-request', cancelRequestedAt: completed.time } },
  abandoned: { job: { reason: 'tracking-deadline' } },
  stalled: {
    job: { health: 'stalled', healthSince: completed.time },
    data: { stall: { since: job.registeredAt, thresholdSeconds: 1_800 } },
  },
  'health-changed': {
    job: { health: 'unreachable', healthSince: completed.time, reason: 'timed-out' },
    data: { previousHealth: 'ok' },
  },
};

/** How a job is that has ended, and one that has not. */
const settled = { dueAt: null, settledAt: completed.time };
const open = {
  state: 'in-progress',
  settledAt: null,
  expiresAt: null,
  manifest: null,
  manifestVersion: null,
  dueAt: '2026-03-02T09:51:17.204Z',
};

/** A whole event of a type; undefined where the completion does not show how it is. */
function exampleOf(word) {
  const { type, settles } = events[word];
  const { job: ofJob = {}, data = {} } = says[word] ?? {};
  const ending = word === 'completed' || !settles ? {} : { manifest: null, manifestVersion: null };
  const example = exportEventSchema.safeParse({
    ...completed,
    id: `${completed.subject}.${word}.1`,
    type,
    data: {
      job: {
        ...job,
        ...(settles ? { ...settled, state: word, ...ending } : says[word] ? open : {}),
        ...ofJob,
      },
      ...data,
    },
  });
  return example.success ? example.data : undefined;
}

/** A whole event of each type, by its word, proven to be one. A type that needs more than a job to say has to be given here. */
export function exampleEvents() {
  return Object.fromEntries(
    Object.keys(events).flatMap((word) => {
      const example = exampleOf(word);
      return example ? [[word, example]] : [];
    }),
  );
}
