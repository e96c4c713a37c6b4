import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  contextOf,
  presetCalled,
  readDelete,
  readStatus,
  receivedAt,
  trackedJob,
} from '../tests/tracked.js';
import type { FetchFailure, StatusResponse } from './protocol/status-response.js';
import { decideAfterDelete } from './tracking/decide-after-delete.js';
import { decideNextStep } from './tracking/decide-next-step.js';
import type { ExportHistory, TrackedJob } from './tracking/decision.js';
import { joinPages } from './tracking/join-pages.js';
import { defaultPolicy, policyFor } from './tracking/policy.js';

/** One row of the decision table, or one quirk of a provider, as an answer and what must come of it. */
interface Fixture {
  readonly name: string;
  /** Who says so, or who answers so. */
  readonly source: string;
  /** `GET` unless given. */
  readonly method?: 'GET' | 'DELETE';
  readonly cancelRequestedAt?: number;
  /** `generic` unless given. */
  readonly preset?: string;
  /** What was asked: the cursor of the job's memory or else the status URL, unless given. */
  readonly url?: string;
  readonly response: Pick<StatusResponse, 'status' | 'headers'> & {
    /** Text as it is; anything else is sent as JSON. */
    readonly body: unknown;
  };
  /** Why no answer came, where none did: there is nothing to read then. */
  readonly failure?: FetchFailure;
  readonly job: Partial<TrackedJob>;
  readonly history?: ExportHistory;
  /** Pages put by before, where the answer ends a manifest in pages. */
  readonly collected?: readonly object[];
  /** The manifest's bytes are left out of both: they are compared with the body, or with `merged`. */
  readonly expected: {
    readonly reading?: object;
    readonly decision: object;
    readonly merged?: object;
  };
}

describe('fixtures', () => {
  it('are there for every row of the decision table', () => {
    const rows = new Set(loadFixtures().map(({ file }) => /^row-(\d\d|d\d)-/.exec(file)?.[1]));
    const table = Array.from({ length: 44 }, (_, row) => String(row + 1).padStart(2, '0'));

    expect([...table, 'd1', 'd2', 'd3', 'd4', 'd5'].filter((row) => !rows.has(row))).toEqual([]);
  });

  it.each(loadFixtures())('$file: $name', (fixture) => {
    const { expected, failure } = fixture;
    if (failure !== undefined) {
      expect(decideUnanswered(fixture, failure)).toStrictEqual(expected.decision);
      return;
    }
    const body = textOf(fixture.response.body);
    const { reading, decision } = trackOnce(fixture, body);

    expect(withoutBytes(reading)).toStrictEqual(expected.reading);
    expect(withoutBytes(decision)).toStrictEqual(expected.decision);
    const own = fixture.collected === undefined ? [reading, decision] : [reading];
    for (const bytes of own.flatMap(bytesOf)) {
      expect(decode(bytes)).toBe(body.replace(/^\ufeff/, ''));
    }
    if (expected.merged !== undefined && 'manifest' in decision) {
      expect(JSON.parse(decode(decision.manifest))).toStrictEqual(expected.merged);
    }
  });
});

function trackOnce(
  { response, job, method, cancelRequestedAt, ...fixture }: Fixture,
  body: string,
) {
  const context = contextOf({
    memory: job.memory ?? {},
    preset: presetCalled(fixture.preset ?? 'generic'),
    ...(fixture.url === undefined ? {} : { url: fixture.url }),
  });
  const answer = { ...response, body: encode(body), receivedAt };
  const situation = {
    job: trackedJob(job),
    now: receivedAt,
    policy: policyFor(context.preset, defaultPolicy),
    dice: 0,
    ...(fixture.history && { history: fixture.history }),
  };
  if (method === 'DELETE') {
    const reading = readDelete(answer, context);
    const outcome = { kind: 'read', reading } as const;
    const since = { cancelRequestedAt: cancelRequestedAt ?? receivedAt };
    return { reading, decision: decideAfterDelete({ ...situation, outcome, ...since }) };
  }
  const reading = readStatus(answer, context);
  const decision = decideNextStep({ ...situation, outcome: { kind: 'read', reading } });
  if (decision.next !== 'complete-pages') return { reading, decision };
  const pages = (fixture.collected ?? []).map((page) => encode(JSON.stringify(page)));
  return { reading, decision: joinPages(decision, pages) };
}

function decideUnanswered({ job, preset = 'generic' }: Fixture, failure: FetchFailure) {
  return decideNextStep({
    job: trackedJob(job),
    outcome: { kind: 'failed', failure },
    now: receivedAt,
    policy: policyFor(presetCalled(preset), defaultPolicy),
    dice: 0,
  });
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

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** The bytes of a manifest or of a page, wherever they are. */
function bytesOf(value: unknown): readonly Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesOf) : [];
}

function withoutBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member instanceof Uint8Array ? [] : [[name, withoutBytes(member)]],
    ),
  );
}
