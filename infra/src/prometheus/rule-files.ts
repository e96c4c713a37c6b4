import type { GeneratedFile } from '../generated-file.js';
import { yamlText } from '../yaml-text.js';
import type { RuleGroup } from './rule.js';
import { ruleGroups } from './rule-groups.js';

/** The rules that Prometheus evaluates: those about error budgets apart, which look back for days. */
export const ruleFiles = (): readonly GeneratedFile[] => [
  file(
    'bulkwatch',
    ruleGroups().filter((group) => !isOfSlos(group)),
  ),
  file('slos', ruleGroups().filter(isOfSlos)),
];

function isOfSlos({ name }: RuleGroup): boolean {
  return name.startsWith('bulkwatch-slo');
}

function file(name: string, groups: readonly RuleGroup[]): GeneratedFile {
  return {
    path: `prometheus/rules/${name}.yml`,
    text: yamlText('infra/src/prometheus', { groups }),
  };
}
