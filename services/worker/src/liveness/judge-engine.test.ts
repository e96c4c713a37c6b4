import { describe, expect, it } from 'vitest';
import { type Judgement, judgeEngine, type Look, type Watch } from './judge-engine.js';

const patience = { idleMs: 30_000, silentMs: 60_000, gapMs: 32_000 };
const secondMs = 1_000;

type Seen = Partial<Omit<Look, 'atMs'>>;

/** Looks every five seconds, from 0 to `untilSeconds`; what is seen at each may depend on the second. */
function watch(untilSeconds: number, seen: Seen | ((second: number) => Seen), everySeconds = 5) {
  let before: Watch | undefined;
  const judgements: (Judgement & { readonly second: number })[] = [];
  for (let second = 0; second <= untilSeconds; second += everySeconds) {
    const judgement = judgeEngine(
      before,
      {
        atMs: second * secondMs,
        answeredAtMs: Number.NEGATIVE_INFINITY,
        fetchedAtMs: Number.NEGATIVE_INFINITY,
        isRedisWell: true,
        hasReadyEntries: true,
        hasFreePlace: true,
        ...(typeof seen === 'function' ? seen(second) : seen),
      },
      patience,
    );
    before = judgement.watch;
    judgements.push({ ...judgement, second });
  }
  return {
    deaths: judgements.flatMap(({ dead, second }) => (dead ? [`${dead.cause} at ${second}`] : [])),
    stuckAt: judgements.filter(({ stuck }) => stuck).map(({ second }) => second),
  };
}

/** It asks whenever it is looked at, and gets nothing. */
const asking = (second: number): Seen => ({ answeredAtMs: second * secondMs - 1 });
const fetching = (second: number): Seen => ({
  answeredAtMs: second * secondMs - 1,
  fetchedAtMs: second * secondMs - 1,
});

describe('an engine', () => {
  it.each<[string, Seen | ((second: number) => Seen)]>([
    ['fetches', fetching],
    ['fetches once in a while', (second) => fetching(second - (second % 25))],
    ['has nothing to fetch, and asks', (second) => ({ ...asking(second), hasReadyEntries: false })],
    [
      'finds now and then that others were faster',
      (second) => ({ ...asking(second), hasReadyEntries: second % 20 !== 0 }),
    ],
    ['has its hands full', { hasFreePlace: false }],
    ['has its hands full now and then', (second) => ({ hasFreePlace: second % 25 === 0 })],
    ['cannot reach Redis, or Redis takes no write', { isRedisWell: false }],
    ['loses Redis again and again', (second) => ({ isRedisWell: second % 25 !== 0 })],
  ])('is alive while it %s', (_what, seen) => {
    expect(watch(600, seen)).toEqual({ deaths: [], stuckAt: [] });
  });

  it('is dead once it has fetched nothing of what is there, though it asks', () => {
    expect(watch(45, asking).deaths).toEqual(['idle at 30']);
    expect(watch(60, (second) => (second < 20 ? fetching(second) : asking(second))).deaths).toEqual(
      ['idle at 45'],
    );
  });

  it('is dead once it has been silent for longer, also where nothing is there', () => {
    expect(watch(110, { hasReadyEntries: false }).deaths).toEqual(['silent at 60']);
  });

  it('is given its whole patience again when Redis is back, or a place is free', () => {
    expect(watch(45, (second) => ({ isRedisWell: second > 10 })).deaths).toEqual(['idle at 40']);
    expect(watch(45, (second) => ({ hasFreePlace: second > 10 })).deaths).toEqual(['idle at 40']);
  });

  it('is not blamed for the time in which the process was paused', () => {
    expect(watch(400, asking, 40).deaths).toEqual([]);
  });

  it('is stuck once making it anew has not helped, from then on', () => {
    expect(watch(100, asking)).toEqual({
      deaths: ['idle at 30', 'idle at 60', 'idle at 90'],
      stuckAt: [60, 65, 70, 75, 80, 85, 90, 95, 100],
    });
  });

  it.each<[string, (second: number) => Seen]>([
    ['fetches again', fetching],
    ['asks, and nothing is there', (second) => ({ ...asking(second), hasReadyEntries: false })],
    ['has its hands full', () => ({ hasFreePlace: false })],
    ['has lost Redis, as have all others', () => ({ isRedisWell: false })],
  ])('is no longer stuck when it %s, and may die anew', (_what, seen) => {
    const { deaths, stuckAt } = watch(140, (second) =>
      second > 60 && second < 75 ? seen(second) : asking(second),
    );
    expect(deaths).toEqual(['idle at 30', 'idle at 60', 'idle at 100', 'idle at 130']);
    expect(stuckAt).toEqual([60, 130, 135, 140]);
  });
});
