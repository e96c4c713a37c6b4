import { labelValues } from '@bulkwatch/contract';
import { createLogger, createMetrics } from '@bulkwatch/runtime';
import { expect, it } from 'vitest';
import { createReporter } from './reporter.js';

it('tells of an outage of the issuer once, and of its end, and counts every request', async () => {
  const lines: { msg: string; detail?: string }[] = [];
  const metrics = createMetrics({
    service: 'api',
    labelValues,
  });
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]),
  };
  const logger = createLogger({ service: 'api', level: 'info', destination });
  const { issuerKeysFetched } = createReporter(logger, metrics);
  const fetched = { kind: 'fetched', document: {} } as const;
  const failed = { kind: 'failed', detail: 'http-500' } as const;

  for (const outcome of [fetched, failed, failed, fetched, fetched]) issuerKeysFetched(outcome);

  expect(lines.map(({ msg, detail }) => [msg, detail])).toEqual([
    ['the keys of the issuer cannot be fetched', 'http-500'],
    ['the keys of the issuer are fetched again', undefined],
  ]);
  const exposed = await metrics.registry.metrics();
  expect(exposed).toContain('bulkwatch_issuer_key_fetches_total{outcome="fetched"} 3');
  expect(exposed).toContain('bulkwatch_issuer_key_fetches_total{outcome="failed"} 2');
});
