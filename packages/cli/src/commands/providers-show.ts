import type { ProviderDetail, Scorecard } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command, CommandParts } from '../command.js';
import { providerCells, providerHead } from '../provider-cells.js';
import { readCount } from '../read-count.js';
import { readOptions } from '../read-options.js';
import { readOrigin } from '../read-origin.js';
import { type Cell, renderTable } from '../render-table.js';
import { spanWords } from '../time-words.js';

const options = {
  days: { type: 'string', value: 'N', does: 'of how many days the scorecard is: 7, at most 35' },
  ...apiOptions,
} as const;

/** Shows a provider with its scorecard. */
export const providersShow: Command = {
  name: 'providers show',
  usage: 'ORIGIN [--days N]',
  does: 'show a provider, and how it has answered of late',
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const origin = readOrigin(positionals);
    const days = readCount(values.days, { name: 'days', max: 35 });
    const provider = await parts.openClient(values).getProvider(origin, { days });
    if (values.json) return parts.out(JSON.stringify(provider));
    show(provider, parts);
  },
};

function show(provider: ProviderDetail, parts: CommandParts): void {
  const { out, paint, now } = parts;
  const [, ...cells] = providerCells(provider, now());
  const facts = providerHead.slice(1).map((name, index) => [name, cells[index] ?? null]);
  const { exports } = provider;
  const tables: [readonly string[], readonly (readonly Cell[])[]][] = [
    [
      ['PROVIDER', provider.origin],
      [...facts, ...(exports ? [['EXPORTS TAKE', exportWords(exports)]] : [])],
    ],
    ...scorecardTables(provider.scorecard),
  ];
  for (const [index, [head, rows]] of tables.entries()) {
    if (index > 0) out('');
    for (const line of renderTable(head, rows, { paint })) out(line);
  }
}

function exportWords({ count, medianMs, p90Ms }: NonNullable<ProviderDetail['exports']>): string {
  return `half ${spanWords(medianMs)}, 90 % ${spanWords(p90Ms)} at most (the last ${count})`;
}

function scorecardTables(
  scorecard: Scorecard,
): [readonly string[], readonly (readonly Cell[])[]][] {
  const { retryAfter, answerTime } = scorecard;
  return [
    [
      ['SCORECARD', `${scorecard.fromDay} to ${scorecard.toDay}`],
      [
        ['polls', String(scorecard.pollCount)],
        [
          'Retry-After',
          `${retryAfter.askedCount} times; half ${words(retryAfter.p50Ms)}, 90 % ${words(retryAfter.p90Ms)} at most; ${retryAfter.missingCount} times missing`,
        ],
        [
          'answers take',
          `half ${msWords(answerTime.p50Ms)}, 90 % ${msWords(answerTime.p90Ms)}, 99 % ${msWords(answerTime.p99Ms)} at most`,
        ],
        ['without expiry', String(scorecard.withoutExpiryCount)],
      ],
    ],
    [
      ['STATUS', 'OUTCOME', 'COUNT', 'SHARE'],
      scorecard.answers.map(({ status, outcome, count, share }) => [
        status === null ? null : String(status),
        outcome,
        String(count),
        shareWords(share),
      ]),
    ],
    ...(scorecard.anomalies.length === 0 ? [] : [anomalyTable(scorecard)]),
  ];
}

const anomalyTable = ({
  anomalies,
}: Scorecard): [readonly string[], readonly (readonly Cell[])[]] => [
  ['ANOMALY', 'COUNT', 'SHARE'],
  anomalies.map(({ name, count, share }) => [name, String(count), shareWords(share)]),
];

const shareWords = (share: number): string => `${(share * 100).toFixed(1)} %`;
const words = (ms: number | null): string => (ms === null ? '-' : spanWords(ms));
const msWords = (ms: number | null): string => (ms === null ? '-' : `${Math.round(ms)} ms`);
