import type { Problem } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it, type MockInstance, vi } from 'vitest';
import { type Api, authenticating, setupApi } from './harness.js';

const limit = 5;
/** So many in a minute are no mere mistake. */
const flood = 20 * limit;
let api: Api;
let good: string;
let find: MockInstance<Api['context']['store']['apiKeys']['find']>;
beforeAll(async () => {
  api = await setupApi({
    ...authenticating,
    BULKWATCH_API_FAILURE_LIMIT: String(limit),
    BULKWATCH_API_TRUSTED_PROXIES: 'loopback',
  });
  find = vi.spyOn(api.context.store.apiKeys, 'find');
  good = await api.keyOf('acme', 'admin');
});
afterAll(() => api.stop());

let serial = 0;
/** A key that nobody has, of an id that no other test uses. */
function wrongKey(keyId?: string): string {
  serial += 1;
  const id = keyId ?? serial.toString(16).padStart(16, '0');
  return `bwk_${id}_${serial.toString(36).padStart(43, 'A')}`;
}

/** What a caller at this address is answered. The tests' own address is that of a trusted proxy. */
async function call(address: string, text: string, method: 'get' | 'delete' = 'get') {
  const response = await api.as(text, method, '/v1/jobs').set('X-Forwarded-For', address);
  const { reason } = response.body as Partial<Problem>;
  return { status: response.status, reason, headers: response.headers };
}

async function callTimes(times: number, address: string, text: () => string): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < times; n += 1) statuses.push((await call(address, text())).status);
  return statuses;
}

const within = Array.from({ length: limit }, () => 401);

/** How often Redis was asked for a key. */
const lookUps = (): number => find.mock.calls.length;

describe('an address that sends wrong keys', () => {
  it('is told to stop, and where it goes far beyond not listened to: Redis is not asked', async () => {
    expect(await callTimes(limit, '203.0.113.1', wrongKey)).toEqual(within);
    const { status, reason, headers } = await call('203.0.113.1', wrongKey());
    expect({ status, reason }).toEqual({ status: 429, reason: 'too-many-failures' });
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60 / limit);

    await callTimes(flood, '203.0.113.1', wrongKey);
    const before = lookUps();
    const beyond = await callTimes(5, '203.0.113.1', wrongKey);
    expect(beyond).toEqual(Array(5).fill(429));
    expect(lookUps() - before).toBeLessThanOrEqual(1);
  });

  it('keeps nobody out at another one, and nobody whose key was good before', async () => {
    expect((await call('203.0.113.2', good)).status).toBe(200);
    await callTimes(limit + 1, '203.0.113.3', wrongKey);

    expect((await call('203.0.113.3', wrongKey())).status).toBe(429);
    expect((await call('203.0.113.2', wrongKey())).status).toBe(401);
    expect((await call('203.0.113.3', good)).status).toBe(200);
    expect((await call('203.0.113.3', await api.keyOf('acme', 'admin'))).status).toBe(200);

    await callTimes(flood, '203.0.113.3', wrongKey);
    const fresh = await api.keyOf('acme', 'admin');
    expect((await call('203.0.113.3', fresh)).status).toBe(429);
    expect((await call('203.0.113.3', good)).status).toBe(200);
    expect((await call('203.0.113.2', fresh)).status).toBe(200);
  });

  it('is its first 64 bits where it is of IPv6', async () => {
    await callTimes(limit, '2001:db8:1:2::1', wrongKey);
    expect((await call('2001:db8:1:2:ffff::9', wrongKey())).status).toBe(429);
    expect((await call('2001:db8:1:3::1', wrongKey())).status).toBe(401);
  });

  it('counts tokens as keys, and nothing that says not who sends it', async () => {
    const none = () => api.get('/v1/jobs').set('X-Forwarded-For', '203.0.113.4');
    for (let n = 0; n < limit + 2; n += 1) await none().expect(401);
    expect(await callTimes(limit, '203.0.113.4', () => 'no.token.this')).toEqual(within);
    expect((await call('203.0.113.4', 'no.token.this')).status).toBe(429);
    await none().expect(401);
  });
});

describe('a key id that wrong keys name, from wherever', () => {
  it('is answered with 429, and costs one look-up; its holder is let in', async () => {
    const text = await api.keyOf('acme', 'admin');
    const keyId = text.slice(4, 20);
    const before = lookUps();
    const statuses: number[] = [];
    for (let n = 0; n < limit + 2; n += 1)
      statuses.push((await call(`198.51.100.${n}`, wrongKey(keyId))).status);

    expect(statuses).toEqual([...within, 429, 429]);
    expect((await call('198.51.100.200', text)).status).toBe(200);
    expect(lookUps()).toBe(before + 1);
  });

  it('costs one look-up also where there is no such key', async () => {
    const before = lookUps();
    for (let n = 0; n < limit; n += 1)
      await call(`198.51.100.${100 + n}`, wrongKey('00000000deadbeef'));
    expect(lookUps()).toBe(before + 1);
  });
});

describe('the log', () => {
  it('has one line for many refusals, of audit and access too, and the metric has all', async () => {
    const linesBefore = api.log.length;
    const countOf = async (cause: string) => {
      const text = await api.context.metrics.registry.metrics();
      return Number(new RegExp(`refusals_total\\{cause="${cause}"\\} (\\d+)`).exec(text)?.[1]);
    };
    const [unknown, failures] = [await countOf('unknown'), await countOf('failures')];
    for (let n = 0; n < limit + 20; n += 1) await call('203.0.113.9', wrongKey(), 'delete');

    expect(await countOf('unknown')).toBe(unknown + limit);
    expect(await countOf('failures')).toBe(failures + 20);
    const lines = api.log.slice(linesBefore).map((line) => JSON.parse(line));
    const about = lines.filter(({ source }) => source === '203.0.113.9');
    expect(about.map(({ msg, cause }) => [msg, cause])).toEqual([
      ['caller refused', 'unknown'],
      ['caller refused', 'failures'],
    ]);
    // Of each of the two there is the line that it was answered, and the audit line.
    expect(lines).toHaveLength(6);
  });
});

describe('without trusted proxies', () => {
  it('counts for the address that connects, whatever a caller says', async () => {
    const plain = await setupApi({ ...authenticating, BULKWATCH_API_FAILURE_LIMIT: '1' });
    try {
      const from = (address: string) =>
        plain.as(wrongKey(), 'get', '/v1/jobs').set('X-Forwarded-For', address);
      await from('203.0.113.5').expect(401);
      await from('203.0.113.6').expect(429);
    } finally {
      await plain.stop();
    }
  });
});
