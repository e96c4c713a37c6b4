import type { Answer, Interlude, Interruptible, Simulator } from '@bulkwatch/simulator';

/** What a mood may use of the provider that it comes over. */
export interface MoodParts {
  readonly simulator: Pick<Simulator, 'revokeTokens'>;
  /** In [0, 1). */
  readonly dice: () => number;
  /** URL at an evil origin. */
  readonly lure: string;
}

interface MoodRow {
  /** Whose answers it spoils. */
  readonly spoils: Interruptible;
  readonly interlude: (parts: MoodParts) => Interlude;
}

const always =
  (answer: Answer): MoodRow['interlude'] =>
  () =>
  () =>
    answer;

/** One after the other, so that a short mood has had them all. */
const inTurn = (answers: readonly Answer[]): MoodRow['interlude'] => {
  let turn = 0;
  return () => () => {
    turn += 1;
    return answers[turn % answers.length] as Answer;
  };
};

const bare = (fault: NonNullable<Answer['fault']>): Answer => ({ status: 200, body: '{}', fault });

/** All that can come over a provider for a while. */
const moods = {
  errors: {
    spoils: 'status',
    interlude: inTurn([{ status: 500 }, { status: 502 }, { status: 503 }]),
  },
  silent: { spoils: 'status', interlude: always(bare('hang')) },
  resets: { spoils: 'status', interlude: inTurn([bare('reset'), bare('close'), bare('truncate')]) },
  slow: {
    spoils: 'status',
    interlude:
      ({ dice }) =>
      (play) => ({ ...play(), delayMs: Math.floor(dice() * 2_000) }),
  },
  dripping: {
    spoils: 'status',
    interlude: () => (play) => ({ ...play(), fault: 'slow-body', lastsMs: 1_000 }),
  },
  'storm-429': {
    spoils: 'status',
    interlude: always({ status: 429, headers: { 'Retry-After': '2' } }),
  },
  garbage: {
    spoils: 'status',
    interlude: inTurn([bare('http-garbage'), bare('bad-status-line'), bare('malformed-chunk')]),
  },
  bombs: {
    spoils: 'status',
    interlude: inTurn([
      bare('gzip-bomb'),
      bare('endless-body'),
      bare('huge-header'),
      bare('many-headers'),
    ]),
  },
  /** Every answer is the last one for which its token was good. */
  'expired-tokens': {
    spoils: 'status',
    interlude:
      ({ simulator }) =>
      (play) => {
        const answer = play();
        simulator.revokeTokens();
        return answer;
      },
  },
  'redirects-to-evil': {
    spoils: 'status',
    interlude:
      ({ lure }) =>
      () => ({ status: 307, headers: { Location: lure } }),
  },
  'token-desk-down': {
    spoils: 'token',
    interlude: inTurn([{ status: 503 }, bare('reset'), { status: 500, body: 'no' }]),
  },
  'token-desk-silent': { spoils: 'token', interlude: always(bare('hang')) },
} as const satisfies Readonly<Record<string, MoodRow>>;

export type Mood = keyof typeof moods;
export const moodNames = Object.keys(moods) as Mood[];
export const moodOf = (mood: Mood): MoodRow => moods[mood];
