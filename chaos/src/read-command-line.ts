import { parseArgs } from 'node:util';
import { plainBullmq, plainWithStalls } from './plain-bullmq/plain-subject.js';
import { bulkwatch, type Subject } from './subject.js';

export interface CommandLine {
  readonly seed: number;
  readonly minutes: number;
  readonly jobs: number;
  readonly settleMs: number;
  readonly only: readonly string[];
  readonly json: string | undefined;
  readonly subject: Subject;
}

/** How many jobs are begun in a minute unless it is said: 30 minutes make 21,000. */
const jobsPerMinute = 700;
/** The longest waits that faults lead to end within this. */
const settleMs = 10 * 60_000;

/** Reads what was asked for. Throws where it cannot be meant so. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      // A commit; `npm run chaos` builds it, and tells where.
      beside: { type: 'string' },
      'plain-bullmq': { type: 'boolean', default: false },
      stalls: { type: 'string' },
    },
  });
  const minutes = numberIn('minutes', values.minutes);
  return {
    minutes,
    seed:
      values.seed === undefined ? Math.floor(Math.random() * 1e9) : numberIn('seed', values.seed),
    jobs:
      values.jobs === undefined
        ? Math.ceil(minutes * jobsPerMinute)
        : numberIn('jobs', values.jobs),
    settleMs,
    only: values.only.split(',').filter((name) => name !== ''),
    json: values.json,
    subject: values['plain-bullmq'] ? plainWith(values.stalls) : bulkwatch,
  };
}

const plainWith = (stalls: string | undefined): Subject =>
  stalls === undefined ? plainBullmq : plainWithStalls(numberIn('stalls', stalls));

function numberIn(name: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`--${name} takes a number, not ${JSON.stringify(text)}`);
  return value;
}
