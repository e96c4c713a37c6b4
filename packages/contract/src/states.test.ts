import { describe, expect, it } from 'vitest';
import { events, eventWords } from './events.js';
import { type Reason, reasonNames, reasons } from './reasons.js';
import {
  completedChanges,
  finalStates,
  type JobState,
  jobStates,
  openStates,
  pollHealths,
  pollHealthTable,
  stateTable,
  transitions,
} from './states.js';

interface Row {
  readonly from: readonly JobState[];
  readonly to?: JobState;
  readonly event: string | null;
}
const rows: readonly Row[] = Object.values(transitions);

/** Where a job in `start` can ever get to, `start` included. */
function reachableFrom(start: JobState): Set<JobState> {
  const reached = new Set<JobState>([start]);
  for (const state of reached) {
    for (const { from, to } of rows) {
      if (to !== undefined && from.includes(state)) reached.add(to);
    }
  }
  return reached;
}

describe('the table of states', () => {
  it('has the states in their order, and calls final what is final', () => {
    expect(Object.keys(stateTable)).toEqual(jobStates);
    expect([...openStates, ...finalStates]).toEqual(jobStates);
    expect(jobStates.filter((state) => stateTable[state].final)).toEqual(finalStates);
  });

  it('gives every reason that ends a job to one final state, and no other reason to any', () => {
    const ending = reasonNames.filter((name) => reasons[name].verdict === 'permanent');
    const given = finalStates.flatMap((state): readonly Reason[] => stateTable[state].reasons);

    expect(given.toSorted()).toEqual(ending.toSorted());
    expect(openStates.flatMap((state) => stateTable[state].reasons)).toEqual([]);
  });
});

describe('the table of transitions', () => {
  it('begins in registered alone, from where every state is reached', () => {
    expect(rows.filter(({ from }) => from.length === 0).map(({ to }) => to)).toEqual([
      'registered',
    ]);
    expect([...reachableFrom('registered')].toSorted()).toEqual(jobStates.toSorted());
  });

  it.each(finalStates)('never leaves %s', (state) => {
    expect(rows.filter(({ from }) => from.includes(state))).toEqual([]);
  });

  it.each(openStates)('leads from %s to every final state in one step', (state) => {
    const next = rows.filter(({ from }) => from.includes(state)).map(({ to }) => to);

    expect(next).toEqual(expect.arrayContaining([...finalStates]));
  });

  it('tells of a final state with the settling event of its name, and with that alone', () => {
    const settling = eventWords.filter((word) => events[word].settles);
    const told = rows.filter(({ event }) => settling.some((word) => word === event));
    const settled = rows.filter(({ to }) => finalStates.some((state) => state === to));

    expect(settling.toSorted()).toEqual(finalStates.toSorted());
    expect(told).toHaveLength(settling.length);
    expect(told.map(({ event }) => event)).toEqual(expect.arrayContaining(settling));
    expect(told).toEqual(settled);
    expect(told.every(({ event, to }) => event === to)).toBe(true);
  });

  it('tells of every change of state, and has every event', () => {
    expect(rows.filter(({ to, event }) => to !== undefined && event === null)).toEqual([]);
    const told = [...rows, ...Object.values(completedChanges)].map(({ event }) => event);
    expect(eventWords.filter((word) => !told.includes(word))).toEqual([]);
  });
});

describe('the table of poll healths', () => {
  it('has the healths in their order', () => {
    expect(Object.keys(pollHealthTable)).toEqual(pollHealths);
  });

  it('lets a reason lead to one health only: every one that asks an operator, none of a caller', () => {
    const leading = pollHealths.flatMap(
      (health): readonly Reason[] => pollHealthTable[health].reasons,
    );

    expect(new Set(leading).size).toBe(leading.length);
    expect(leading.filter((name) => reasons[name].verdict === 'caller')).toEqual([]);
    const waiting = reasonNames.filter((name) => reasons[name].verdict === 'ask-operator');
    expect(leading).toEqual(expect.arrayContaining(waiting));
  });
});
