import { table } from '../markdown.mjs';
import { failuresOf, figures, newest } from './results.mjs';
import { duration, megabytes, notRunYet, number, provenance } from './words.mjs';

const command = 'npm run chaos -- --minutes 30 --seed 1 --json docs/reliability/chaos.json';
const plainCommand =
  'npm run chaos -- --plain-bullmq --minutes 10 --seed 1 --json docs/reliability/plain-bullmq.json';

const introduction = `\
Real processes (api, three workers, subscribers), Redis as shipped, providers that misbehave by plan, and a nemesis that kills, freezes, cuts off and
starves them, all drawn from one seed. A ledger outside of Redis knows what was asked and what was answered; what nobody knows the outcome of is kept
apart. When all is healed and drained, checkers compare. See [how to run and read it](chaos.md).`;

const comparison = `\
Beside it is what most of us would write first with the same engine: a BullMQ worker that polls and calls \`moveToDelayed\` with the Retry-After, with the
defaults of BullMQ. It had the same provider, load and faults. It is no fault of BullMQ's: a queue does not promise what is asked of it here.`;

/** @param {import('./results.mjs').Result[]} results */
export function chaosSection(results) {
  const ours = newest(results, 'chaos');
  const plain = newest(results, 'plain-bullmq');
  return [
    '## Runs with faults',
    introduction,
    ours ? provenance(ours) : notRunYet(command),
    ...(ours ? [load(ours)] : []),
    comparison,
    plain ? `${provenance(plain)} ${load(plain)}` : notRunYet(plainCommand),
    ...(ours || plain ? [figureRows(ours, plain)] : []),
    ...(ours
      ? ['### Faults', faultRows(ours, plain), '### Lateness and memory', ...measures(ours)]
      : []),
  ];
}

const load = ({ jobs, acknowledged, unknown, recovered, polls }) =>
  `${number(jobs)} jobs, of which ${number(acknowledged)} were acknowledged, and ${number(unknown)} had no outcome that the caller knew ` +
  `(${number(recovered)} of them turned out to be registered); ${number(polls)} polls.`;

function figureRows(ours, plain) {
  const names = [...Object.keys(figures), 'earlyUnrecorded'];
  const rows = names.map((name) => [
    figures[name] ?? 'polls before a Retry-After that nobody lived to record (not promised)',
    figure(ours, name),
    figure(plain, name),
  ]);
  return table(['Of all chances', 'Bulkwatch', 'Plain BullMQ'], rows);
}

/** Whose chances another figure shares. */
const chanceOf = { earlyUnrecorded: 'early' };

/** How often a figure could have been other than 0; some are counted in parts. Undefined where nobody counted. */
function chancesFor(result, name) {
  const word = chanceOf[name] ?? name;
  const counts = Object.entries(result.chances ?? {})
    .filter(([key]) => key === word || key.startsWith(`${word} `))
    .map(([, count]) => count);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
}

/** A figure is worth the chances that it had: without any, a 0 says nothing. */
export function figure(result, name) {
  const value = result?.[name];
  if (value === undefined) return 'not measured';
  const chances = chancesFor(result, name);
  const isBroken = value > 0 && name !== 'earlyUnrecorded';
  const shown = isBroken ? `**${number(value)}**` : number(value);
  if (chances === undefined) return isBroken ? shown : 'not measured';
  if (chances === 0 && value === 0) return 'had no chance';
  return `${shown} of ${number(chances)}`;
}

function faultRows(ours, plain) {
  const names = [...new Set([ours, plain].flatMap((run) => Object.keys(run?.faults ?? {})))];
  const rows = names.toSorted().map((name) => {
    const { count, medianMs, worstMs } = ours.recovery?.[name] ?? {};
    return [
      name,
      number(ours.faults?.[name] ?? 0),
      plain ? number(plain.faults?.[name] ?? 0) : '',
      count ? `${duration(medianMs)}, at worst ${duration(worstMs)}` : '',
    ];
  });
  return table(['Fault', 'Bulkwatch', 'Plain BullMQ', 'Until Bulkwatch worked again'], rows);
}

function measures({ latenessMs, memory }) {
  const late = latenessMs
    ? [
        `From the instant at which a poll was due to the one at which it began, faults included: p50 ${duration(latenessMs.p50)}, p99 ${duration(latenessMs.p99)}, at most ${duration(latenessMs.max)}.`,
      ]
    : [];
  const rows = Object.entries(memory ?? {}).map(
    ([name, { startBytes, endBytes, bytesPerHour }]) => [
      name,
      megabytes(startBytes),
      megabytes(endBytes),
      megabytes(bytesPerHour),
    ],
  );
  const grown = rows.length > 0 ? [table(['Memory of', 'First', 'Last', 'In an hour'], rows)] : [];
  return [...late, ...grown];
}

/** Every run that there is, those that failed too. @param {import('./results.mjs').Result[]} results */
export function runRows(results) {
  const rows = results.map((result) => {
    const failures = failuresOf(result);
    const verdict =
      result.kind === 'plain-bullmq'
        ? 'for comparison: '
        : failures.length > 0
          ? '**failed**: '
          : 'kept';
    return [
      `[${result.file}](reliability/${result.file})`,
      result.commandLine,
      result.commit,
      verdict + failures.join(', '),
    ];
  });
  return table(['Run', 'Command', 'Commit', 'Promises'], rows);
}
