import { expect, it } from 'vitest';
import { sources } from './house-files.js';
import { identifiersIn } from './read-code.js';

/** Words that others use for what we call otherwise, and what we call it. */
const synonyms: Readonly<Record<string, RegExp>> = {
  statusUrl: /^(poll(ing)?Url|contentLocation(Url)?|jobUrl)$/i,
  provider: /vendor|upstream/i,
  lateness: /latency|^lag|Lag(Ms)?$/,
  dueAt: /^(nextRun|nextPoll|scheduled)(At|Ms)?$/,
  settledAt: /^(finished|closed|ended)At$/,
  expiresAt: /^(expiry|expires)(Time|Ms)$/,
  lastPolledAt: /^last(Checked|Fetched|Pinged)At$/,
  pollCount: /^(attemptCount|numPolls)$/,
  progressPercent: /^percent(Complete|Done)?$/,
  rescuer: /reaper|sweeper/i,
  subscriber: /^consumer/i,
};

/** Foreign names: BullMQ's own words for its entries, and Standard Webhooks' for the requests of a delivery. */
const foreign = new Set(['attemptsMade', 'attemptCount']);

function wrongWords(file: { path: string; text: string }): string[] {
  return [...identifiersIn(file)]
    .filter((identifier) => !foreign.has(identifier))
    .flatMap((identifier) =>
      Object.entries(synonyms)
        .filter(([, pattern]) => pattern.test(identifier))
        .map(([word]) => `${file.path} says ${identifier}; our word is ${word}`),
    );
}

it('the code uses the words of the design and no synonyms', () => {
  expect(sources.flatMap(wrongWords)).toEqual([]);
});

it('a synonym would be seen', () => {
  const text = 'const pollUrl = vendorName + latencyMs; // upstream\nconst s = "consumer";';

  expect(wrongWords({ path: 'a.ts', text })).toHaveLength(3);
});

it('no room but core knows a protocol by name', () => {
  const others = sources.filter(({ path }) => /^(packages\/(store|egress)|services)\//.test(path));

  expect(others.length).toBeGreaterThan(50);
  expect(others.filter(({ text }) => /fhir-?bulk|status-?field/i.test(text))).toEqual([]);
});
