import { dashboards } from '../../config.js';
import { createDashboard } from '../dashboard.js';
import { chosenInstances } from '../variables.js';
import { api } from './api.js';
import { files } from './files.js';
import { processes } from './processes.js';
import { redis } from './redis.js';
import { workers } from './workers.js';

export const internals = createDashboard({
  uid: dashboards.internals,
  title: 'Bulkwatch: Service internals',
  description: 'Are the processes, their queue and Redis well?',
  variables: [chosenInstances],
  sections: [api, workers, redis, processes, files],
});
