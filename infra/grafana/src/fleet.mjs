import { layOut } from './panels.mjs';
import { api } from './rows/api.mjs';
import { events } from './rows/events.mjs';
import { exports } from './rows/exports.mjs';
import { onTime } from './rows/on-time.mjs';
import { polls } from './rows/polls.mjs';
import { processes } from './rows/processes.mjs';
import { webhooks } from './rows/webhooks.mjs';

/**
 * The dashboard of the fleet: is everything on time, and if not, whose fault is it?
 *
 * Jobs, overdue jobs and their age are told by every worker alike: max. Everything else is counted by each
 * process for itself: sum.
 */
export const fleet = {
  uid: 'bulkwatch-fleet',
  title: 'Bulkwatch: the fleet',
  description: 'Is every export polled on time, and if not, whose fault is it?',
  tags: ['bulkwatch'],
  schemaVersion: 41,
  version: 1,
  editable: false,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-3h', to: 'now' },
  timezone: 'browser',
  templating: {
    list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }],
  },
  annotations: { list: [] },
  links: [],
  panels: layOut([...onTime, ...exports, ...polls, ...api, ...events, ...webhooks, ...processes]),
};
