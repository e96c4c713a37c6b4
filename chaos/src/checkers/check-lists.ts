import type { Finding } from './finding.js';
import type { History } from './history.js';

/** Whether each accepted job was in every list that was asked for afterwards (Jepsen's `set-full`). */
export const checkLists = ({ lists }: History): Finding => ({
  violations: lists.flatMap(({ missing }) =>
    missing.map((exportId) => ({
      figure: 'unlisted',
      what: 'accepted, and missing in a list that was asked for later',
      exportId,
    })),
  ),
  chances: { unlisted: lists.reduce((sum, { expected }) => sum + expected, 0) },
});
