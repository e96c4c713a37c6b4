export type { Fault, FaultContext, Healing } from './fault.js';
