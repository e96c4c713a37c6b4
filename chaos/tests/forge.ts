import { type History, readHistory } from '../src/checkers/history.js';
import type { Dump, EventDump, JobDump } from '../src/evidence/dump.js';
import type { LedgerLine, Note } from '../src/ledger.js';
import type { Sighting } from '../src/provider/sighting.js';

/** A ledger as it might have been: one line a millisecond unless it says otherwise. */
export const forgeHistory = (notes: readonly Note[]): History =>
  readHistory(notes.map((note, t): LedgerLine => ({ t, ...note })));

export const tried = (key: string, ends = 'completed'): Note => ({
  who: 'load',
  op: 'register',
  type: 'invoke',
  key,
  value: { tenant: 'default', origin: 'http://a', ends },
});

export const accepted = (key: string, jobId = `job-${key}`): Note => ({
  who: 'load',
  op: 'register',
  type: 'ok',
  key,
  value: { jobId },
});

export const unknown = (key: string): Note => ({
  who: 'load',
  op: 'register',
  type: 'info',
  key,
  value: {},
});

export const refused = (key: string): Note => ({ ...unknown(key), type: 'fail' });

export const cancelled = (key: string): Note => ({
  who: 'operator',
  op: 'cancel',
  type: 'invoke',
  key,
});

export const seen = (sighting: Partial<Sighting>): Note => {
  const value: Sighting = {
    at: 0,
    endedAt: sighting.at ?? 0,
    origin: 'http://a',
    exportId: 'e',
    kind: 'status',
    authorization: 'right',
    answered: true,
    ending: 202,
    ...sighting,
  };
  return { who: 'provider', op: 'sighting', type: 'ok', key: value.exportId ?? '', value };
};

export const job = (exportId: string, more: Partial<JobDump> = {}): JobDump => ({
  id: `job-${exportId}`,
  tenant: 'default',
  exportId,
  state: 'completed',
  health: 'ok',
  reason: null,
  recorded: [],
  ...more,
});

export const event = (
  exportId: string,
  word = 'completed',
  more: Partial<EventDump> = {},
): EventDump => ({
  entryId: '1-0',
  id: `${exportId}.${word}`,
  type: `bulkwatch.export.${word}`,
  subject: `job-${exportId}`,
  digest: 'x',
  ...more,
});

/** What Redis might have held: jobs are listed as what they are. */
export function forgeDump(
  jobs: readonly JobDump[],
  events: readonly EventDump[] = [],
  more: Partial<Dump> = {},
): Dump {
  return {
    jobs: new Map(jobs.map((one) => [one.id, one])),
    due: [],
    indexed: jobs.map(({ id, state }) => ({ jobId: id, state })),
    engine: { awake: [], asleep: [] },
    events,
    inFlight: {},
    openJobs: {},
    ...more,
  };
}
