import type { StatusResponse } from '@bulkwatch/core';
import type { Dice } from './dice.js';
import type { SimulatedExport } from './exports.js';
import { epoch } from './virtual-time.js';

/** An answer, and the wait that it asks for, as whoever sent it means it. */
export interface Answer {
  readonly status: number;
  readonly headers: StatusResponse['headers'];
  readonly body: Uint8Array;
  readonly askedMs: number;
  /** What is unusual about it, for the counts. */
  readonly note?: string;
}

const json = 'application/fhir+json';
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const nothing = new Uint8Array();

const absurd = ['-5', 'abc', '', '1e309', '0x10', '１', '120, 240', '99999999999999999999', '0'];
/** What the ones among them that can be read ask for, of a tracker that believes a day at most. */
const absurdMs: Readonly<Record<string, number>> = {
  '120, 240': 240_000,
  '99999999999999999999': 86_400_000,
};

/** Header and meaning of a wait. A date is measured against the Date of the same answer. */
function waitOf(dice: Dice, one: SimulatedExport, now: number) {
  const seconds = Math.max(1, dice.between(one.retryAfterS, 2 * one.retryAfterS));
  switch (one.style) {
    case 'none':
      return { headers: {}, askedMs: 0 };
    case 'seconds':
      return { headers: { 'retry-after': String(seconds) }, askedMs: seconds * 1_000 };
    case 'date': {
      const sent = epoch + Math.floor(now / 1_000) * 1_000;
      const text = (at: number) => new Date(at).toUTCString();
      return {
        headers: { date: text(sent), 'retry-after': text(sent + seconds * 1_000) },
        askedMs: seconds * 1_000,
        note: 'Retry-After as date',
      };
    }
    case 'absurd': {
      const value = dice.pick(absurd);
      return {
        headers: { 'retry-after': value },
        askedMs: absurdMs[value] ?? 0,
        note: 'Retry-After absurd',
      };
    }
  }
}

export function running(dice: Dice, one: SimulatedExport, now: number): Answer {
  const { headers, ...wait } = waitOf(dice, one, now);
  one.runs += 1;
  const progress = dice.chance(0.7) ? { 'x-progress': `${Math.min(99, one.runs)}% done` } : {};
  return { status: 202, headers: { ...headers, ...progress }, body: nothing, ...wait };
}

const manifestOf = (one: SimulatedExport, more: object = {}) =>
  bytes({
    transactionTime: '2026-01-01T00:00:00Z',
    request: `${one.origin}/fhir/$export`,
    requiresAccessToken: true,
    output: [{ type: 'Patient', url: `${one.origin}/files/${one.number}/1` }],
    error: [],
    ...more,
  });

export function finished(one: SimulatedExport, page: number): Answer {
  const headers = { 'content-type': json };
  switch (one.ends) {
    case 'complete':
      return { status: 200, headers, body: manifestOf(one), askedMs: 0 };
    case 'pages': {
      const link =
        page >= 3
          ? []
          : [{ relation: 'next', url: `${one.origin}/status/${one.number}/page/${page + 1}` }];
      return {
        status: 200,
        headers,
        body: manifestOf(one, { link }),
        askedMs: 0,
        note: 'manifest in pages',
      };
    }
    case 'fails':
      return outcome(400, 'processing', 'The group is empty.');
    case 'forgets':
      return outcome(404, 'not-found', 'There is no such export.');
  }
}

export function outcome(status: number, code: string, text: string, retryAfterS = 0): Answer {
  const body = bytes({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code, diagnostics: text }],
  });
  const wait = retryAfterS > 0 ? { 'retry-after': String(retryAfterS) } : {};
  return {
    status,
    headers: { 'content-type': json, ...wait },
    body,
    askedMs: retryAfterS * 1_000,
  };
}

/** Answers that say nothing true of the export. */
export function odd(dice: Dice, one: SimulatedExport): Answer {
  switch (dice.between(0, 6)) {
    case 0:
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: bytes('hi'),
        askedMs: 0,
      };
    case 1:
      return { status: 200, headers: { 'content-type': json }, body: nothing, askedMs: 0 };
    case 2:
      return outcome(500, 'transient', 'Try again.');
    case 3:
      return outcome(503, 'transient', 'Busy.', dice.between(1, 120));
    case 4:
      return outcome(429, 'throttled', 'Slow down.', dice.between(1, 300));
    case 5:
      return one.movesTo === undefined
        ? outcome(404, 'not-found', 'Not yet.')
        : {
            status: 307,
            headers: { location: `${one.movesTo}/status/${one.number}` },
            body: nothing,
            askedMs: 0,
            note: 'redirected elsewhere',
          };
    default:
      return {
        status: 200,
        headers: { 'content-type': json, 'x-export-status': '202 Accepted', 'retry-after': '30' },
        body: nothing,
        askedMs: 30_000,
      };
  }
}
