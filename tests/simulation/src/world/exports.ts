import type { Dice } from './dice.js';

/** How an export words the wait that it asks for. */
export type RetryAfterStyle = 'seconds' | 'date' | 'none' | 'absurd';

/** A simulated export: what its status URL answers, and when it is over. */
export interface SimulatedExport {
  readonly number: number;
  readonly origin: string;
  readonly url: string;
  /** Its answers want this token; undefined where they want none. */
  token: string | undefined;
  /** Until when the token is good, true ms. */
  tokenUntil: number;
  readonly beginsAt: number;
  readonly finishesAt: number;
  readonly ends: 'complete' | 'pages' | 'fails' | 'forgets';
  readonly style: RetryAfterStyle;
  /** What it usually asks for. */
  readonly retryAfterS: number;
  /** Its answers come from another place from now on. */
  readonly movesTo: string | undefined;
  /** Polls that were answered that it runs. */
  runs: number;
}

export interface ExportRules {
  readonly origins: readonly string[];
  /** Longest life of an export, ms. */
  readonly longestMs: number;
  readonly hasTokens: boolean;
  readonly isOdd: boolean;
  readonly retryAfterS: readonly [least: number, most: number];
}

/** Draws an export that begins at `beginsAt`, true ms. */
export function drawExport(
  dice: Dice,
  number: number,
  beginsAt: number,
  rules: ExportRules,
): SimulatedExport {
  const { origins, longestMs, hasTokens, isOdd, retryAfterS } = rules;
  const origin = dice.pick(origins);
  const wantsToken = dice.chance(0.6);
  return {
    number,
    origin,
    url: `${origin}/status/${number}${dice.chance(0.5) ? `?cap=capability-${number}` : ''}`,
    token: wantsToken ? `secret-${number}-1` : undefined,
    tokenUntil: wantsToken && hasTokens ? beginsAt + dice.spread(60_000, longestMs) : Infinity,
    beginsAt,
    finishesAt: beginsAt + dice.spread(1_000, longestMs),
    ends: isOdd
      ? dice.pick(['complete', 'complete', 'pages', 'fails', 'forgets'])
      : dice.pick(['complete', 'complete', 'complete', 'pages', 'fails']),
    style: isOdd
      ? dice.pick(['seconds', 'seconds', 'date', 'none', 'absurd'])
      : dice.pick(['seconds', 'seconds', 'seconds', 'none']),
    retryAfterS: dice.spread(...retryAfterS),
    movesTo: isOdd && dice.chance(0.2) ? 'https://elsewhere.example' : undefined,
    runs: 0,
  };
}
