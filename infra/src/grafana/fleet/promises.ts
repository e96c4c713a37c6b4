import { completionToldWithin, objectives, requestAnsweredWithin } from '../../config.js';
import type { Section } from '../dashboard.js';
import { goodFrom, timeseries, verdict } from '../panels.js';
import { observed, observedWithin, quantile, rate, series } from '../promql.js';

const requests = series('bulkwatch_http_requests_total');

const share = (of: number): string => `${Number((of * 100).toFixed(3))} %`;

/** What is left of the failures that an objective allows, of those in thirty days; below zero it is broken. */
function budgetLeft(options: {
  readonly title: string;
  readonly description: string;
  readonly objective: number;
  readonly good: string;
  readonly all: string;
}) {
  const { title, description, objective, good, all } = options;
  const overThirtyDays = (counter: string) => `sum(increase(${counter}[30d]))`;
  const failed = `1 - ${overThirtyDays(good)} / (${overThirtyDays(all)} > 0)`;
  return verdict({
    title,
    description,
    unit: 'percentunit',
    colours: goodFrom(0.5, 0),
    queries: [[`1 - (${failed}) / (1 - ${objective})`, 'left']],
  });
}

export const promises: Section = {
  title: 'What is left of the error budgets of thirty days',
  panels: [
    budgetLeft({
      title: 'Polls on time',
      description: `${share(objectives.latePolls)} of polls start within 5 s of their time, or within 1 % of their wait where that is longer.`,
      objective: objectives.latePolls,
      good: series('bulkwatch_polls_started_total', { punctual: 'true' }),
      all: series('bulkwatch_polls_started_total'),
    }),
    budgetLeft({
      title: 'Completions told',
      description: `${share(objectives.lateCompletions)} of completions are in the event stream within ${completionToldWithin} s of the answer.`,
      objective: objectives.lateCompletions,
      good: observedWithin('bulkwatch_completion_delay_seconds', completionToldWithin),
      all: observed('bulkwatch_completion_delay_seconds'),
    }),
    budgetLeft({
      title: 'Requests answered',
      description: `${share(objectives.failedRequests)} of requests to the API are not answered with a 5xx.`,
      objective: objectives.failedRequests,
      good: series('bulkwatch_http_requests_total', { status_class: '!="5xx"' }),
      all: requests,
    }),
    budgetLeft({
      title: 'Requests answered soon',
      description: `${share(objectives.slowRequests)} of requests to the API are answered within ${requestAnsweredWithin} s; held ones are not asked.`,
      objective: objectives.slowRequests,
      good: observedWithin('bulkwatch_http_request_duration_seconds', requestAnsweredWithin),
      all: observed('bulkwatch_http_request_duration_seconds'),
    }),
    timeseries({
      title: 'Polls that started late',
      description: `Those that cost error budget, of all that started. ${share(1 - objectives.latePolls)} is what it allows.`,
      unit: 'percentunit',
      queries: [
        [
          `${rate(series('bulkwatch_polls_started_total', { punctual: 'false' }))} / (${rate(series('bulkwatch_polls_started_total'))} > 0)`,
          'late',
        ],
      ],
    }),
    timeseries({
      title: 'Time until a completion is told',
      description: `From the last byte of the answer until the event is in the stream. The promise is ${completionToldWithin} s.`,
      unit: 's',
      queries: [
        [quantile(0.5, 'bulkwatch_completion_delay_seconds'), 'p50'],
        [quantile(0.99, 'bulkwatch_completion_delay_seconds'), 'p99'],
      ],
    }),
    timeseries({
      title: 'Requests that failed',
      description: 'Requests to the API that were answered with a 5xx, of all requests.',
      unit: 'percentunit',
      queries: [
        [
          `(${rate(series('bulkwatch_http_requests_total', { status_class: '5xx' }))} or vector(0)) / (${rate(requests)} > 0)`,
          '5xx',
        ],
      ],
    }),
  ],
};
