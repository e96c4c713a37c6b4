import { describe, expect, it } from 'vitest';
import { checkManners } from '../src/checkers/check-manners.js';
import { checkPace } from '../src/checkers/check-pace.js';
import { forgeDump, forgeHistory, job, seen } from './forge.js';

const recorded = forgeDump([job('e', { recorded: ['first'] })]);
const first = seen({ at: 1_000, askedForMs: 5_000, requestId: 'first' });

describe('the pace of polls', () => {
  it('is well where each comes when the wait is over, or within what cannot be measured', () => {
    const { violations, chances, figures } = checkPace(
      forgeHistory([first, seen({ at: 5_960 }), seen({ at: 6_200 })]),
      recorded,
    );

    expect(violations).toEqual([]);
    expect(chances).toEqual({ early: 2 });
    expect(figures).toMatchObject({ earlyUnrecorded: 0, latenessP50: 200, latenessMax: 200 });
  });

  it('is broken by a poll within a wait that was recorded', () => {
    const { violations } = checkPace(forgeHistory([first, seen({ at: 4_000 })]), recorded);

    expect(violations).toMatchObject([{ figure: 'early', exportId: 'e' }]);
  });

  it('counts a poll apart where nobody lived to record the wait, and as no chance', () => {
    const { violations, figures, chances } = checkPace(
      forgeHistory([first, seen({ at: 4_000 })]),
      forgeDump([job('e')]),
    );

    expect(violations).toEqual([]);
    expect(figures).toMatchObject({ earlyUnrecorded: 1 });
    expect(chances).toEqual({ early: 0 });
  });

  it('remembers a wait over an answer that asked for none', () => {
    const answers = [
      first,
      seen({ at: 3_000, answered: false, ending: null }),
      seen({ at: 4_000 }),
    ];

    expect(checkPace(forgeHistory(answers), recorded).violations).toHaveLength(2);
  });

  it('judges no delete request, no other export, and nothing that began before the wait', () => {
    const others = [
      seen({ at: 1_500, kind: 'delete' }),
      seen({ at: 1_500, exportId: 'other' }),
      seen({ at: 900, endedAt: 1_500 }),
    ];

    expect(checkPace(forgeHistory([first, ...others]), recorded).violations).toEqual([]);
  });
});

const limits = { providerConcurrency: 2, requestBudgetMs: 5_000 };
const manners = (...notes: Parameters<typeof forgeHistory>[0]) =>
  checkManners(forgeHistory(notes), limits);

describe('manners', () => {
  it('are well up to the limit', () => {
    const { violations, chances } = manners(
      seen({ at: 0, endedAt: 1_000 }),
      seen({ at: 500, endedAt: 1_500 }),
      seen({ at: 1_000, endedAt: 2_000 }),
      seen({ at: 1_200, endedAt: 2_000, origin: 'http://b' }),
    );

    expect(violations).toEqual([]);
    expect(chances['overConcurrency']).toBe(2);
  });

  it('are bad above it', () => {
    const three = [0, 1, 2].map((at) => seen({ at, endedAt: 1_000 }));

    expect(manners(...three).violations).toMatchObject([{ figure: 'overConcurrency' }]);
  });

  it('count what a frozen process holds apart', () => {
    const { violations, figures } = manners(
      seen({ at: 0, endedAt: 60_000 }),
      seen({ at: 6_000, endedAt: 7_000 }),
      seen({ at: 6_001, endedAt: 7_000 }),
    );

    expect(violations).toEqual([]);
    expect(figures).toEqual({ overConcurrencyByFrozen: 1 });
  });

  it.each([
    ['at an evil origin', { kind: 'evil', authorization: 'wrong' }],
    ['of somebody else', { authorization: 'wrong' }],
  ] as const)('are bad where a token comes %s', (_, sighting) => {
    expect(manners(seen(sighting)).violations).toMatchObject([{ figure: 'misdirectedTokens' }]);
  });
});
