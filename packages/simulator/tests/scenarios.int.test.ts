import {
  type Scenario,
  type ScenarioName,
  type Simulator,
  scenarioNames,
  scenarios,
  startSimulator,
} from '@bulkwatch/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ requireToken: false });
});
afterAll(() => simulator.stop());

interface Collected {
  outputCount: number;
  errorCount: number;
}
interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Where the next poll goes. */
  readonly url: string;
}

/** One poll of a client that follows redirects and knows no patience; null when it met a fault. */
async function poll(url: string, method = 'GET', hops = 3): Promise<Answer | null> {
  const headers = { accept: 'application/json', prefer: 'respond-async' };
  const signal = AbortSignal.timeout(400);
  try {
    const response = await fetch(url, { method, headers, signal, redirect: 'manual' });
    const text = await response.text();
    const { status } = response;
    const location = response.headers.get('location');
    if (location === null || hops === 0) return { url, status, body: text && JSON.parse(text) };
    const answer = await poll(new URL(location, url).href, method, hops - 1);
    return answer && { ...answer, url: status === 308 ? answer.url : url };
  } catch {
    return null;
  }
}

const listed = (body: object, ...names: string[]): number => {
  const list = names.map((name) => (body as Record<string, unknown>)[name]).find(Array.isArray);
  return Array.isArray(list) ? list.length : 0;
};

const nextOf = (body: object): string | undefined =>
  'link' in body ? (body.link as [{ url: string }])[0].url : undefined;

/** Polls until there is a manifest and all its pages; null when it never comes, or a page does not. */
async function collect(statusUrl: string): Promise<Collected | null> {
  const collected = { outputCount: 0, errorCount: 0 };
  const seen = new Set<string>();
  let url = statusUrl;
  let pages = 0;
  for (let polls = 0; polls < 14; polls += 1) {
    const answer = await poll(url);
    if (answer === null) continue;
    ({ url } = answer);
    if (answer.status !== 200) continue;
    const body = typeof answer.body === 'object' ? answer.body : null;
    if (body === null || !('transactionTime' in body)) continue;
    if (!seen.has(url)) {
      collected.outputCount += listed(body, 'output');
      collected.errorCount += listed(body, 'error', 'outcome');
      pages += 1;
    }
    const next = nextOf(body);
    if (next === undefined || seen.has(next)) return collected;
    seen.add(url);
    url = next;
  }
  return pages === 0 ? null : collected;
}

const isManifestExpected = ({ ends, cancelMidway }: Scenario) =>
  ends.state === 'completed' && ends.outputCount !== undefined && cancelMidway === undefined;

describe('a scenario that completes', () => {
  const names = scenarioNames.filter((name) => isManifestExpected(scenarios[name]));

  it.concurrent.each(names)('%s: its manifest is there in the end', async (name) => {
    const { statusUrl } = simulator.play(name, { retryAfterSeconds: 0 });
    const { outputCount, errorCount = 0 } = scenarios[name].ends;
    expect(await collect(statusUrl)).toEqual({ outputCount, errorCount });
  });
});

describe('a scenario that does not', () => {
  const never = (name: ScenarioName) =>
    ['failed', 'cancelled'].includes(scenarios[name].ends.state) &&
    scenarios[name].cancelMidway === undefined;

  it.concurrent.each(scenarioNames.filter(never))('%s: has no manifest', async (name) => {
    expect(await collect(simulator.play(name, { retryAfterSeconds: 0 }).statusUrl)).toBeNull();
  });
});

describe('a scenario for cancelling', () => {
  const names = scenarioNames.filter((name) => scenarios[name].cancelMidway);
  const verbs = [
    ['google-operation/', 'POST', ':cancel'],
    ['salesforce-query-job/', 'PATCH', ''],
  ] as const;

  it.concurrent.each(names)('%s: is in progress until it is cancelled', async (name) => {
    const { statusUrl } = simulator.play(name);
    const [, method = 'DELETE', suffix = ''] =
      verbs.find(([prefix]) => name.startsWith(prefix)) ?? [];
    const before = await poll(statusUrl);
    const refused = await poll(`${statusUrl}${suffix}`, method);
    const again = await poll(`${statusUrl}${suffix}`, method);
    const isRefused = scenarios[name].ends.reason === 'delete-refused';
    expect([200, 202]).toContain(before?.status);
    expect(isRefused).toBe(
      [refused, again].every((one) => [400, 405, 410].includes(one?.status ?? 0)),
    );
  });
});

describe('every scenario', () => {
  it('is quick when it is asked to be', async () => {
    const asked = scenarioNames.flatMap((name) => {
      const { steps, pages = {} } = scenarios[name].script({ retryAfterSeconds: 1 });
      return [steps, ...Object.values(pages)]
        .flat()
        .map(({ retryAfterSeconds }) => retryAfterSeconds)
        .filter((seconds) => typeof seconds === 'number' && seconds > 1)
        .map(() => name);
    });
    expect(asked).toEqual([]);
  });

  it('takes no more than a handful of answers', () => {
    const long = scenarioNames.filter((name) => scenarios[name].script().steps.length > 5);
    expect(long).toEqual([]);
  });
});
