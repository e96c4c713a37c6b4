import type { FaultProxy, RunningProcess } from '@bulkwatch/testkit';

/** A worker that can be caught at an instant of a poll, by what is seen of it from outside: no product code knows of this. */
export interface CatchableWorker {
  /** The one of this moment: it may be started again while an instant is waited for. */
  readonly process: RunningProcess;
  readonly proxy: FaultProxy;
}

export interface CrashPointContext {
  readonly provider: {
    readonly origins: readonly string[];
    /** Requests that it has in hand. */
    inFlight(origin: string): number;
  };
  readonly sleep: (ms: number) => Promise<void>;
  /** The job whose poll it is to be; any where absent. */
  readonly jobId?: string;
}

/** Instants in the life of a poll, in their order. */
export const crashPoints = [
  'after-claim',
  'mid-request',
  'after-answer',
  'after-apply',
  'before-wake-up',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** How long an instant is waited for. */
const patienceMs = 20_000;
const lookMs = 2;
/** How long an answer may take that a worker is not to read any more. */
const answerMs = 6_000;

/** What stands in the commands of our scripts, and in those of the engine by which an entry gets its next delay. */
const claimOf = ({ jobId = '' }: Pick<CrashPointContext, 'jobId'>): string =>
  `${jobId} {bulkwatch}:due {bulkwatch}:provider {bulkwatch}:house `;
const decisionOf = ({ jobId = '' }: Pick<CrashPointContext, 'jobId'>): string =>
  `{bulkwatch}:polls:${jobId}`;
const isRedelay = (text: string): boolean =>
  text.includes(':bull:') && text.includes(':delayed ') && !text.includes(':stalled-check');

/**
 * Resolves once the worker is at that instant and gets no further: to be killed at once. Rejects where it does not come to
 * it in time.
 */
export async function reachCrashPoint(
  point: CrashPoint,
  worker: CatchableWorker,
  context: CrashPointContext,
): Promise<void> {
  const { proxy } = worker;
  switch (point) {
    case 'after-claim':
      // The claim is granted, and its worker never hears of it.
      return within(proxy.dropNextReply(claimOf(context)), point);
    case 'mid-request':
      return untilAsking(worker, context);
    case 'after-answer':
      await untilAsking(worker, context);
      // The answer comes all the same, and is never read.
      worker.process.pause();
      return untilAnswered(context);
    case 'after-apply':
      return within(proxy.dropNextReply(decisionOf(context)), point);
    case 'before-wake-up':
      return untilRedelaying(proxy, context);
  }
}

/**
 * Stops a worker while it waits for the reply to its claim, which is granted meanwhile. When it goes on, the reply is the first that it
 * hears, and the time in which it might have sent under that claim may be over. Gives the process that stands still.
 */
export async function freezeAfterClaim(
  worker: CatchableWorker,
  context: Pick<CrashPointContext, 'jobId'> = {},
): Promise<RunningProcess> {
  let frozen = worker.process;
  await untilSent(
    worker.proxy,
    (text) => {
      if (!text.includes(claimOf(context))) return false;
      frozen = worker.process;
      frozen.pause();
      return true;
    },
    'after-claim',
  );
  return frozen;
}

/**
 * It has claimed a job, and a provider has got a request since. It may be that of another worker, which asked in the same few
 * milliseconds; what providers had in hand before does not count.
 */
async function untilAsking({ proxy }: CatchableWorker, context: CrashPointContext): Promise<void> {
  const claim = claimOf(context);
  await untilSent(proxy, (text) => text.includes(claim), 'mid-request');
  let least = inFlight(context);
  for (let waited = 0; ; waited += lookMs) {
    const count = inFlight(context);
    if (count > least || (waited === 0 && count > 0 && context.jobId !== undefined)) return;
    if (waited > patienceMs) throw new Error('mid-request: no provider was asked');
    least = count;
    await context.sleep(lookMs);
  }
}

async function untilAnswered(context: CrashPointContext): Promise<void> {
  const before = inFlight(context);
  for (let waited = 0; inFlight(context) >= before; waited += lookMs) {
    if (waited > answerMs) throw new Error('after-answer: no provider answered');
    await context.sleep(lookMs);
  }
}

const inFlight = ({ provider }: CrashPointContext): number =>
  provider.origins.reduce((sum, origin) => sum + provider.inFlight(origin), 0);

/** What it has decided is applied, and it knows; the engine's command that follows is lost on its way. */
async function untilRedelaying(proxy: FaultProxy, context: CrashPointContext): Promise<void> {
  const decision = decisionOf(context);
  const before = proxy.delayMs;
  try {
    await untilSent(proxy, (text) => text.includes(decision), 'before-wake-up');
    // Time enough to cut the connection before the next command has come through.
    proxy.delayMs = Math.max(before, 400);
    await untilSent(proxy, isRedelay, 'before-wake-up');
    proxy.cut();
  } finally {
    proxy.delayMs = before;
  }
}

function untilSent(
  proxy: FaultProxy,
  isIt: (text: string) => boolean,
  point: CrashPoint,
): Promise<void> {
  let stop = (): void => undefined;
  const sent = new Promise<void>((resolve) => {
    stop = proxy.onRequest((text) => isIt(text) && resolve());
  });
  return within(sent, point).finally(stop);
}

async function within(reached: Promise<void>, point: CrashPoint): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${point}: the worker did not come to it`)),
      patienceMs,
    );
  });
  try {
    await Promise.race([reached, late]);
  } finally {
    clearTimeout(timer);
  }
}
