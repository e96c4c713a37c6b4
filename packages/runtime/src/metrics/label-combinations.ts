import type { LabelDomain, LabelValueSet } from './metric-row.js';

/** The closed sets of label values that a service brings. */
export type LabelValues = Readonly<Record<LabelValueSet, readonly string[]>>;

/**
 * Every combination of the values of closed labels; one empty combination where there are no labels, and none
 * at all where a label is open.
 */
export function labelCombinations(
  labels: Readonly<Record<string, LabelDomain>>,
  values: LabelValues,
): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (combinations, [label, domain]) =>
      combinations.flatMap((combination) =>
        valuesOf(domain, values).map((value) => ({ ...combination, [label]: value })),
      ),
    [{}],
  );
}

function valuesOf(domain: LabelDomain, values: LabelValues): readonly string[] {
  if (typeof domain !== 'string') return domain;
  if (domain === 'open') return [];
  return domain === 'reason' ? [...new Set(['none', ...values.reason])] : values[domain];
}
