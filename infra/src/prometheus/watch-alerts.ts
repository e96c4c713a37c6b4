import type { Alert } from './alert.js';

/** Does anybody hear us? */
export const watchAlerts: readonly Alert[] = [
  {
    name: 'BulkwatchWatchdog',
    severity: 'none',
    expr: 'vector(1)',
    when: 'always',
    forSeconds: 0,
    summary: 'Alerts arrive.',
    description:
      'It always fires. Whoever receives it has to tell somebody when it has not come for a while: then no other alert would come either.',
    dashboard: 'internals',
  },
];
