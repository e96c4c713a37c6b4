export type { Answer } from './answer.js';
export { type BadTls, type BadTlsKind, startBadTls } from './bad-tls.js';
export type { ExportScript } from './export-script.js';
export type { ExportStep } from './export-step.js';
export { type Fault, faultNames } from './faults.js';
export type { Interlude, Interruptible } from './interlude.js';
export { type OperationOutcome, operationOutcome } from './operation-outcome.js';
export { type OracleExportOptions, oracleExport } from './oracle-export.js';
export type { PlayOptions } from './play-request.js';
export type {
  ProviderRecord,
  ProviderRequest,
  RecordListener,
  TokenRequest,
} from './provider-record.js';
export type { Scenario, ScenarioEnd, ScenarioOptions } from './scenarios/scenario.js';
export { type ScenarioName, scenarioNames, scenarios } from './scenarios.js';
export { selfSignedCertificate } from './self-signed-certificate.js';
export { demoClient, type Simulator, type SimulatorOptions, startSimulator } from './simulator.js';
