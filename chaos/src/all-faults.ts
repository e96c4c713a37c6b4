import type { Fault } from './fault.js';
import { apiFaults } from './faults/api-faults.js';
import { firstFaults } from './faults/first-faults.js';
import { providerFaults } from './faults/provider-faults.js';

/** Every trouble that a run may draw from. */
export const allFaults: readonly Fault[] = [...firstFaults, ...providerFaults, ...apiFaults];
