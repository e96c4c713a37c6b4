import { defined, without } from '../defined.js';
import { afterOneAnswer, type CollectedPages } from '../protocol/poll-memory.js';
import type { PageReading } from '../protocol/status-reading.js';
import { afterPollFailed } from './after-poll-failed.js';
import { clearedCounts, hasProgressed, progressAnomalies } from './clean-answer.js';
import type { Cancel, CompletePages, Fail, PollAgain, Situation } from './decision.js';
import { expiryOf } from './expiry.js';
import { applyRetryAfter } from './pace.js';
import { pagesTooLarge, unusable } from './unusable-page.js';

/**
 * Puts a page of the manifest by and goes on to the next one, without a wait unless the provider asks for one.
 * Pages that lead round in a circle, or are too many, end the collecting.
 */
export function afterPage(
  reading: PageReading,
  situation: Situation,
): PollAgain | CompletePages | Fail | Cancel {
  const { policy } = situation;
  const collected = collect(reading, situation);
  if (isCircle(reading, collected)) {
    return stopAt(reading, { situation, collected, detail: 'the pages lead round in a circle' });
  }
  if (collected.count >= policy.pagesMax) {
    return stopAt(reading, { situation, collected, detail: `more than ${policy.pagesMax} pages` });
  }
  if (collected.bytes > policy.pagesBytesMax)
    return afterPollFailed(pagesTooLarge(reading), situation);
  return goOn(reading, collected, situation);
}

function collect(reading: PageReading, { job, now }: Situation): CollectedPages {
  const { collected: before } = job.memory;
  const count = (before?.count ?? 0) + 1;
  return {
    count,
    bytes: (before?.bytes ?? 0) + reading.bytes.length,
    mark: before === undefined || isPowerOfTwo(count) ? reading.url : before.mark,
    ...defined({
      completeAt: before?.completeAt ?? (reading.exportComplete ? now : undefined),
      expiresAt: reading.expiresAt ?? before?.expiresAt,
    }),
  };
}

/**
 * Brent's way to find a circle while remembering one page only: the mark moves on at ever longer intervals, so
 * that it comes to lie on the circle, and stays there for longer than the circle is long. Pages are kept by
 * their URL, so that those met twice are kept once.
 */
function isCircle({ url, nextUrl }: PageReading, { mark }: CollectedPages): boolean {
  return nextUrl === url || nextUrl === mark;
}

const isPowerOfTwo = (count: number): boolean => Number.isInteger(Math.log2(count));

function goOn(reading: PageReading, collected: CollectedPages, situation: Situation): PollAgain {
  const { job, policy } = situation;
  const { retryAfter, progress, progressPercent, url, bytes, news, nextUrl } = reading;
  const asked = applyRetryAfter(retryAfter, policy);
  const memory = without(afterOneAnswer(job.memory), 'told');
  return {
    next: 'poll-again',
    delayMs: asked.delayMs ?? Math.ceil(policy.floorMs),
    ...clearedCounts,
    progressed: hasProgressed(reading, job),
    backoffCount: 0,
    ...defined({ requestedDelayMs: retryAfter.delayMs, progress, progressPercent }),
    anomalies: [...asked.anomalies, ...progressAnomalies(reading, job)],
    memory: { ...memory, cursor: { kind: 'page', url: nextUrl }, collected },
    page: { url, bytes },
    ...(news && { partials: news.partials }),
  };
}

/** An export that is complete ends with what there is; one that still runs may set its links right. */
function stopAt(
  reading: PageReading,
  stop: {
    readonly situation: Situation;
    readonly collected: CollectedPages;
    readonly detail: string;
  },
): CompletePages | PollAgain | Fail | Cancel {
  const { situation, collected, detail } = stop;
  if (collected.completeAt === undefined) {
    return afterPollFailed({ ...unusable(reading), detail }, situation);
  }
  return {
    next: 'complete-pages',
    collectedCount: collected.count - 1,
    page: { url: reading.url, bytes: reading.bytes },
    ...expiryOf({}, collected, situation),
    reason: 'manifest-incomplete',
    detail,
    anomalies: [],
  };
}
