import type { Finding, Violation } from './checkers/finding.js';
import type { History } from './checkers/history.js';
import { measureRecovery, type Recovery } from './checkers/measure-recovery.js';
import type { MemorySlope } from './evidence/watch-memory.js';

/** Figures of promises: any of them above zero breaks one. */
export const promised = [
  'lost',
  'duplicated',
  'unexpected',
  'early',
  'overConcurrency',
  'misdirectedTokens',
  'secretsSeen',
  'zombies',
  'unseen',
  'foreign',
  'disordered',
  'unlisted',
  'complaints',
] as const;
export type Promised = (typeof promised)[number];

/** What a run came to: one line of JSON. */
export interface ChaosResult extends Readonly<Record<Promised, number>> {
  readonly kind: string;
  readonly commit: string;
  readonly ranAt: string;
  readonly machine: object;
  readonly commandLine: string;
  readonly seed: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly jobs: number;
  readonly polls: number;
  readonly acknowledged: number;
  readonly unknown: number;
  readonly recovered: number;
  readonly earlyUnrecorded: number;
  /** How often each fault was injected. */
  readonly faults: Readonly<Record<string, number>>;
  /** By figure: how often it could have been other than zero. */
  readonly chances: Readonly<Record<string, number>>;
  readonly recovery: Readonly<Record<string, Recovery>>;
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly memory: Readonly<Record<string, MemorySlope>>;
  /** Faults that could not be injected or healed, such as for another that came between. */
  readonly mishaps: readonly string[];
  /** Other figures of the checkers. */
  readonly figures: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  /** Why the run proves nothing; empty where it does. */
  readonly invalid: readonly string[];
}

export interface ResultParts {
  readonly about: Pick<
    ChaosResult,
    'kind' | 'commit' | 'ranAt' | 'machine' | 'commandLine' | 'seed' | 'minutes' | 'seconds'
  >;
  readonly history: History;
  readonly findings: readonly Finding[];
  readonly memory: Readonly<Record<string, MemorySlope>>;
  /** Faults that were to happen. */
  readonly planned: readonly string[];
}

/** How many violations are put into words; the figures count all of them. */
const toldMax = 50;

/** Puts together what the checkers found. */
export function composeResult({
  about,
  history,
  findings,
  memory,
  planned,
}: ResultParts): ChaosResult {
  const violations = findings.flatMap((finding) => finding.violations);
  const chances = Object.assign(
    {},
    ...findings.map((finding) => finding.chances),
  ) as ChaosResult['chances'];
  const all = Object.assign({}, ...findings.map(({ figures = {} }) => figures)) as Record<
    string,
    number
  >;
  const {
    acknowledged = 0,
    unknown = 0,
    recovered = 0,
    earlyUnrecorded = 0,
    latenessP50 = 0,
    latenessP99 = 0,
    latenessMax = 0,
    ...figures
  } = all;
  return {
    ...about,
    ...countPromised(violations),
    jobs: history.attempts.size,
    polls: history.sightings.filter(({ kind }) => kind === 'status').length,
    acknowledged,
    unknown,
    recovered,
    earlyUnrecorded,
    faults: countFaults(history),
    chances,
    recovery: measureRecovery(history),
    latenessMs: { p50: latenessP50, p99: latenessP99, max: latenessMax },
    memory,
    figures,
    mishaps: history.faults.flatMap(({ name, error }) => (error ? [`${name}: ${error}`] : [])),
    violations: violations.slice(0, toldMax).map(inWords),
    invalid: whyInvalid(history, chances, planned),
  };
}

function countPromised(violations: readonly Violation[]): Record<Promised, number> {
  const count = (name: Promised) => violations.filter(({ figure }) => figure === name).length;
  return Object.fromEntries(promised.map((name) => [name, count(name)])) as Record<
    Promised,
    number
  >;
}

function countFaults({ faults }: History): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, injectedAt } of faults)
    if (injectedAt !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export const inWords = ({ figure, what, jobId, exportId }: Violation): string =>
  [`${figure}: ${what}`, jobId && `job ${jobId}`, exportId && `export ${exportId}`]
    .filter(Boolean)
    .join(', ');

/** A zero says nothing where nothing else was possible, and a run says nothing of a fault that it did not have. */
function whyInvalid(
  { faults }: History,
  chances: ChaosResult['chances'],
  planned: readonly string[],
): string[] {
  const happened = new Set(
    faults.filter(({ injectedAt }) => injectedAt !== undefined).map(({ name }) => name),
  );
  return [
    ...Object.entries(chances)
      .filter(([, count]) => count === 0)
      .map(([figure]) => `${figure} had no chance to be other than zero`),
    ...planned.filter((name) => !happened.has(name)).map((name) => `${name} never happened`),
  ];
}

/** Whether it shows that the promises were kept. */
export const isGood = (result: ChaosResult): boolean =>
  result.invalid.length === 0 && promised.every((name) => result[name] === 0);
