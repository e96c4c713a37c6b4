import { dashboards } from '../../config.js';
import { createDashboard } from '../dashboard.js';
import { files } from './files.js';
import { groups } from './groups.js';
import { stream } from './stream.js';
import { subscribers } from './subscribers.js';
import { webhooks } from './webhooks.js';

export const delivery = createDashboard({
  uid: dashboards.delivery,
  title: 'Bulkwatch: Delivery',
  description: 'Does everybody learn what was found, and are files loaded before they expire?',
  sections: [stream, groups, subscribers, webhooks, files],
});
