import { defaultPolicy } from '@bulkwatch/core';
import { createSealer, keys } from '@bulkwatch/store/parts';
import { simulatedRedis } from '../redis/simulated-redis.js';
import type { Transition } from '../transitions/transition.js';
import { transitions } from '../transitions/transitions.js';
import { Clients } from './clients.js';
import { type Dice, diceOf } from './dice.js';
import { Engine } from './engine.js';
import { atAwaits, Nemesis } from './faults.js';
import { Law, type Violation } from './law.js';
import type { WorldParts } from './parts.js';
import { Providers } from './provider.js';
import { type Counts, Reached } from './reached.js';
import { RedisHost } from './redis-host.js';
import { limitsOf } from './settings.js';
import { SightingLaw } from './sighting-law.js';
import { type FaultClass, type Swarm, swarmOf } from './swarm.js';
import { TransitionLaw } from './transition-law.js';
import { judgeEnd } from './verdict.js';
import { VirtualTime } from './virtual-time.js';

export interface WorldOptions {
  /** Fault classes that stay off, whatever the seed draws. */
  readonly without?: ReadonlySet<FaultClass>;
  /** Exports at most. */
  readonly jobsMax?: number;
  /** Keep the story. */
  readonly isTold?: boolean;
  /** Broken ones, to see that it is noticed. */
  readonly table?: Readonly<Record<string, Transition>>;
}

/** What became of a world. */
export interface Outcome {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly story: readonly string[];
  readonly faults: readonly FaultClass[];
  readonly reached: Counts;
  readonly jobs: number;
  readonly polls: number;
  readonly simulatedMs: number;
  readonly happenings: number;
  readonly earlyUnrecorded: number;
}

const hours = 3_600_000;
/** In which every job must have come to its end, once all is well. */
const healingMs = 4 * 24 * hours;
/** A job whose wake-up is lost is found within that, as the settings' defaults have it, and then has to be run. */
const foundWithinMs = 90_000;
const origins = ['https://a.example', 'https://b.example', 'https://c.example:8443'];
const sealKeys = new Map([['k1', Buffer.alloc(32, 7)]]);

/** Lives a seed through: a faulty time, then a healing one, at whose end every promise must have been kept. */
export async function live(seed: number, options: WorldOptions = {}): Promise<Outcome> {
  const { without = new Set(), jobsMax = 8, isTold = false, table = transitions } = options;
  const dice = diceOf(seed);
  const swarm = swarmOf(dice.fork('swarm'), without);
  const time = new VirtualTime();
  const law = new Law(() => time.now, isTold);
  const reached = new Reached();
  const redis = new RedisHost(time, dice.fork('redis'), reached);
  const limits = limitsOf(dice.fork('limits'), swarm);
  const sightings = new SightingLaw({
    time,
    law,
    reached,
    concurrency: limits.gate.concurrency,
    clockMs: () => redis.clockMs,
  });
  const transitionLaw = new TransitionLaw({
    space: redis.space,
    law,
    reached,
    limits: limits.gate,
    recorder: sightings,
  });
  const watched = transitionLaw.watched(table);
  const engine = new Engine({
    time,
    redis,
    dice: dice.fork('engine'),
    reached,
    onFault: (error) =>
      law.broken(`a poll failed: ${error instanceof Error ? error.stack : String(error)}`),
  });
  const providers = new Providers({ time, dice: dice.fork('providers'), swarm, reached });
  const faultyMs = dice.spread(1 * hours, 12 * hours);
  const onAwait = atAwaits({ swarm, dice: dice.fork('awaits'), reached }, () => !nemesis.isOver);
  const parts: WorldParts = {
    time,
    dice: dice.fork('others'),
    law,
    reached,
    sightings,
    providers,
    exportOf: (url) => clients.exportOf(url),
    swarm,
    redis,
    engine,
    limits,
    policy: defaultPolicy,
    sealer: createSealer(() => sealKeys),
    connect: (process, patience) =>
      simulatedRedis(redis.space, watched, (name, run) => redis.call(process, name, run, patience)),
    onAwait,
    nextDueInMs: () => nextDueAt(redis) - redis.clockMs,
  };
  const clients = new Clients(parts);
  const nemesis = new Nemesis(parts, clients, {
    onRollBack() {
      transitionLaw.lookAnew();
      sightings.forget();
    },
    onLeasesGone: () => sightings.leasesAreGone(),
  });

  kickOffAll({ clients, dice: dice.fork('exports'), swarm, time, faultyMs, jobsMax });
  nemesis.begin(dice.between(1, 3));
  const isBroken = () => law.violation !== undefined;
  await time.run(faultyMs, isBroken);
  if (!isBroken()) {
    nemesis.heal();
    demandNoneOverdue(parts, isBroken);
    const end = time.now + healingMs;
    const isQuiet = () =>
      isBroken() || (time.now > faultyMs + 60_000 && isAllSettled(redis, clients));
    await time.run(end, isQuiet);
  }
  if (!isBroken()) judgeEnd({ redis, clients, law, swarm });
  return {
    seed,
    violation: law.violation,
    story: law.story,
    faults: swarm.on,
    reached: reached.counts,
    jobs: clients.exports.length,
    polls: sightings.polls,
    simulatedMs: time.now,
    happenings: time.happenings,
    earlyUnrecorded: sightings.earlyUnrecorded,
  };
}

function kickOffAll(options: {
  clients: Clients;
  dice: Dice;
  swarm: Swarm;
  time: VirtualTime;
  faultyMs: number;
  jobsMax: number;
}): void {
  const { clients, dice, swarm, time, faultyMs, jobsMax } = options;
  const rules = {
    origins: origins.slice(0, dice.between(1, origins.length)),
    longestMs: 0.6 * faultyMs,
    hasTokens: swarm.isOn('token-expiry'),
    isOdd: swarm.isOn('provider-odd'),
    retryAfterS: [Math.max(5, (faultyMs / 3_600_000 / 2) * 30), 900] as const,
  };
  const jobs = Math.min(jobsMax, dice.between(1, 8));
  const isHerd = dice.chance(0.3);
  for (let i = 0; i < jobs; i += 1) {
    const at = isHerd ? dice.between(0, 2_000) : dice.between(0, 0.7 * faultyMs);
    time.at(at, () => clients.kickOff(rules));
  }
}

function nextDueAt({ space }: RedisHost): number {
  let next = Infinity;
  for (const dueAt of space.find(keys.due, 'zset')?.scores.values() ?? [])
    next = Math.min(next, dueAt);
  return next;
}

/** From a while after all is well, no job waits for much longer than until it is due. */
function demandNoneOverdue(
  { time, law, redis, nextDueInMs }: WorldParts,
  hasEnded: () => boolean,
): void {
  const look = (left: number): void => {
    if (hasEnded()) return;
    const overdueMs = -nextDueInMs();
    // What came due by a clock that was set forward is left to the workers' own.
    const toleranceMs = foundWithinMs + Math.max(0, redis.clockAheadMs);
    law.demand(
      overdueMs <= toleranceMs,
      () => `a job is overdue by ${overdueMs} ms, though all is well`,
    );
    if (left > 0) time.after(60_000, () => look(left - 1));
  };
  time.after(10 * 60_000, () => look(60));
}

/** Nothing is due any more, and nobody is still trying to register. */
const isAllSettled = ({ space }: RedisHost, clients: Clients): boolean =>
  (space.find(keys.due, 'zset')?.scores.size ?? 0) === 0 && clients.isQuiet();
