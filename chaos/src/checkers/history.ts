import type { LedgerLine } from '../ledger.js';
import type { Sighting } from '../provider/sighting.js';

/** A registration that was tried. */
export interface Attempt {
  readonly exportId: string;
  readonly tenant: string;
  readonly origin: string;
  /** How its job has to end. */
  readonly ends: string;
  readonly at: number;
  /** `unknown` also where the run ended before there was an answer. */
  outcome: 'ok' | 'refused' | 'unknown';
  jobId: string | undefined;
  endedAt: number;
}

/** A fault as it was. */
export interface FaultNote {
  readonly name: string;
  readonly row: string;
  readonly kind: string;
  injectedAt: number | undefined;
  healedAt: number | undefined;
  error: string | undefined;
}

export interface ListLook {
  readonly expected: number;
  readonly listed: number;
  readonly missing: readonly string[];
}

/** A ledger by what the checkers ask of it. */
export interface History {
  readonly attempts: ReadonlyMap<string, Attempt>;
  /** Exports of which a cancel was tried. */
  readonly cancelled: ReadonlySet<string>;
  /** In order of arrival. */
  readonly sightings: readonly Sighting[];
  readonly faults: readonly FaultNote[];
  readonly lists: readonly ListLook[];
  /** What somebody saw that must not happen. */
  readonly complaints: readonly string[];
  /** How many answers hostile callers of the api got. */
  readonly hostileAnswers: number;
}

/** Reads a ledger, in whichever order its lines are. */
export function readHistory(lines: readonly LedgerLine[]): History {
  const attempts = new Map<string, Attempt>();
  const faults = new Map<string, FaultNote>();
  for (const line of lines) {
    if (line.who === 'load' && line.op === 'register') noteAttempt(attempts, line);
    if (line.who === 'nemesis') noteFault(faults, line);
  }
  const of = (who: string, op: string): LedgerLine[] =>
    lines.filter((line) => line.who === who && line.op === op);
  return {
    attempts,
    faults: [...faults.values()],
    cancelled: new Set(of('operator', 'cancel').map(({ key }) => key)),
    sightings: of('provider', 'sighting')
      .map(({ value }) => value as Sighting)
      .toSorted((one, other) => one.at - other.at),
    lists: of('lister', 'list').map(({ value }) => value as ListLook),
    complaints: of('harness', 'complaint').map(({ key }) => key),
    hostileAnswers: of('harness', 'answer').length,
  };
}

const outcomes = { ok: 'ok', fail: 'refused', info: 'unknown' } as const;

function noteAttempt(attempts: Map<string, Attempt>, { t, type, key, value }: LedgerLine): void {
  if (type === 'invoke') {
    const about = value as Pick<Attempt, 'tenant' | 'origin' | 'ends'>;
    const unknown = { outcome: 'unknown', jobId: undefined, endedAt: t } as const;
    attempts.set(key, { ...about, ...unknown, exportId: key, at: t });
    return;
  }
  const attempt = attempts.get(key);
  if (attempt === undefined)
    throw new Error(`the ledger tells the end of what never began: ${key}`);
  attempt.outcome = outcomes[type];
  attempt.jobId = (value as { jobId?: string }).jobId;
  attempt.endedAt = t;
}

function noteFault(faults: Map<string, FaultNote>, { t, op, type, key, value }: LedgerLine): void {
  const told = value as { name: string; row: string; kind: string; error?: string };
  const { name, row, kind, error } = told;
  const never = { injectedAt: undefined, healedAt: undefined, error: undefined };
  const fault = faults.get(key) ?? { name, row, kind, ...never };
  faults.set(key, fault);
  if (op === 'inject' && type === 'ok') fault.injectedAt = t;
  if (op === 'heal' && type === 'ok') fault.healedAt = t;
  if (type === 'fail') fault.error = `${op}: ${error}`;
}
