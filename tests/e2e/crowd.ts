import type { ExportScript, ProviderRequest, Simulator } from '@bulkwatch/simulator';
import { expect } from 'vitest';
import type { Fleet } from './fleet.js';

/** Registers so many exports of a provider, all of which go alike; returns their ids there, in order. */
export async function registerMany(
  { apiUrl }: Fleet,
  provider: Simulator,
  count: number,
  script: ExportScript,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const exports = Array.from({ length: count }, () => provider.createExport(script));
  const response = await fetch(`${apiUrl}/v1/jobs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...headers },
    body: exports.map(({ statusUrl }) => JSON.stringify({ statusUrl })).join('\n'),
  });
  const results = (await response.text()).trim().split('\n');
  expect(results.filter((line) => !line.includes('"status":201')).slice(0, 3)).toEqual([]);
  expect(results).toHaveLength(count);
  return exports.map(({ id }) => id);
}

export const running = (retryAfterSeconds: number, delayMs = 0): ExportScript => ({
  steps: [{ answer: 'in-progress', retryAfterSeconds, delayMs }],
});

/** Requests that came within any stretch of so many ms, at most. */
export function mostWithin(requests: readonly ProviderRequest[], ms: number): number {
  let first = 0;
  return requests.reduce((most, { receivedAtMs }, last) => {
    while ((requests[first]?.receivedAtMs ?? receivedAtMs) <= receivedAtMs - ms) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}

/** Requests may be nearer to each other at the provider than where they began: on a busy machine by that much. */
const jitterMs = 700;

/** What the provider saw was never above its limits. */
export function expectWithinLimits(
  { record }: Simulator,
  limits: { concurrency: number; perSecond: number; burst: number },
): void {
  expect(record.maxConcurrency()).toBeLessThanOrEqual(limits.concurrency);
  for (const ms of [1_000, 5_000]) {
    const allowed = limits.burst + (limits.perSecond * (ms + jitterMs)) / 1_000;
    expect(mostWithin(record.requests, ms)).toBeLessThanOrEqual(allowed);
  }
}

/** Writes a figure of this run into its output. */
export const tell = (figure: string): boolean => process.stdout.write(`${figure}\n`);
