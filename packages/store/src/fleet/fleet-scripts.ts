import { defineScript } from '../define-script.js';

/** The scripts of duties and of the figures of the fleet, keys and arguments in the order of the header of each file. */
export const fleetScripts = {
  takeDuty: defineScript({ name: 'take-duty', keys: ['duty'], args: ['holder', 'leaseMs'] }),
  leaveDuty: defineScript({ name: 'leave-duty', keys: ['duty'], args: ['holder'] }),
  readFleet: defineScript({
    name: 'read-fleet',
    keys: ['due', 'providersOut', 'paused', 'expiring', 'health', 'wakeUps', 'webhooks'],
    args: ['overdueToleranceMs'],
  }),
  readTenants: defineScript({ name: 'read-tenants', keys: ['indexes'], args: ['states'] }),
  readProviders: defineScript({ name: 'read-providers', keys: ['providers'], args: ['fields'] }),
  readPollCounts: defineScript({ name: 'read-poll-counts', keys: ['score'], args: [] }),
  mendHealth: defineScript({
    name: 'mend-health',
    uses: ['poll-health'],
    keys: ['jobs', 'health'],
    args: ['scores'],
  }),
} as const;
