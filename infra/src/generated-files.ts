import { alertmanagerFiles } from './alertmanager/alertmanager-files.js';
import type { GeneratedFile } from './generated-file.js';
import { dashboardFiles } from './grafana/dashboard-files.js';
import { kubernetesFiles } from './kubernetes/kubernetes-files.js';
import { ruleFiles } from './prometheus/rule-files.js';

/** Every file below `infra` that is generated. */
export const generatedFiles = (): readonly GeneratedFile[] => [
  ...dashboardFiles(),
  ...ruleFiles(),
  ...alertmanagerFiles(),
  ...kubernetesFiles(),
];
