import type { WebhookSender } from '@bulkwatch/egress';
import type { Clock } from '@bulkwatch/runtime';
import type {
  ClaimedDelivery,
  Probing,
  Settlement,
  SettleResult,
  WebhookEngine,
  WebhookTurn,
} from '@bulkwatch/store';
import type { NextWakeUp, StopSignals } from '../poll-job.js';
import { judgePost, type WebhookPolicy } from './judge-post.js';
import type { Slots } from './slots.js';
import type { WebhookReporter } from './webhook-reporter.js';

export interface TurnPorts {
  readonly engine: Pick<WebhookEngine, 'claimTurn' | 'settle'>;
  readonly sender: Pick<WebhookSender, 'post'>;
  readonly clock: Clock;
  readonly policy: WebhookPolicy;
  readonly slots: Slots;
  /** Deliveries that one receiver is sent at once. */
  readonly atOnce: number;
  readonly timeoutMs: number;
  /** How old a claim may be when its deliveries are sent. */
  readonly sendBudgetMs: number;
  /** How a receiver that fails is probed. */
  readonly probing: Probing;
  readonly reporter: WebhookReporter;
  readonly dice: () => number;
}

/** A claim's lease outlives its requests by this: room for settling, and some to spare. */
const leaseMarginMs = 12_000;
/** How soon a delivery whose seal key is missing is looked at again. */
const unopenableDelayMs = 5 * 60_000;

/**
 * One turn of one receiver: claim, send, judge, settle. Rejects only when the store does, and then the lease keeps what
 * was not settled, to be sent again by whoever comes after it has run out.
 */
export async function takeTurn(
  ports: TurnPorts,
  receiverId: string,
  signals: StopSignals,
): Promise<NextWakeUp> {
  let places = await ports.slots.take(ports.atOnce);
  try {
    const claimedFrom = ports.clock.monotonicMs();
    const leaseMs = ports.sendBudgetMs + ports.timeoutMs + leaseMarginMs;
    const turn = await ports.engine.claimTurn(receiverId, { most: places, leaseMs });
    if (!turn) return { kind: 'done' };
    ports.slots.give(places - turn.deliveries.length);
    places = turn.deliveries.length;
    const mustBeginBy = claimedFrom + ports.sendBudgetMs;
    const results = await Promise.allSettled(
      turn.deliveries.map((delivery) => deliver(ports, { turn, delivery, mustBeginBy }, signals)),
    );
    return afterTurn(results);
  } finally {
    ports.slots.give(places);
  }
}

/** The settling that ended the turn knows what comes next; what is due later is rung for then. */
function afterTurn(results: readonly PromiseSettledResult<SettleResult>[]): NextWakeUp {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  const isMoreDue = results.some(
    (result) =>
      result.status === 'fulfilled' && result.value.kind === 'settled' && result.value.nextMs === 0,
  );
  return isMoreDue ? { kind: 'again', delayMs: 0 } : { kind: 'done' };
}

async function deliver(
  ports: TurnPorts,
  of: { turn: WebhookTurn; delivery: ClaimedDelivery; mustBeginBy: number },
  signals: StopSignals,
): Promise<SettleResult> {
  const { turn, delivery } = of;
  const settlement = await settlementOf(ports, of, signals);
  const result = await ports.engine.settle({ turn, delivery }, settlement, ports.probing);
  ports.reporter.settled(delivery, settlement, result);
  return result;
}

async function settlementOf(
  ports: TurnPorts,
  {
    turn,
    delivery,
    mustBeginBy,
  }: { turn: WebhookTurn; delivery: ClaimedDelivery; mustBeginBy: number },
  { sendNothing, cutOff }: StopSignals,
): Promise<Settlement> {
  const { to } = delivery;
  if (to.kind === 'held' || to.kind === 'gone') return { outcome: to.kind };
  if (to.kind === 'unopenable') {
    ports.reporter.unopenable(to.keyId);
    return { outcome: 'retry', delayMs: unopenableDelayMs };
  }
  const isTooLate = ports.clock.monotonicMs() > mustBeginBy;
  if (sendNothing.aborted || isTooLate) return { outcome: 'unsent' };
  const outcome = await ports.sender.post({
    url: to.url,
    tenant: delivery.tenant,
    id: delivery.eventId,
    body: delivery.body,
    secrets: to.secrets,
    trace: delivery.trace,
    signal: cutOff,
  });
  const now = turn.claimedAt + outcome.durationMs;
  return judgePost(delivery, outcome, { policy: ports.policy, now, dice: ports.dice() });
}
