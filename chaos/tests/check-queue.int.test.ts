import { describe, expect, it } from 'vitest';
import { checkQueue } from '../src/checkers/check-queue.js';
import {
  accepted,
  cancelled,
  event,
  forgeDump,
  forgeHistory,
  job,
  refused,
  tried,
  unknown,
} from './forge.js';

const check = (
  ...[notes, dump]: [Parameters<typeof forgeHistory>[0], ReturnType<typeof forgeDump>]
) => checkQueue(forgeHistory(notes), dump);
const figuresOf = (...args: Parameters<typeof check>) =>
  check(...args).violations.map(({ figure, what }) => `${figure}: ${what}`);

describe('what went in and what came out', () => {
  it('is well where each accepted job has one final event', () => {
    const dump = forgeDump(
      [job('a'), job('b', { state: 'failed' })],
      [event('a'), event('b', 'failed')],
    );
    const { violations, chances } = check(
      [tried('a'), accepted('a'), tried('b', 'failed'), accepted('b')],
      dump,
    );

    expect(violations).toEqual([]);
    expect(chances).toEqual({ lost: 2, duplicated: 2, unexpected: 2 });
  });

  it.each([
    ['an accepted job without an event is lost', forgeDump([job('a', { state: 'in-progress' })])],
    ['an accepted job that is not even there is lost', forgeDump([])],
  ])('%s', (_, dump) => {
    expect(figuresOf([tried('a'), accepted('a')], dump)).toEqual([
      'lost: accepted, and no final event',
    ]);
  });

  it('a settled job without an event is lost, though nobody was told that it was accepted', () => {
    const lost = figuresOf([tried('a'), unknown('a')], forgeDump([job('a')]));

    expect(lost).toEqual(['lost: completed without an event']);
  });

  it('an outcome that nobody knows is no loss, and counts as recovered where it is there', () => {
    const notes = [tried('a'), unknown('a'), tried('b'), unknown('b'), tried('c')];
    const { violations, figures } = check(notes, forgeDump([job('a')], [event('a')]));

    expect(violations).toEqual([]);
    expect(figures).toEqual({ acknowledged: 0, unknown: 3, recovered: 1 });
  });

  it.each([
    ['the same event twice', [event('a'), event('a')]],
    ['an event with two contents', [event('a'), event('a', 'completed', { digest: 'y' })]],
    ['two final events of a job', [event('a'), event('a', 'completed', { id: 'other' })]],
    ['a final event after another', [event('a'), event('a', 'failed')]],
    ['another event twice', [event('a'), event('a', 'registered'), event('a', 'registered')]],
  ])('%s is a duplicate', (_, events) => {
    expect(figuresOf([tried('a'), accepted('a')], forgeDump([job('a')], events)).join()).toMatch(
      /^duplicated/,
    );
  });

  it('two jobs of one export are a duplicate', () => {
    const jobs = [job('a'), job('a', { id: 'second' })];
    const dump = forgeDump(jobs, [
      event('a'),
      event('a', 'completed', { id: 'n', subject: 'second' }),
    ]);

    expect(figuresOf([tried('a'), accepted('a')], dump)).toEqual(['duplicated: 2 jobs']);
  });

  it.each([
    ['of what nobody tried', [], job('a'), event('a')],
    [
      'another end than that of the export',
      [tried('a', 'failed'), accepted('a')],
      job('a'),
      event('a'),
    ],
    [
      'a cancel that nobody asked for',
      [tried('a'), accepted('a')],
      job('a', { state: 'cancelled' }),
      event('a', 'cancelled'),
    ],
    [
      'an end that the record does not know',
      [tried('a'), accepted('a')],
      job('a', { state: 'in-progress' }),
      event('a'),
    ],
    ['a job that was refused', [tried('a'), refused('a')], job('a'), event('a')],
    ['a job under another id', [tried('a'), accepted('a', 'job-b')], job('a'), event('a')],
  ] as const)('%s is unexpected', (_, notes, one, told) => {
    expect(figuresOf(notes, forgeDump([one], [told])).join()).toMatch(/unexpected/);
  });

  it('a job that was cancelled may end so, or as its export', () => {
    const notes = [
      tried('a'),
      accepted('a'),
      cancelled('a'),
      tried('b'),
      accepted('b'),
      cancelled('b'),
    ];
    const jobs = [job('a', { state: 'cancelled' }), job('b')];

    expect(figuresOf(notes, forgeDump(jobs, [event('a', 'cancelled'), event('b')]))).toEqual([]);
  });
});
