import { alerts } from '../prometheus/alerts.js';

/**
 * Of whom nobody is told: consequences while their cause fires, and tickets while the same alert pages. The table of
 * alerts says which are the consequences.
 */
export function inhibitions(): readonly object[] {
  const ofCauses = alerts.flatMap(({ name, hushes = [] }) =>
    hushes.map(({ names, job }) => ({
      source_matchers: [`alertname = "${name}"`, ...(job === undefined ? [] : [`job = "${job}"`])],
      target_matchers: [`alertname =~ "${names.join('|')}"`],
    })),
  );
  return [
    {
      source_matchers: ['severity = "critical"'],
      target_matchers: ['severity = "warning"'],
      equal: ['alertname'],
    },
    ...ofCauses,
  ];
}
