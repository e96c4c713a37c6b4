import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataPanel, Series } from './panel-data.js';
import { valueText } from './value-text.js';

export const lastValue = ({ points }: Series): number => points.at(-1)?.[1] ?? 0;

/** A value as a panel shows it: in a word where it has one for it, else in its unit. */
export function shownValue(panel: DataPanel, value: number): string {
  const { unit = 'none', mappings = [] } = panel.fieldConfig?.defaults ?? {};
  for (const mapping of mappings)
    if (mapping.type === MappingType.ValueToText) {
      const text = mapping.options[String(value)]?.text;
      if (text !== undefined) return text;
    }
  return valueText(value, unit);
}
