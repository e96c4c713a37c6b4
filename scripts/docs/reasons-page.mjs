import { anomalies, reasons } from '@bulkwatch/contract';
import { code, codes, page, table } from './markdown.mjs';

const introduction = `\
A reason is the one word for why something did not go to plan. The same word is in the log, in the label of a
metric, on a job or a poll, and in the \`reason\` of a problem that the API answers with (RFC 9457).`;

/** Verdicts in the order of the page, each with what it means. */
const verdicts = {
  transient: 'Heals by waiting. A job with such a reason on its last poll goes on being tracked.',
  'ask-operator': 'Waits for a human. The job goes on being tracked, at growing intervals.',
  permanent: 'Ends the job.',
  caller: "Is the API caller's to mend. Nothing was stored.",
};

/** docs/reasons.md */
export function reasonsPage() {
  const known = Object.keys(verdicts);
  const stray = Object.values(reasons).find(({ verdict }) => !known.includes(verdict));
  if (stray) throw new Error(`the verdict ${stray.verdict} has no chapter`);
  return page({
    title: 'Reasons',
    source: 'packages/contract/src/reasons.ts',
    parts: [introduction, ...known.flatMap(section), '## Anomalies', anomaliesText],
  });
}

const anomaliesText = `\
Oddities in an answer that was understood all the same. They are kept on the poll and counted, and change
nothing else: ${codes(anomalies)}.`;

function section(verdict) {
  const rows = Object.entries(reasons)
    .filter(([, row]) => row.verdict === verdict)
    .map(([reason, row]) => [
      `<a id="${reason}"></a>${code(reason)}`,
      'status' in row ? String(row.status) : '',
      row.title,
      row.action,
    ]);
  return [
    `## ${verdict}`,
    verdicts[verdict],
    table(['Reason', 'HTTP status', 'What it says', 'What to do'], rows),
  ];
}
