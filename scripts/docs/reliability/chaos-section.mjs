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
  const plains = plainRuns(results);
  return [
    '## Runs with faults',
    introduction,
    ours ? provenance(ours) : notRunYet(command),
    ...(ours ? [load(ours)] : []),
    comparison,
    ...(plains.length > 0
      ? plains.map((plain) => `${headOf(plain)}: ${provenance(plain)} ${load(plain)}`)
      : [notRunYet(plainCommand)]),
    ...(ours || plains.length > 0 ? [figureRows(ours, plains)] : []),
    ...(ours
      ? ['### Faults', faultRows(ours, plains), '### Lateness and memory', ...measures(ours)]
      : []),
  ];
}

const load = ({ jobs, acknowledged, unknown, recovered, polls }) =>
  `${number(jobs)} jobs, of which ${number(acknowledged)} were acknowledged, and ${number(unknown)} had no outcome that the caller knew ` +
  `(${number(recovered)} of them turned out to be registered); ${number(polls)} polls.`;

/** The newest of each kind of comparison: as the engine comes, and with more stalls allowed. */
function plainRuns(results) {
  const runs = results.filter(({ kind }) => kind === 'plain-bullmq');
  const heads = [...new Set(runs.map(headOf))].toSorted((a, b) => a.length - b.length);
  return heads.map((head) => runs.find((run) => headOf(run) === head));
}

function headOf({ commandLine }) {
  const stalls = /--stalls[ =](\d+)/.exec(commandLine)?.[1];
  return stalls ? `Plain BullMQ, \`maxStalledCount\` ${stalls}` : 'Plain BullMQ';
}

function figureRows(ours, plains) {
  const names = [...Object.keys(figures), 'earlyUnrecorded'];
  const rows = names.map((name) => [
    figures[name] ?? 'polls before a Retry-After that nobody lived to record (not promised)',
    ...[ours, ...plains].map((run) => figure(run, name)),
  ]);
  return table(['Of all chances', 'Bulkwatch', ...plains.map(headOf)], rows);
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

function faultRows(ours, plains) {
  const runs = [ours, ...plains];
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.faults ?? {})))];
  const rows = names
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => {
      const { count, medianMs, worstMs } = ours.recovery?.[name] ?? {};
      return [
        name,
        ...runs.map((run) => number(run.faults?.[name] ?? 0)),
        count ? `${duration(medianMs)}, at worst ${duration(worstMs)}` : '',
      ];
    });
  const heads = ['Fault', 'Bulkwatch', ...plains.map(headOf), 'Until Bulkwatch worked again'];
  return table(heads, rows);
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
