import type { Section } from '../dashboard.js';
import { barGauge, timeseries } from '../panels.js';
import { fleetWide, series } from '../promql.js';
import { chosen } from './chosen.js';

const polls = series('bulkwatch_provider_polls_total', chosen);
const well = series('bulkwatch_provider_polls_total', {
  ...chosen,
  kind: '=~"in-progress|manifest-page|redirected|complete"',
});
/** The counter is one for the whole fleet: the rate of each kind is had first, and whoever tells it is passed over. */
const pace = (counter: string) => `rate(${counter}[$__rate_interval])`;
const sum = (counter: string) => `sum(${fleetWide(pace(counter), 'kind')})`;

export const answers: Section = {
  title: 'Its answers',
  panels: [
    timeseries({
      title: 'Polls by what came of them',
      description: 'How polls of this provider went or, where that is short of well, why.',
      unit: 'reqps',
      stacked: true,
      width: 12,
      queries: [[fleetWide(pace(polls), 'kind'), '{{kind}}']],
    }),
    timeseries({
      title: 'Share of polls that fell short',
      description: 'Failed polls, refused ones and exports that failed, of all polls.',
      unit: 'percentunit',
      width: 6,
      queries: [[`1 - (${sum(well)} or vector(0)) / (${sum(polls)} > 0)`, 'fell short']],
    }),
    barGauge({
      title: 'Polls in the time shown',
      description: 'How many there were, by what came of them.',
      unit: 'short',
      width: 6,
      queries: [[`round(${fleetWide(`increase(${polls}[$__range])`, 'kind')}) > 0`, '{{kind}}']],
    }),
  ],
};
