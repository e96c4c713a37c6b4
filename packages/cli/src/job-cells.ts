import type { Job, JobState, PollHealth } from '@bulkwatch/client';
import type { Color } from './paint.js';
import type { Cell } from './render-table.js';
import { awayWords } from './time-words.js';

const stateColors: Readonly<Record<JobState, Color>> = {
  registered: 'dim',
  'in-progress': 'cyan',
  completed: 'green',
  failed: 'red',
  cancelled: 'yellow',
  abandoned: 'red',
};

export const stateCell = ({ state }: Pick<Job, 'state'>): Cell => ({
  text: state,
  color: stateColors[state],
});

export const healthCell = ({ health }: { readonly health: PollHealth }): Cell =>
  health === 'ok' ? health : { text: health, color: 'yellow' };

/** How far the export is, or was in the end, as its provider says; null once it is complete, since that was said before. */
export function progressWords({
  state,
  progress,
  progressPercent,
}: Pick<Job, 'state' | 'progress' | 'progressPercent'>): string | null {
  if (state === 'completed') return null;
  return progressPercent === null ? progress : `${Math.floor(progressPercent)}%`;
}

/** When an open job is likely to end; one that is overdue is so at any moment. */
export function etaWords({ etaAt }: Pick<Job, 'etaAt'>, now: number): string | null {
  return etaAt !== null && Date.parse(etaAt) <= now ? 'any moment' : awayWords(etaAt, now);
}
