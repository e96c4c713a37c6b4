import type { Clients } from './clients.js';
import type { WorldParts } from './parts.js';
import type { Process } from './process.js';
import { startWorker } from './worker.js';

const minutes = 60_000;

/** What befalls processes at their awaits, as long as `isOn`. */
export function atAwaits(
  { swarm, dice, reached }: Pick<WorldParts, 'swarm' | 'dice' | 'reached'>,
  isOn: () => boolean,
): (process: Process) => void {
  const crashes = swarm.rate('crash', 0.01);
  const pauses = swarm.rate('pause', 0.02);
  const drains = swarm.rate('drain', 0.005);
  return (process) => {
    if (!isOn()) return;
    if (drains > 0 && dice.chance(drains)) process.askToStop();
    if (crashes > 0 && dice.chance(crashes)) {
      reached.note('crash');
      process.end();
    } else if (pauses > 0 && dice.chance(pauses)) {
      reached.note('pause');
      process.pause(dice.spread(100, 180_000));
    }
  };
}

/**
 * The enemy of a world: until `until` it does whatever the swarm has on, and then it makes everything good again. Workers
 * that end are followed by others all the while.
 */
export class Nemesis {
  readonly #parts: WorldParts;
  readonly #clients: Clients;
  readonly #onRollBack: () => void;
  readonly #onLeasesGone: () => void;
  isOver = false;
  #workers = 0;

  constructor(
    parts: WorldParts,
    clients: Clients,
    told: { readonly onRollBack: () => void; readonly onLeasesGone: () => void },
  ) {
    this.#parts = parts;
    this.#clients = clients;
    this.#onRollBack = told.onRollBack;
    this.#onLeasesGone = told.onLeasesGone;
  }

  begin(workers: number): void {
    const { swarm, redis, engine, dice } = this.#parts;
    redis.faults.requestLost = swarm.rate('request-lost', 0.05);
    redis.faults.replyLost = swarm.rate('reply-lost', 0.1);
    redis.faults.slowestMs = swarm.isOn('slow-redis') ? dice.spread(10, 2_500) : 2;
    engine.lossRate = swarm.rate('wake-up-lost', 0.05);
    engine.doubleRate = swarm.rate('wake-up-lost', 0.1);
    for (let i = 0; i < workers; i += 1) this.#employ();
    this.#again(swarm.rate('partition', 1), 20 * minutes, () => this.#partition());
    this.#again(swarm.rate('redis-restart', 1), 60 * minutes, () => this.#restart());
    this.#again(swarm.rate('redis-rolled-back', 1), 90 * minutes, () => this.#rollBack());
    this.#again(swarm.rate('redis-refuses-writes', 1), 60 * minutes, () => this.#refuseWrites());
    this.#again(swarm.rate('redis-clock', 1), 90 * minutes, () => this.#setRedisClock());
    this.#again(swarm.rate('worker-clock', 1), 20 * minutes, () => this.#setWorkerClock());
    this.#again(swarm.rate('drain', 1), 20 * minutes, () => dice.pick(this.#staff())?.stop());
    this.#again(swarm.rate('engine-keys-deleted', 1), 60 * minutes, () => engine.deleteKeys());
    this.#again(swarm.rate('provider-outage', 1), 60 * minutes, () => this.#breakProvider());
    this.#again(swarm.rate('operators', 1), 5 * minutes, () => this.#clients.operate());
    this.#again(swarm.rate('token-expiry', 1), 10 * minutes, () => this.#clients.renewTokens());
  }

  /** All is well from now on. */
  heal(): void {
    const { redis, engine, providers } = this.#parts;
    this.isOver = true;
    Object.assign(redis.faults, { requestLost: 0, replyLost: 0, slowestMs: 2 });
    redis.downUntil = 0;
    redis.refusesUntil = 0;
    engine.lossRate = 0;
    engine.doubleRate = 0;
    providers.calm();
    for (const consumer of this.#staff()) {
      consumer.process.partitionedUntil = 0;
      consumer.process.skewMs = 0;
      engine.look(consumer);
    }
    this.#clients.api.partitionedUntil = 0;
    this.#clients.renewTokens();
    this.#clients.resumeAll();
  }

  #staff() {
    return [...this.#parts.engine.consumers()];
  }

  /** A worker, and another one a while after its end. */
  #employ(): void {
    const { time, dice, swarm } = this.#parts;
    this.#workers += 1;
    const { process } = startWorker(this.#parts, `worker-${this.#workers}`);
    if (swarm.isOn('worker-clock') && !this.isOver)
      process.skewMs = dice.between(-10 * minutes, 10 * minutes);
    process.onEnd(() => time.after(dice.spread(500, 60_000), () => this.#employ()));
  }

  /** Now and then, at `rate` of once in `everyMs`, until all is well. */
  #again(rate: number, everyMs: number, act: () => void): void {
    if (rate === 0) return;
    const { time, dice } = this.#parts;
    const next = (): void => {
      time.after(Math.max(1_000, (-Math.log(1 - dice.roll()) * everyMs) / rate), () => {
        if (this.isOver) return;
        act();
        next();
      });
    };
    next();
  }

  #partition(): void {
    const { dice, time, reached, engine } = this.#parts;
    reached.note('partition');
    const all = [...this.#staff().map(({ process }) => process), this.#clients.api];
    const cut = dice.chance(0.2) ? all : [dice.pick(all)];
    for (const process of cut) {
      const lastsMs = dice.spread(200, 5 * minutes);
      process.partitionedUntil = time.now + lastsMs;
      engine.watchLocksOf(process);
      time.after(lastsMs, () => this.#lookAgain());
    }
  }

  #restart(): void {
    const { dice, time, reached, redis } = this.#parts;
    reached.note('redis restarted');
    const lastsMs = dice.spread(200, 2 * minutes);
    redis.downUntil = time.now + lastsMs;
    time.after(lastsMs, () => this.#lookAgain());
  }

  /** A power cut under `fast`: what was acknowledged in the last second is gone, the next call the first of it. */
  #rollBack(): void {
    const { dice, time, reached, redis } = this.#parts;
    redis.beforeNextCall = () => {
      const image = redis.space.snapshot();
      time.after(dice.between(1, 1_000), () => {
        if (this.isOver) return;
        reached.note('redis rolled back');
        redis.space.restore(image);
        this.#onRollBack();
        this.#restart();
      });
    };
  }

  #refuseWrites(): void {
    const { dice, time, redis } = this.#parts;
    redis.refusesUntil = time.now + dice.spread(1_000, 10 * minutes);
  }

  #setRedisClock(): void {
    const { dice, redis, reached } = this.#parts;
    reached.note("Redis's clock set");
    redis.clockAheadMs += dice.between(-10 * minutes, 10 * minutes);
    this.#onLeasesGone();
  }

  #setWorkerClock(): void {
    const { dice, engine, reached } = this.#parts;
    reached.note("a worker's clock set");
    const consumer = dice.pick(this.#staff());
    if (!consumer) return;
    consumer.process.skewMs = dice.between(-10 * minutes, 10 * minutes);
    engine.look(consumer);
  }

  #breakProvider(): void {
    const { dice, time, providers } = this.#parts;
    const { origin } = dice.pick(this.#clients.exports) ?? {};
    if (origin !== undefined)
      providers.breakDown(origin, time.now + dice.spread(10_000, 60 * minutes));
  }

  #lookAgain(): void {
    for (const consumer of this.#staff()) this.#parts.engine.look(consumer);
  }
}
