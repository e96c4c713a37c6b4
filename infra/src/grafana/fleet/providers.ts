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
      title: 'Providers that get no polls',
      description: 'Those that are out and only probed, and those that an operator has paused.',
      unit: 'none',
      words: { 0: 'polled', 1: 'out', 2: 'paused', 3: 'out, paused' },
      colours: badFrom(1),
      queries: [
        [
          `${fleetWide(series('bulkwatch_provider_circuit_open'), 'provider')} + 2 * ${fleetWide(series('bulkwatch_provider_paused'), 'provider')}`,
          '{{provider}}',
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
