import type { EventPage } from '@bulkwatch/store';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createEventFeed, type Follower } from './event-feed.js';

/** Streams in memory, whose entries are numbered from 1-0 on; a page has two. */
function setup() {
  const clock = manualClock(0);
  const world = { newest: 0, oldest: 1, isAway: false, reads: 0 };
  let ring: (jobId: string, tenant: string) => void = () => undefined;
  const problems: string[] = [];
  const feed = createEventFeed({
    clock,
    onProblem: (what) => problems.push(what),
    store: {
      watchJobs(listener) {
        ring = listener;
        return () => undefined;
      },
      events: { readAfter, readNewest: readAfter },
    },
  });

  async function readAfter(_tenant: string, id = '0-0'): Promise<EventPage> {
    world.reads += 1;
    if (world.isAway) throw new Error('away');
    const after = Number.parseInt(id, 10);
    const numbers = [after + 1, after + 2].filter((n) => n <= world.newest);
    const readTo = numbers.at(-1) ?? after;
    return {
      isUnbroken: after + 1 >= world.oldest,
      oldestId: `${world.oldest}-0`,
      events: numbers.map((n) => ({ id: `${n}-0`, type: 't', labels: {}, json: '{}' })),
      readTo: `${readTo}-0`,
      isLast: readTo === world.newest,
    };
  }

  const follow = (position: string) => {
    const got: string[] = [];
    const seen = { got, readTo: position, isLost: false };
    const follower: Follower = {
      take(events, readTo) {
        got.push(...events.map(({ id }) => id));
        seen.readTo = readTo;
      },
      lose() {
        seen.isLost = true;
      },
    };
    const leave = feed.join('acme', position, follower);
    return { ...seen, seen, leave };
  };
  const settle = async () => {
    for (let n = 0; n < 10; n += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const append = (count: number): void => {
    world.newest += count;
    ring('job', 'acme');
  };
  return { clock, world, follow, settle, append, ring: (t: string) => ring('job', t), problems };
}

describe('createEventFeed', () => {
  it('passes what comes on to all, read once, page after page', async () => {
    const { follow, settle, append, world } = setup();
    const [first, second] = [follow('0-0'), follow('0-0')];
    await settle();
    world.reads = 0;

    append(5);
    await settle();

    expect(first.got).toEqual(['1-0', '2-0', '3-0', '4-0', '5-0']);
    expect(second.got).toEqual(first.got);
    expect(first.seen.readTo).toBe('5-0');
    expect(world.reads).toBe(3);
  });

  it('sends away who is behind it, and gives who is ahead only what is new to him', async () => {
    const { follow, settle, append } = setup();
    const first = follow('0-0');
    append(3);
    await settle();

    expect(follow('2-0').leave).toBeUndefined();
    const ahead = follow('4-0');
    append(2);
    await settle();

    expect(first.got).toHaveLength(5);
    expect(ahead.got).toEqual(['5-0']);
  });

  it('looks by itself after a while, should the doorbell be silent', async () => {
    const { follow, settle, world, clock } = setup();
    const { got } = follow('0-0');
    await settle();
    world.newest = 1;

    await clock.advance(1_999);
    expect(got).toEqual([]);
    await clock.advance(1);
    await settle();
    expect(got).toEqual(['1-0']);
  });

  it('goes on where it was after Redis was away', async () => {
    const { follow, settle, world, append, clock, problems } = setup();
    const { got } = follow('0-0');
    append(1);
    await settle();
    world.isAway = true;
    append(2);
    await settle();
    world.isAway = false;
    await clock.advance(2_000);
    await settle();

    expect(got).toEqual(['1-0', '2-0', '3-0']);
    expect(problems).toEqual(['event stream']);
  });

  it('tells who would miss something, and passes nothing on to him', async () => {
    const { follow, settle, world, append } = setup();
    const { got, seen, leave } = follow('0-0');
    world.oldest = 3;
    append(4);
    await settle();

    expect(seen.isLost).toBe(true);
    expect(got).toEqual([]);
    leave?.();
  });

  it('reads for nobody', async () => {
    const { follow, settle, world, append, clock, ring } = setup();
    const { leave } = follow('0-0');
    await settle();
    world.reads = 0;
    ring('globex');
    await settle();
    expect(world.reads).toBe(0);

    leave?.();
    append(1);
    await clock.advance(10_000);
    await settle();
    expect(world.reads).toBe(0);
  });

  it('shares its turn with others while it has many followers', async () => {
    const { follow, settle, append } = setup();
    const followers = Array.from({ length: 250 }, () => follow('0-0'));
    await settle();
    append(1);
    // In the midst of it one leaves and another joins.
    await new Promise((resolve) => setImmediate(resolve));
    followers[249]?.leave?.();
    await settle();
    append(1);
    await settle();

    expect(followers.slice(0, 249).every(({ got }) => got.join() === '1-0,2-0')).toBe(true);
  });
});
