import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * What runs have written to docs/reliability, the newest first. One file is one run.
 * @typedef {{ file: string, kind: string, ranAt: string, commit: string, commandLine: string, seconds: number, machine: object }} Result
 * @returns {Result[]}
 */
export function readResults() {
  const folder = join(root, 'docs/reliability');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ file: name, ...JSON.parse(readFileSync(join(folder, name), 'utf8')) }))
    .toSorted((a, b) => b.ranAt.localeCompare(a.ranAt) || a.file.localeCompare(b.file));
}

/**
 * Rows of the list of faults, and the test that does each of them once.
 * @returns {{ row: string, what: string, file?: string, title?: string }[]}
 */
export function readFaultRows() {
  const file = join(root, 'tests/house/fault-rows.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** @param {Result[]} results */
export const newest = (results, kind) => results.find((result) => result.kind === kind);

/** What must be 0 of a run on which every fault was let loose, and what each is. */
export const figures = {
  lost: 'acknowledged jobs without a final event',
  duplicated: 'events that were appended twice',
  unexpected: 'events of jobs that nobody registered',
  early: 'polls before a Retry-After that was recorded',
  overConcurrency: 'requests beyond what a provider may have in flight',
  misdirectedTokens: 'tokens seen where they do not belong',
  secretsSeen: 'planted secrets found in logs, metrics, answers, Redis or its files',
  zombies: 'jobs left open or overdue, or indexes that do not fit, when all was healed',
  unseen: 'final events that a subscriber never got',
  foreign: 'events that a subscriber of another tenant got',
  disordered: 'events of a job that came to a subscriber in another order',
  unlisted: 'jobs that were missing in a list',
  complaints: 'what hostile callers were answered and should not have been',
};

/**
 * Why a run has failed, in words; empty where it has not.
 * @param {Result} result
 * @returns {string[]}
 */
export function failuresOf(result) {
  const found = Object.keys(figures)
    .filter((name) => result[name] > 0)
    .map((name) => `${result[name]} ${name}`);
  const survivors = result.kind === 'mutants' ? result.total - result.caught : 0;
  const violations = result.violations?.length ?? 0;
  return [
    ...found,
    ...(violations > 0 ? [`${violations} ${violations === 1 ? 'violation' : 'violations'}`] : []),
    ...(result.invalid?.length > 0 ? [`invalid: ${result.invalid.join('; ')}`] : []),
    ...(survivors > 0 ? [`${survivors} survived`] : []),
  ];
}
