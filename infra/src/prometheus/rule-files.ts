import type { GeneratedFile } from '../generated-file.js';
import { yamlText } from '../yaml-text.js';
import { ruleGroups } from './rule-groups.js';

/** The rules that Prometheus evaluates. */
export const ruleFiles = (): readonly GeneratedFile[] => [
  {
    path: 'prometheus/rules/bulkwatch.yml',
    text: yamlText('infra/src/prometheus', { groups: ruleGroups() }),
  },
];
