import type { Fault } from './fault.js';
import { apiFaults } from './faults/api-faults.js';
import { networkFaults } from './faults/network-faults.js';
import { processFaults } from './faults/process-faults.js';
import { providerFaults } from './faults/provider-faults.js';
import { redisFaults } from './faults/redis-faults.js';

/** Every trouble that a run may draw from. */
export const allFaults: readonly Fault[] = [
  ...processFaults,
  ...redisFaults,
  ...networkFaults,
  ...providerFaults,
  ...apiFaults,
];
