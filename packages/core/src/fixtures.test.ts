import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDeleteResponse } from './protocol/read-delete-response.js';
import { readStatusResponse } from './protocol/read-status-response.js';
import type { StatusResponse } from './protocol/status-response.js';
import { decideAfterDelete } from './tracking/decide-after-delete.js';
import { decideNextStep } from './tracking/decide-next-step.js';
import type { TrackedJob } from './tracking/decision.js';
import { defaultPolicy } from './tracking/policy.js';

/** One row of the decision table, or one quirk of a provider, as an answer and what must come of it. */
interface Fixture {
  readonly name: string;
  /** Who says so, or who answers so. */
  readonly source: string;
  /** `GET` unless given. */
  readonly method?: 'GET' | 'DELETE';
  readonly cancelRequestedAt?: number;
  readonly response: Pick<StatusResponse, 'status' | 'headers'> & { readonly body: string };
  readonly job: Partial<TrackedJob>;
  /** The manifest's bytes are left out of both: they are compared with the body. */
  readonly expected: { readonly reading: object; readonly decision: object };
}

/** Every fixture's answer was received on 1 June 2025 at 12:00 UTC. */
const receivedAt = Date.UTC(2025, 5, 1, 12);

const anyJob: TrackedJob = {
  state: 'in-progress',
  deadlineAt: receivedAt + 30 * 24 * 3_600_000,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
};

describe('fixtures', () => {
  it.each(loadFixtures())('$file: $name', ({ response, job, expected, ...fixture }) => {
    const body = new TextEncoder().encode(response.body);
    const { reading, decision } = trackOnce({ ...response, body, receivedAt }, job, fixture);

    expect(withoutManifest(reading)).toStrictEqual(expected.reading);
    expect(withoutManifest(decision)).toStrictEqual(expected.decision);
    for (const manifest of [reading, decision].flatMap(manifestOf)) {
      expect(new TextDecoder().decode(manifest)).toBe(response.body.replace(/^\ufeff/, ''));
    }
  });
});

function trackOnce(
  response: StatusResponse,
  job: Partial<TrackedJob>,
  { method, cancelRequestedAt = receivedAt }: Pick<Fixture, 'method' | 'cancelRequestedAt'>,
) {
  const situation = {
    job: { ...anyJob, ...job },
    now: receivedAt,
    policy: defaultPolicy,
    dice: 0,
  };
  if (method === 'DELETE') {
    const reading = readDeleteResponse(response);
    const outcome = { kind: 'read', reading } as const;
    return { reading, decision: decideAfterDelete({ ...situation, outcome, cancelRequestedAt }) };
  }
  const reading = readStatusResponse(response);
  return {
    reading,
    decision: decideNextStep({ ...situation, outcome: { kind: 'read', reading } }),
  };
}

function loadFixtures(): readonly (Fixture & { readonly file: string })[] {
  const folder = new URL('../fixtures/', import.meta.url);
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({
      file,
      ...(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Fixture),
    }));
}

function manifestOf(value: object): readonly Uint8Array[] {
  return 'manifest' in value && value.manifest instanceof Uint8Array ? [value.manifest] : [];
}

function withoutManifest(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'manifest'));
}
