import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringing } from './equivalence/bring-commands.js';
import { controlling, noted } from './equivalence/control-commands.js';
import { courses } from './equivalence/courses.js';
import type { Deed, Model } from './equivalence/model.js';
import { movement } from './equivalence/movement-commands.js';
import { rememberCalls, resend } from './equivalence/resend.js';
import { perform, performAtRandom } from './equivalence/run-commands.js';
import { tokens } from './equivalence/token-commands.js';
import { openTwinBench, type TwinBench } from './equivalence/twin-bench.js';
import { upkeep } from './equivalence/upkeep-commands.js';

/** The first two of what moves jobs register them. */
const registering = movement.slice(0, 2);

/** Two thirds of a run are not what only moves jobs. */
const everything: readonly fc.Arbitrary<Deed>[] = [
  ...movement,
  ...registering,
  ...registering,
  ...bringing,
  ...controlling,
  ...controlling,
  ...upkeep,
  ...Array.from({ length: 3 }, () => fc.constant(null).map(resend)),
].map((arbitrary) => arbitrary.map(noted));

let bench: TwinBench;
beforeAll(async () => {
  bench = await openTwinBench();
  rememberCalls(bench);
});
afterAll(() => bench.close());

/** What the random runs must have come to: of what they never reached they say nothing. */
const branches = [
  'acknowledge acknowledged',
  'acknowledge not-completed',
  'amend already-settled completed',
  'amend amended completed',
  'amend amended open',
  'beyond the quota',
  'cancel already-settled',
  'cancel cancelled',
  'cancel cancelled-before',
  'cancel cancelling',
  'changed',
  'claim claimed delete',
  'clock set back',
  'operator pauses',
  'pause done',
  'poll now done due by force',
  'refresh done due',
  'republish done',
  'resealed',
  'resume done',
  'told expiring missing',
  'walk removed',
  'within the quota',
];
const tokenBranches = [
  'confirm stale',
  'confirmed',
  'read a token',
  'read an outage',
  'refuse dropped',
  'refuse replaced',
  'refuse too-soon',
  'settle again',
  'settle nothing',
  'settle stale',
  'turn changed',
  'turn held',
  'turn taken',
  'turn taken again',
];

describe('the scripts of operators, of subscribers and of what is done by the clock', () => {
  it('do what their transitions do, amid all that moves a job', async () => {
    const reached = await performAtRandom(bench, everything, { runs: 40, length: 160 });

    expect(branches.filter((branch) => !reached.has(branch))).toEqual([]);
  }, 120_000);

  it.each(courses)('do so where $what', async ({ deeds, comesTo }) => {
    const reached: Model['reached'] = new Map();

    await perform(bench, deeds.map(noted), { reached });

    expect(
      comesTo.filter((branch) => !reached.has(branch)),
      [...reached.keys()].join(),
    ).toEqual([]);
  });
});

describe('the scripts of access tokens', () => {
  it('do what their transitions do, whoever comes late and wherever the clock is', async () => {
    const deeds = tokens.map((one) => one.map(noted));
    const reached = await performAtRandom(bench, deeds, { runs: 80, length: 100 });

    expect(tokenBranches.filter((branch) => !reached.has(branch))).toEqual([]);
  }, 120_000);
});
