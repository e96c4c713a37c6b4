import type { Duties } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createElection } from './election.js';

/** One lease, by a clock of its own, as Redis keeps it. */
function leaseOn(clock: { monotonicMs(): number }) {
  let holder = '';
  let until = -Infinity;
  let isAway = false;
  const duties: Duties = {
    async take(_duty, asking, leaseMs) {
      if (isAway) throw new Error('away');
      const now = clock.monotonicMs();
      if (now < until && holder !== asking) return { isMine: false, forMs: until - now };
      [holder, until] = [asking, now + leaseMs];
      return { isMine: true, forMs: leaseMs };
    },
    async leave(_duty, leaving) {
      if (holder === leaving) until = -Infinity;
    },
  };
  return {
    duties,
    setAway(away: boolean) {
      isAway = away;
    },
  };
}

function setup() {
  const redisClock = manualClock(0);
  const lease = leaseOn(redisClock);
  const candidate = (holder: string, clock = redisClock) => {
    let electedCount = 0;
    const problems: unknown[] = [];
    const election = createElection({
      duties: lease.duties,
      holder,
      clock,
      dice: () => 0.5,
      onElected: () => (electedCount += 1),
      onProblem: (error) => problems.push(error),
    });
    return { election, electedCount: () => electedCount, problems };
  };
  return { clock: redisClock, lease, candidate };
}

describe('an election', () => {
  it('elects the first that asks, who stays elected as long as it looks', async () => {
    const { clock, candidate } = setup();
    const [one, two] = [candidate('one'), candidate('two')];
    one.election.start();
    await Promise.all([one.election.ask(), one.election.ask()]);
    two.election.start();
    for (let n = 0; n < 100; n += 1) await clock.advance(1_000);

    expect([one.election.holds(), two.election.holds()]).toEqual([true, false]);
    expect([one.electedCount(), two.electedCount()]).toEqual([1, 0]);
    await Promise.all([one.election.stop(), two.election.stop()]);
  });

  it('has a successor within ten seconds of the death of who was elected', async () => {
    const { clock, candidate } = setup();
    const [one, two] = [candidate('one'), candidate('two')];
    expect(await one.election.ask()).toBe(true);
    two.election.start();
    for (let n = 0; n < 10; n += 1) await clock.advance(1_000);

    expect(two.election.holds()).toBe(true);
    expect(one.election.holds()).toBe(false);
    expect(await one.election.ask()).toBe(false);
    await two.election.stop();
  });

  it('has one at once where who was elected stops, and not the one that stops', async () => {
    const { candidate } = setup();
    const [one, two] = [candidate('one'), candidate('two')];
    await one.election.ask();
    expect(await two.election.ask()).toBe(false);

    await one.election.stop();
    expect(await two.election.ask()).toBe(true);
    expect(await one.election.ask()).toBe(false);
    expect(one.election.holds()).toBe(false);
  });

  it('is not believed in by a process whose answer came late', async () => {
    const { clock, lease, candidate } = setup();
    const { take } = lease.duties;
    Object.assign(lease.duties, {
      take: async (...asked: Parameters<typeof take>) => {
        const answer = await take(...asked);
        await clock.sleep(10_000);
        return answer;
      },
    });
    const { election, electedCount } = candidate('one');
    const asked = election.ask();
    await clock.advance(10_000);

    expect(await asked).toBe(false);
    expect(electedCount()).toBe(0);
  });

  it('goes on after an error, which it reports', async () => {
    const { clock, lease, candidate } = setup();
    const one = candidate('one');
    lease.setAway(true);
    one.election.start();
    await clock.advance(1);
    expect(one.problems).toHaveLength(1);

    lease.setAway(false);
    await clock.advance(3_000);
    expect(one.election.holds()).toBe(true);
    await one.election.stop();
  });
});
