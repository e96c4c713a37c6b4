import type { MetricRow } from './metric-row.js';

/** The metrics of the data's schema; a part of the one table. */
export const schemaMetrics = [
  {
    key: 'schemaVersion',
    name: 'bulkwatch_schema_version',
    type: 'gauge',
    help: 'Schema of the data in Redis, as this process heard last; 0 before it has.',
    labels: {},
    services: ['api', 'worker'],
    neededFor: 'Operators: has the migration of an upgrade ended? Aggregate with min.',
  },
] as const satisfies readonly MetricRow[];
