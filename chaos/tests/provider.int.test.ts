import {
  type ChaosProvider,
  moodNames,
  type Sighting,
  startChaosProvider,
  troubleNames,
} from '@bulkwatch/chaos';
import { eventually } from '@bulkwatch/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let provider: ChaosProvider;
let seen: Sighting[];
const onSighting = (sighting: Sighting) => void seen.push(sighting);
beforeEach(async () => {
  seen = [];
  provider = await startChaosProvider({ seed: 8, onSighting });
});
afterEach(() => provider.stop());

/** Shorter than what takes for ever, longer than nearly all else. */
const patienceMs = 1_500;
const plain = { polls: 1, retryAfterSeconds: 1, troubles: [], ending: 'completed' } as const;

/** A token of an origin, got as a worker gets it. */
async function tokenOf(origin: string): Promise<string> {
  const settings = provider.credentials.find(
    (one) => 'origins' in one && `${one.origins}` === origin,
  );
  const { tokenUrl, clientId, clientSecret } = settings as Record<string, string>;
  const answer = await fetch(tokenUrl ?? '', {
    method: 'POST',
    signal: AbortSignal.timeout(patienceMs),
    headers: {
      authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

const ask = (url: string, token?: string) =>
  fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(patienceMs),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });

/** What came to status URLs and evil origins; a sighting comes when a request is over, and may be later than its answer. */
const sightings = (count: number) =>
  eventually(() => {
    const polls = seen.filter(({ kind }) => kind !== 'token');
    expect(polls).toHaveLength(count);
    return polls;
  });

describe('a provider of the chaos run', () => {
  it('plays a plan, and tells of each request when it was, what it carried and what it was asked', async () => {
    const { statusUrl, origin, exportId, ends } = provider.createExport(plain);
    const token = await tokenOf(origin);
    const statuses = [await ask(statusUrl, token), await ask(statusUrl, token)].map(
      (one) => one.status,
    );

    expect([statuses, ends]).toEqual([[202, 200], 'completed']);
    const [first, second] = await sightings(2);
    const both = { origin, exportId, kind: 'status', authorization: 'right', answered: true };
    expect(first).toMatchObject({ ...both, askedForMs: 1_000, ending: 202 });
    expect(second).toMatchObject({ ...both, ending: 200 });
    expect(second).not.toHaveProperty('askedForMs');
    expect((first?.endedAt ?? 0) >= (first?.at ?? 1)).toBe(true);
    expect(seen.find(({ kind }) => kind === 'token')).toMatchObject({ origin, ending: 200 });
    expect(JSON.stringify(seen)).not.toContain('canary');
  });

  it('knows a token that belongs elsewhere from one of its own that has died', async () => {
    const [here = '', there = ''] = provider.origins;
    const { statusUrl } = provider.createExport(plain, here);
    const own = await tokenOf(here);
    const [evil = ''] = provider.evilOrigins;
    provider.setMood(here, 'expired-tokens');
    await ask(statusUrl, own);
    for (const [url, token] of [
      [statusUrl, own],
      [statusUrl, await tokenOf(there)],
      [statusUrl, undefined],
      [`${evil}/lure`, own],
      [`${evil}/lure`, undefined],
    ] as const) {
      await ask(url, token);
    }

    expect(
      (await sightings(6)).map(({ authorization, ending }) => [authorization, ending]),
    ).toEqual([
      ['right', 202],
      ['right', 401],
      ['wrong', 401],
      ['none', 401],
      ['wrong', 202],
      ['none', 401],
    ]);
  });

  it('has every trouble on the way to the same end', async () => {
    const exports = troubleNames.map((trouble) =>
      provider.createExport({ ...plain, polls: 0, troubles: [trouble] }),
    );
    const tokens = new Map<string, string>();
    for (const origin of provider.origins) tokens.set(origin, await tokenOf(origin));
    const ends = await Promise.all(
      exports.map(async ({ statusUrl, origin }) => {
        const token = tokens.get(origin);
        // What the first answer is like is the simulator's to test; some cannot be had by this client.
        await ask(statusUrl, token).then(
          (answer) => answer.body?.cancel(),
          () => undefined,
        );
        return [(await ask(statusUrl, token)).status, (await ask(statusUrl, token)).status];
      }),
    );

    expect(ends).toEqual(troubleNames.map(() => [202, 200]));
  });

  it('is in each mood for a while, at one origin, and itself again', async () => {
    const crowd = await startChaosProvider({ seed: 8, onSighting, origins: moodNames.length + 1 });
    provider = crowd;
    const other = await newcomer(crowd.origins.at(-1) ?? '');
    const met = await Promise.all(
      moodNames.map(async (mood, number) => {
        const origin = crowd.origins[number] ?? '';
        const asker = await newcomer(origin);
        crowd.setMood(origin, mood);
        const both = [await asker(), await asker()].join(' ');
        return [
          mood,
          `${both}, token ${await outcome(async () => ((await tokenOf(origin)) === '' ? 'empty' : 'had'))}`,
        ];
      }),
    );
    const meanwhile = await other();
    crowd.calm();
    const after = await Promise.all(
      crowd.origins.slice(0, -1).map(async (origin) => (await newcomer(origin))()),
    );

    expect(Object.fromEntries(met)).toEqual({
      errors: '502 503, token had',
      silent: 'nothing nothing, token had',
      resets: 'nothing nothing, token had',
      slow: expect.stringMatching(/^(202|nothing) (202|nothing), token had$/),
      dripping: expect.stringMatching(/^(202|nothing) (202|nothing), token had$/),
      'storm-429': '429 429, token had',
      garbage: 'nothing nothing, token had',
      bombs: 'nothing nothing, token had',
      'expired-tokens': '202 401, token had',
      'redirects-to-evil': '307 307, token had',
      'token-desk-down': '202 202, token nothing',
      'token-desk-silent': '202 202, token nothing',
    });
    expect([meanwhile, ...after]).toEqual(crowd.origins.map(() => '202'));
    await eventually(() =>
      expect(crowd.origins.map(crowd.inFlight)).toEqual(crowd.origins.map(() => 0)),
    );
  });
});

/** Somebody who begins an export there and asks for it with a token that he already has. */
async function newcomer(origin: string): Promise<() => Promise<string>> {
  const { statusUrl } = provider.createExport({ ...plain, polls: 9 }, origin);
  const token = await tokenOf(origin);
  return () =>
    outcome(async () => {
      const answer = await ask(statusUrl, token);
      await answer.text();
      return `${answer.status}`;
    });
}

const outcome = (action: () => Promise<string>) => action().catch(() => 'nothing');
