import type { Engine } from '../bullmq-adapter.js';

/** An engine that can be made anew without a new process. */
export interface RenewableEngine extends Engine {
  /** Lets a new engine, with connections of its own, take over at once. What the old one has in hand it ends, or lets go of. */
  renew(): void;
}

/**
 * The old engine fetches nothing more, and has `partingMs` to end what it has in hand. An entry that it lets go of is taken
 * over by the new one, as if a worker had died: the record decides whether a poll is due.
 */
export function renewableEngine(make: () => Engine, partingMs: number): RenewableEngine {
  const parting = new Set<Engine>();
  let engine = make();
  let isStopping = false;
  return {
    start: () => engine.start(),
    get pulse() {
      return engine.pulse;
    },
    renew() {
      if (isStopping) return;
      const old = engine;
      engine = make();
      engine.start();
      parting.add(old);
      void old.stop(partingMs).finally(() => parting.delete(old));
    },
    async stop(withinMs) {
      isStopping = true;
      await Promise.all([engine, ...parting].map((one) => one.stop(withinMs)));
    },
  };
}
