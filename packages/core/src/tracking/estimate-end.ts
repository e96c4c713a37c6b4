import type { EtaBasis } from '@bulkwatch/contract';
import type { ExportHistory } from './decision.js';

/** What is known of how an export moves. Instants are epoch ms. */
export interface ExportMovement {
  /** The percentage last told, and when the export last moved: it was seen then. */
  readonly progressPercent?: number;
  readonly movedAt?: number;
  /** The percentage from which its pace is measured, and when that was seen. */
  readonly percentFrom?: number;
  readonly percentFromAt?: number;
  /** Set where the export is known to stand still. */
  readonly stalledAt?: number;
  /** When it was kicked off or, where that is unknown, registered: from where the history is counted, too. */
  readonly startedAt: number;
  readonly history?: ExportHistory;
  readonly now: number;
}

export interface EstimatedEnd {
  /** Epoch ms, after `now`. */
  readonly etaAt: number;
  readonly basis: EtaBasis;
}

/** Percentage points that must have been seen to go by: below it, rounding makes the pace. */
const pointsMin = 5;
/** Exports that must be known of before their median says something. */
const historyMin = 5;

/**
 * When an export is likely to end: by its own pace, else by how long others of its provider have taken. Undefined
 * where it would be a guess: too little is known, it stands still, or what was estimated has passed already.
 */
export function estimateEnd(movement: ExportMovement): EstimatedEnd | undefined {
  if (movement.stalledAt !== undefined) return undefined;
  const estimates = [
    { etaAt: endByPace(movement), basis: 'progress' },
    { etaAt: endByHistory(movement), basis: 'history' },
  ] as const;
  for (const { etaAt, basis } of estimates) {
    if (etaAt !== undefined && etaAt > movement.now) return { etaAt: Math.ceil(etaAt), basis };
  }
  return undefined;
}

/**
 * The rest at the pace of what went by; what is unknown makes no pace. Counted from when the percentage was last seen to change: an export that
 * has paused since is late, which says nothing of its pace.
 */
function endByPace({
  progressPercent = 0,
  movedAt = 0,
  percentFrom = 0,
  percentFromAt = movedAt,
}: ExportMovement): number | undefined {
  const points = progressPercent - percentFrom;
  if (points < pointsMin) return undefined;
  // At 100 %, or without two sightings, this is the last of them: in the past, and no estimate.
  return movedAt + ((100 - progressPercent) / points) * (movedAt - percentFromAt);
}

/** As long as half of them took at most; one that has already taken longer is none of which they tell. */
const endByHistory = ({ history, startedAt }: ExportMovement): number | undefined =>
  history !== undefined && history.count >= historyMin ? startedAt + history.medianMs : undefined;
