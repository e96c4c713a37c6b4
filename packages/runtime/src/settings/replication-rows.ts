import { count, duration } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** What a registration waits for before it is acknowledged; see docs/redis.md. */
export const replicationRows = [
  {
    key: 'replicas',
    env: 'BULKWATCH_REPLICAS',
    kind: count(0, 5),
    default: '0',
    services: ['api'],
    group: 'Redis',
    description:
      'Replicas of Redis that must have a registration before it is acknowledged (`WAIT`); with fewer, it is answered with 503 `not-replicated`. With 0 none is waited for.',
    whenToChange:
      'Set it to 1 where a failover must lose no acknowledged registration, with two replicas at least: while one is away, the other has it.',
  },
  {
    key: 'replicasTimeoutMs',
    env: 'BULKWATCH_REPLICAS_TIMEOUT',
    kind: duration('10ms', '400ms'),
    default: '250ms',
    services: ['api'],
    group: 'Redis',
    description: 'How long a registration waits for BULKWATCH_REPLICAS.',
    whenToChange: 'Raise it where replicas are far away.',
  },
] as const satisfies readonly SettingRow[];
