import type { EnginePulse } from './engine-pulse.js';

/** What was seen of an engine, and of Redis, at one look. Instants are ms of the monotonic clock. */
export interface Look extends Pick<EnginePulse, 'answeredAtMs' | 'fetchedAtMs'> {
  readonly atMs: number;
  /** Redis answers, and takes a write. */
  readonly isRedisWell: boolean;
  /** Entries of its queue are there for whoever asks. Meaningless while Redis is not well. */
  readonly hasReadyEntries: boolean;
  /** It could take one more in hand. */
  readonly hasFreePlace: boolean;
}

/** How long something has to last until it counts, in ms. */
export interface Patience {
  /** Entries are there, and none is fetched. */
  readonly idleMs: number;
  /** Redis is not asked, or does not answer the engine though it answers others. */
  readonly silentMs: number;
  /** Between two looks: a process that was paused for longer has seen nothing of what was in between. */
  readonly gapMs: number;
}

/** Why an engine counts as dead. */
export type DeathCause = 'idle' | 'silent';

/** What is remembered from one look to the next. */
export interface Watch {
  readonly lookedAtMs: number;
  /** No excuse since then: not for fetching nothing, and not for asking nothing. */
  readonly idleSinceMs: number;
  readonly silentSinceMs: number;
  /** As what it was found dead since it last lived: after the first time it is made anew, after the second that has not helped. */
  readonly deaths: readonly DeathCause[];
}

export interface Judgement {
  readonly watch: Watch;
  /** It is dead now: to be made anew. */
  readonly dead?: { readonly cause: DeathCause; readonly forMs: number };
  /** What it is dead of, although it was made anew. */
  readonly stuck?: DeathCause;
}

/**
 * Whether an engine is dead: it could take an entry, Redis is well, and all through its patience it has fetched none of
 * those that are there (`idle`), or has had no answer from Redis at all (`silent`). Nothing else counts: held, paused and
 * early wake-ups are fetched too, a full hand is busy, without Redis nobody can fetch, and where others have emptied the
 * queue nothing is there. See docs/decisions/2026-11-23-when-a-worker-is-dead.md.
 *
 * @param before undefined at the first look
 */
export function judgeEngine(before: Watch | undefined, look: Look, patience: Patience): Judgement {
  const { atMs } = look;
  const hasGap = before !== undefined && atMs - before.lookedAtMs > patience.gapMs;
  if (before === undefined || hasGap || !look.isRedisWell) return judged(startAt(atMs, []));

  const isExcused = !look.hasFreePlace;
  const idleSinceMs =
    isExcused || !look.hasReadyEntries ? atMs : Math.max(before.idleSinceMs, look.fetchedAtMs);
  const silentSinceMs = isExcused ? atMs : Math.max(before.silentSinceMs, look.answeredAtMs);
  const dead = deathOf({ idleMs: atMs - idleSinceMs, silentMs: atMs - silentSinceMs }, patience);
  // The last two tell all.
  if (dead) return judged(startAt(atMs, [...before.deaths, dead.cause].slice(-2)), dead);
  const deaths = isAlive(before, look) ? [] : before.deaths;
  return judged({ lookedAtMs: atMs, idleSinceMs, silentSinceMs, deaths });
}

const startAt = (atMs: number, deaths: Watch['deaths']): Watch => ({
  lookedAtMs: atMs,
  idleSinceMs: atMs,
  silentSinceMs: atMs,
  deaths,
});

function judged(watch: Watch, dead?: Judgement['dead']): Judgement {
  const [, stuck] = watch.deaths;
  return { watch, ...(dead && { dead }), ...(stuck && { stuck }) };
}

/** It has done something since it was looked at last, and there is nothing that it leaves undone. */
const isAlive = (before: Watch, look: Look): boolean =>
  look.fetchedAtMs > before.lookedAtMs ||
  !look.hasFreePlace ||
  (!look.hasReadyEntries && look.answeredAtMs > before.lookedAtMs);

function deathOf(
  of: { readonly idleMs: number; readonly silentMs: number },
  patience: Patience,
): Judgement['dead'] {
  if (of.idleMs >= patience.idleMs) return { cause: 'idle', forMs: of.idleMs };
  if (of.silentMs >= patience.silentMs) return { cause: 'silent', forMs: of.silentMs };
  return undefined;
}
