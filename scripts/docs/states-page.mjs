import {
  completedChanges,
  finalStates,
  openStates,
  pollHealthTable,
  stateTable,
  transitions,
} from '@bulkwatch/contract';
import { code, codes, page, table } from './markdown.mjs';

const introduction = `\
A tracked job has a state, which is how the export goes, and a poll health, which is how polling goes. They are
kept apart on purpose: a poll that fails says nothing about the export. Each word below that says why leads to
[its row among the reasons](reasons.md).`;

const diagramText = `\
On a line is the [event](events.md) that tells of the change. From every open state a job can settle in any final
one, and what is final never changes.`;

const healthText = `\
The health is that of the last poll, or of the last delete request. It never ends a job: a job goes on being
polled in any health until the export ends, the deadline passes or the job is cancelled. \`interrupted\` leaves
it as it was. \`healthSince\` says since when it is what it is. While an operator has a job paused, its health is
\`paused\`, and afterwards again that of the last poll.

An export is \`stalled\` when polls are answered well and nothing has moved for too long: neither its state nor its
\`progress\` changed, no file became ready, no result and no further page was named. How long that is says the
\`stallAfterHours\` of its [preset](providers.md). Where the preset does not say, it is three times what nine of ten
exports of the provider have taken, at least an hour; and a day as long as fewer than ten are known. A failed poll
neither begins nor ends a standstill, and the time of failed polls is part of one. The event \`stalled\` is told once
in a standstill, however often polls fail in between.

\`etaAt\` is when an export is likely to end. By \`progress\`: its percentage has grown by five points or more, and the
rest goes on at that pace. Else by \`history\`: half of the provider's exports, of five or more, took no longer, from the
kick-off (or the registration) on. There is none where it would be a guess: nothing of that is known, the export stands
still, or what was estimated has passed. What exports have taken is learnt of the last 200 that completed, of all
tenants. The answers of a batch and the event \`registered\` estimate nothing.`;

const completedText = `\
A completed job stays completed. What can become of it afterwards:`;

const rows = Object.values(transitions);

/** docs/states.md */
export function statesPage() {
  return page({
    title: 'States',
    source: 'packages/contract/src/states.ts',
    parts: [
      introduction,
      diagramText,
      `\`\`\`text\n${diagram()}\n\`\`\``,
      '## States',
      stateRows(),
      '## Transitions',
      transitionRows(),
      '## After completion',
      completedText,
      completedRows(),
      '## Poll health',
      healthText,
      healthRows(),
    ],
  });
}

/** The open states in a column, each below the one it is reached from, and beside them the way to the final ones. */
function diagram() {
  const width = Math.max(...openStates.map((state) => state.length), ...openStates.map(labelWidth));
  const column = openStates.flatMap((state, index) => [
    `${`  │ ${eventInto(state)}`.padEnd(width + 1)}${index === 0 ? '' : '  │'}`.trimEnd(),
    `${'  v'.padEnd(width + 1)}${index === 0 ? '' : '  │'}`.trimEnd(),
    `${`${state} `.padEnd(width + 3, '─')}${index === 0 ? '┐' : '┤'}`,
  ]);
  const ends = finalStates.map((state, index) => {
    const turn = index === finalStates.length - 1 ? '└' : '├';
    return `${' '.repeat(width + 3)}${turn}─ ${eventInto(state)} ─> ${state}`;
  });
  return ['(new)', ...column, ...ends].join('\n');
}

const labelWidth = (state) => `  │ ${eventInto(state)} `.length;

/** The event of the one transition into a state. The diagram has room for no second one. */
function eventInto(state) {
  const [into, second] = rows.filter(({ to }) => to === state);
  const index = openStates.indexOf(state);
  const origins = index === -1 ? openStates : openStates.slice(Math.max(0, index - 1), index);
  if (second || String(into.from) !== String(origins))
    throw new Error(`the diagram cannot show how a job becomes ${state}`);
  return into.event;
}

function stateRows() {
  const cells = Object.entries(stateTable).map(([state, { meaning, final, reasons }]) => [
    code(state),
    final ? 'yes' : 'no',
    meaning,
    links(reasons),
  ]);
  return table(['State', 'Final', 'Meaning', 'Why a job ends in it'], cells);
}

function transitionRows() {
  const cells = rows.map((row) => [
    row.from.length === 0 ? '(new)' : codes(row.from),
    'to' in row ? code(row.to) : 'the same',
    row.cause,
    row.event === null ? 'none' : code(row.event),
  ]);
  return table(['From', 'To', 'Cause', 'Event'], cells);
}

function completedRows() {
  const cells = Object.values(completedChanges).map(({ cause, event }) => [
    cause,
    event === null ? 'none' : code(event),
  ]);
  return table(['Cause', 'Event'], cells);
}

function healthRows() {
  const cells = Object.entries(pollHealthTable).map(([health, { meaning, reasons }]) => [
    code(health),
    meaning,
    links(reasons),
  ]);
  return table(['Health', 'Meaning', 'Reasons that lead to it'], cells);
}

/** @param {readonly string[]} reasons */
const links = (reasons) =>
  reasons.map((reason) => `[${code(reason)}](reasons.md#${reason})`).join(', ');
