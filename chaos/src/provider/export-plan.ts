import { type ExportScript, type ExportStep, operationOutcome } from '@bulkwatch/simulator';
import { pick } from '../dice.js';
import { type Trouble, troubleNames, troubleStep } from './troubles.js';

/** How an export of a chaos run goes. */
export interface ExportPlan {
  /** Answers of 202 before its end. */
  readonly polls: number;
  /** What each of them asks for; null: nothing. */
  readonly retryAfterSeconds: number | null;
  /** Bad answers on the way, each once, with answers of 202 between. */
  readonly troubles: readonly (Trouble | 'lured-away')[];
  /** `paged`: a manifest in three parts; `elsewhere`: a 303 names its URL; `failed`: the provider says so. */
  readonly ending: 'completed' | 'paged' | 'elsewhere' | 'failed';
}

/** The state that the job of a plan is to end in, whatever happens on the way. */
export const endOf = ({ ending }: ExportPlan): 'completed' | 'failed' =>
  ending === 'failed' ? 'failed' : 'completed';

/** A plan by chance: most exports are well, about a third meets trouble. */
export function drawPlan(dice: () => number): ExportPlan {
  const troubled = dice() < 0.35;
  const lured = dice() < 0.1;
  return {
    polls: 1 + Math.floor(dice() * 4),
    retryAfterSeconds: dice() < 0.9 ? 1 + Math.floor(dice() * 3) : null,
    troubles: [
      ...(troubled ? [pick(dice, troubleNames)] : []),
      ...(lured ? ['lured-away' as const] : []),
    ],
    ending: pick(dice, endings),
  };
}

const endings: readonly ExportPlan['ending'][] = [
  'completed',
  'completed',
  'completed',
  'paged',
  'elsewhere',
  'failed',
];

/**
 * The simulator's script of a plan.
 *
 * @param lure URL at an evil origin, where some polls are sent
 */
export function scriptOfPlan(plan: ExportPlan, lure: string): ExportScript {
  const wait = plan.retryAfterSeconds;
  const running: ExportStep = {
    answer: 'in-progress',
    progress: 'in-progress',
    ...(wait !== null && { retryAfterSeconds: wait }),
  };
  const bad = plan.troubles.flatMap((one) => [
    one === 'lured-away'
      ? ({ answer: 'redirect', status: 307, to: lure } as const)
      : troubleStep(one),
    running,
  ]);
  const steps = [...Array.from({ length: plan.polls }, () => running), ...bad];
  const pages: Record<string, ExportStep[]> = {
    2: [{ answer: 'complete', files: [1, 2], next: '3' }],
    3: [{ answer: 'complete', files: [2, 3] }],
    result: [{ answer: 'complete' }],
  };
  return {
    steps: [...steps, lastStep[plan.ending]],
    pages,
    output: [{ type: 'Patient' }, { type: 'Observation' }, { type: 'Condition' }],
  };
}

const lastStep: Readonly<Record<ExportPlan['ending'], ExportStep>> = {
  completed: { answer: 'complete' },
  paged: { answer: 'complete', files: [0, 1], next: '2' },
  elsewhere: { answer: 'redirect', status: 303, to: '{{page:result}}' },
  failed: {
    answer: 'status',
    status: 422,
    body: operationOutcome({ code: 'processing', text: 'The group is empty.' }),
  },
};
