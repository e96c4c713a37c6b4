import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, facts, limits, newJob, openBench, pollAgain } from './store-bench.js';

const circuit = { failures: 2, probeFirstMs: 300, probeLongestMs: 1_000 };
let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ circuit });
});
afterAll(() => bench.close());

it('says when it opens and closes, and the fleet counts the providers that are out', async () => {
  const claimNew = async () => bench.claim((await bench.register(newJob())).id);
  const [first, second, third] = [await claimNew(), await claimNew(), await claimNew()];
  const isOut = { ...facts, verdict: 'down' } as const;
  const apply = (claim: typeof first, told: typeof facts | typeof isOut) =>
    bench.jobs.applyDecision(claim, pollAgain(), told);

  expect(await apply(first, isOut)).not.toHaveProperty('circuit');
  expect(await apply(second, isOut)).toHaveProperty('circuit', 'opened');
  expect((await bench.jobs.fleet(0)).providersOut).toBe(1);

  const held = await bench.register(newJob());
  const early = await bench.tryClaim(held.id);
  expect(early).toMatchObject({ kind: 'early', heldBy: 'circuit-open' });
  expect(await bench.jobs.get('default', held.id)).toMatchObject({ heldBy: 'circuit-open' });

  await pause(circuit.probeFirstMs + limits.retryAfterFloorMs);
  expect(await apply(await bench.claim(held.id), facts)).toHaveProperty('circuit', 'closed');
  expect((await bench.jobs.fleet(0)).providersOut).toBe(0);
  // What was asked before it went out answers late, and tells nothing new.
  expect(await apply(third, facts)).not.toHaveProperty('circuit');
  expect(await bench.jobs.get('default', held.id)).not.toHaveProperty('heldBy');
});
