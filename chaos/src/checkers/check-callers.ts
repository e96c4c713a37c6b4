import type { Finding } from './finding.js';
import type { History } from './history.js';

/** What hostile callers got and nobody should; where there were any, each answer that they got might have been it. */
export const checkCallers = ({ complaints, faults, hostileAnswers }: History): Finding => ({
  violations: complaints.map((what) => ({ figure: 'complaints', what })),
  chances: faults.some(({ kind, injectedAt }) => kind === 'api' && injectedAt !== undefined)
    ? { complaints: hostileAnswers }
    : {},
});
