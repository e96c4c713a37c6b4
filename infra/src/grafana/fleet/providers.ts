import type { Section } from '../dashboard.js';
import { badFrom, barGauge, timeseries } from '../panels.js';
import { fleetWide, series } from '../promql.js';

export const providers: Section = {
  title: 'Providers: each has figures of its own on the dashboard of that name',
  panels: [
    barGauge({
      title: 'Open jobs by provider',
      description: 'Whose exports are being tracked; the providers with the most of them.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_provider_open_jobs'), 'provider'), '{{provider}}']],
    }),
    barGauge({
      title: 'Out or paused',
      description: '1 where a provider is out and only probed, or where an operator has paused it.',
      unit: 'none',
      colours: badFrom(1),
      queries: [
        [fleetWide(series('bulkwatch_provider_circuit_open'), 'provider'), '{{provider}} out'],
        [
          `${fleetWide(series('bulkwatch_provider_paused'), 'provider')} > 0`,
          '{{provider}} paused',
        ],
      ],
    }),
    timeseries({
      title: 'Providers that are out, and pauses',
      description:
        'Failed so often in a row that they are only probed; paused by an operator, everything at once counted as one.',
      unit: 'short',
      queries: [
        [fleetWide(series('bulkwatch_providers_out')), 'out'],
        [fleetWide(series('bulkwatch_pauses')), 'pauses'],
      ],
    }),
  ],
};
