export type { ExportScript, ExportStep } from './export-script.js';
export { type OperationOutcome, operationOutcome } from './operation-outcome.js';
export { type OracleExportOptions, oracleExport } from './oracle-export.js';
export type { ProviderRecord, ProviderRequest, TokenRequest } from './provider-record.js';
export { demoClient, type Simulator, type SimulatorOptions, startSimulator } from './simulator.js';
