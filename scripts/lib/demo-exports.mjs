import { operationOutcome, oracleExport } from '@bulkwatch/simulator';

/**
 * How a provider says in so many words that an export failed (Bulk Data Access IG 3.0.0,
 * `separate-export-status`). A bare 500 would be asked about once more, half a minute later.
 */
const failure = {
  answer: 'status',
  status: 200,
  headers: { 'X-Export-Status': '500' },
  body: operationOutcome({ code: 'processing', severity: 'fatal', text: 'Out of space.' }),
};

/** The exports of the demo: how many polls each takes, how far apart, and where it must end. */
export const demoExports = [
  { group: 'outpatients', polls: 3, retryAfterSeconds: 1, ends: 'completed' },
  { group: 'cardiology', polls: 5, retryAfterSeconds: 1, ends: 'completed' },
  { group: 'maternity', polls: 4, retryAfterSeconds: 2, ends: 'completed' },
  { group: 'oncology', polls: 9, retryAfterSeconds: 1, ends: 'completed' },
  { group: 'paediatrics', polls: 3, retryAfterSeconds: 3, ends: 'completed' },
  { group: 'archive', polls: 4, retryAfterSeconds: 1, ends: 'failed' },
].map((plan) => ({ ...plan, script: scriptOf(plan) }));

function scriptOf({ group, polls, retryAfterSeconds, ends }) {
  const percentOf = (poll) => Math.round((100 * (poll + 1)) / (polls + 1));
  return oracleExport({
    group,
    polls,
    retryAfterSeconds,
    progress: Array.from({ length: polls }, (_, poll) => `${percentOf(poll)}% complete`),
    ...(ends === 'failed' && { ending: failure }),
  });
}
