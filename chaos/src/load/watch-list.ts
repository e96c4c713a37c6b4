import { setTimeout as delay } from 'node:timers/promises';
import type { ApiKey } from '../house/make-api-keys.js';
import type { Ledger } from '../ledger.js';
import type { CallApi } from './call-api.js';
import type { Registered } from './register.js';

export interface ListWatch {
  /** Tells it of a job that was accepted. */
  expect(job: Registered): void;
  /** Reads the whole list again and again, with rests between. */
  run(everyMs: number, signal: AbortSignal): Promise<void>;
}

/** Looks in `GET /v1/jobs` for every job that was accepted before the list was asked for: it appears, and never disappears. */
export function watchList(callApi: CallApi, keys: readonly ApiKey[], ledger: Ledger): ListWatch {
  const accepted = new Map<string, Registered>();
  const look = async (key: ApiKey): Promise<void> => {
    const expected = [...accepted.values()].filter((job) => job.key === key);
    const listed = await readList(callApi, key);
    if (listed === null) return;
    const missing = expected.filter(({ jobId }) => !listed.has(jobId));
    ledger.note({
      who: 'lister',
      op: 'list',
      type: missing.length === 0 ? 'ok' : 'fail',
      key: key.tenant,
      value: {
        expected: expected.length,
        listed: listed.size,
        missing: missing.map(({ exportId }) => exportId).slice(0, 20),
      },
    });
  };
  return {
    expect: (job) => void accepted.set(job.jobId, job),
    async run(everyMs, signal) {
      while (!signal.aborted) {
        await delay(everyMs, undefined, { signal }).catch(() => undefined);
        for (const key of keys) await look(key);
      }
    },
  };
}

interface Page {
  readonly jobs: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

/** The ids of all jobs of a tenant; null where a page of it could not be had. */
async function readList(callApi: CallApi, key: ApiKey): Promise<Set<string> | null> {
  const ids = new Set<string>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer = await callApi(key, { method: 'GET', path: `/v1/jobs?limit=500${query}` });
    if (answer.outcome !== 'ok') return null;
    const page = JSON.parse(answer.text) as Page;
    for (const { id } of page.jobs) ids.add(id);
    cursor = page.nextCursor;
  }
  return ids;
}
