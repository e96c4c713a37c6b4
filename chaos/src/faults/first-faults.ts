import { between, pick } from '../dice.js';
import type { Fault } from '../fault.js';

/** The plainest troubles there are: processes that die or stand still, a Redis that dies, and a network that is cut. */
export const firstFaults: readonly Fault[] = [
  {
    name: 'worker-killed',
    row: 'A1',
    kind: 'process',
    async inject({ dice, workers }) {
      await pick(dice, workers()).process.kill();
      return async () => undefined;
    },
  },
  {
    name: 'worker-frozen',
    row: 'A2',
    kind: 'process',
    async inject({ dice, workers }) {
      const { process } = pick(dice, workers());
      process.pause();
      return async () => process.resume();
    },
  },
  {
    name: 'api-killed',
    row: 'A1',
    kind: 'process',
    async inject({ api }) {
      await api().process.kill();
      return async () => undefined;
    },
  },
  {
    name: 'redis-killed',
    row: 'B1',
    kind: 'redis',
    async inject({ redis }) {
      await redis.kill();
      return () => redis.restart();
    },
  },
  {
    name: 'worker-cut-off',
    row: 'B8',
    kind: 'network',
    async inject({ dice, workers }) {
      const { proxy } = pick(dice, workers());
      proxy.cut();
      return async () => proxy.mend();
    },
  },
  {
    name: 'worker-clock-wrong',
    row: 'A10',
    kind: 'clock',
    async inject({ dice, workers }) {
      const { clock } = pick(dice, workers());
      clock.shift(between(dice, -600, 600) * 1_000);
      return async () => clock.shift(0);
    },
  },
];
