import { eventChannel, eventStream, events } from '@bulkwatch/contract';
import { DelayedError, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { AccessTokens } from './access-tokens.js';
import { askStatus } from './ask-status.js';
import type { PlainExport } from './plain-export.js';

export interface PollParts {
  readonly redis: Redis;
  readonly tokens: AccessTokens;
  readonly timeoutMs: number;
}

/** Where the harness reads which answers were written down before they could be forgotten. No part of the loop. */
export const recordedKey = (jobId: string): string => `plain:recorded:${jobId}`;

/** The processor that the engine's guide suggests: poll, and move the job to where the Retry-After says. */
export const pollExport =
  (parts: PollParts) =>
  async (job: Job<PlainExport>, token?: string): Promise<void> => {
    const status = await askStatus(job.data, parts);
    if (status.kind === 'ended') return tell(parts.redis, job.id ?? '', status.as);
    await job.moveToDelayed(Date.now() + status.delayMs, token);
    if (status.requestId !== undefined)
      await parts.redis.lpush(recordedKey(job.id ?? ''), status.requestId).catch(() => undefined);
    throw new DelayedError();
  };

async function tell(redis: Redis, jobId: string, word: 'completed' | 'failed'): Promise<void> {
  const event = JSON.stringify({
    specversion: '1.0',
    id: `${jobId}.${word}`,
    type: events[word].type,
    subject: jobId,
  });
  await redis
    .multi()
    .xadd(eventStream, '*', 'event', event)
    .publish(eventChannel(word), event)
    .exec();
}
