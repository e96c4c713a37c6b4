import type { Diagnosis } from '@bulkwatch/store';
import { spanWords } from '../time-words.js';
import { type Check, failed, ok, warning } from './check.js';
import type { Patient } from './patient.js';

const name = 'workers';
/** Within this, ms, a lost wake-up is found and made again; what is overdue for longer has nobody to poll it. */
const rescuedWithinMs = 60_000;
const defaultToleranceMs = 5_000;

/** Whether somebody polls, told by what is overdue: a worker that lives may be stuck. Who lives is told with the schema. */
export async function checkWorkers(
  diagnosis: Pick<Diagnosis, 'fleet'>,
  { inspection }: Patient,
): Promise<Check> {
  const toleranceMs = inspection.values.overdueToleranceMs ?? defaultToleranceMs;
  const { jobsByState, overdueCount, oldestOverdueAgeMs, pauseCount } =
    await diagnosis.fleet(toleranceMs);
  const openCount = jobsByState.registered + jobsByState['in-progress'];
  const facts = { openCount, overdueCount, oldestOverdueAgeMs, pauseCount };
  const oldest = `the oldest for ${spanWords(oldestOverdueAgeMs)}`;
  if (oldestOverdueAgeMs > rescuedWithinMs)
    return failed(
      name,
      `${overdueCount} of ${openCount} open jobs are overdue, ${oldest}: nobody seems to poll.`,
      'See whether a worker runs and what it logs; docs/runbooks has more.',
      { facts },
    );
  if (overdueCount > 0)
    return warning(
      name,
      `${overdueCount} of ${openCount} open jobs are overdue, ${oldest}.`,
      'Look again in a minute; if they grow, run more workers.',
      { facts },
    );
  const paused = pauseCount === 0 ? '' : ` Pauses of operators in force: ${pauseCount}.`;
  const says =
    openCount === 0
      ? 'There is no open job, by which to tell whether somebody polls.'
      : `None of ${openCount} open jobs is overdue.`;
  return ok(name, says + paused, { facts });
}
