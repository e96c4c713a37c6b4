import { dashboards } from '../../config.js';
import { createDashboard } from '../dashboard.js';
import { jobs } from './jobs.js';
import { onTime } from './on-time.js';
import { polls } from './polls.js';
import { promises } from './promises.js';
import { providers } from './providers.js';

export const fleet = createDashboard({
  uid: dashboards.fleet,
  title: 'Bulkwatch: Fleet',
  description: 'Is every export polled on time, and if not, whose fault is it?',
  sections: [onTime, promises, jobs, polls, providers],
});
