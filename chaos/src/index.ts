export type { Fault, FaultContext, Healing } from './fault.js';
export { apiFaults } from './faults/api-faults.js';
export type { ApiFaultContext } from './faults/hostile-caller.js';
export { type NetworkFaultContext, networkFaults } from './faults/network-faults.js';
export { type ProviderFaultContext, providerFaults } from './faults/provider-faults.js';
export { type RedisFaultContext, redisFaults } from './faults/redis-faults.js';
export { main } from './main.js';
export { type PlayOptions, playRun } from './play-run.js';
export {
  type ChaosProvider,
  type ChaosProviderOptions,
  type PlannedExport,
  startChaosProvider,
} from './provider/chaos-provider.js';
export { drawPlan, type ExportPlan, endOf } from './provider/export-plan.js';
export { type Mood, moodNames } from './provider/moods.js';
export type { Sighting } from './provider/sighting.js';
export { type Trouble, troubleNames } from './provider/troubles.js';
export { type ChaosResult, isGood } from './result.js';
