import {
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
it as it was.`;

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
