import { expect, it } from 'vitest';
import { resolved } from './resolved.js';

const view = { from: 0, to: 3600, step: 15, scrapeInterval: 15, choices: { job: 'a|b' } };

it('puts in what was chosen, and the span of time', () => {
  expect(resolved('increase(x{job=~"$job"}[$__range]) / ${job}', view)).toBe(
    'increase(x{job=~"a|b"}[3600s]) / a|b',
  );
});

it.each([
  [15, '60s'],
  [45, '60s'],
  [60, '75s'],
])('has rates of points %i s apart cover %s', (step, covered) => {
  expect(resolved('[$__rate_interval]', { ...view, step })).toBe(`[${covered}]`);
});

it('knows no variable that nobody has chosen', () => {
  expect(() => resolved('{instance=~"$instance"}', view)).toThrow('$instance');
});
