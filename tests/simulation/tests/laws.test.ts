import { describe, expect, it } from 'vitest';
import type { Transition } from '../src/transitions/transition.js';
import { transitions } from '../src/transitions/transitions.js';
import { shrink } from '../src/world/shrink.js';
import { toldWithNames } from '../src/world/tell-violation.js';
import { live } from '../src/world/world.js';

type Break = (sound: Transition) => Transition;

/** The transitions, with one of them broken. */
const withBroken = (name: string, breaks: Break): Readonly<Record<string, Transition>> => {
  const sound = transitions[name];
  if (!sound) throw new Error(`there is no transition ${name}`);
  return { ...transitions, [name]: breaks(sound) };
};

/** Does what it does, and then something more where it answered in that way. */
const andThen =
  (kind: string, more: (...call: Parameters<Transition>) => void): Break =>
  (sound) =>
  (...call) => {
    const reply = sound(...call);
    if (reply[0] === kind) more(...call);
    return reply;
  };

/** What a promise rests on, taken away; and words of the law that must notice, with seeds in which it has the chance. */
const broken: readonly (readonly [
  what: string,
  table: Readonly<Record<string, Transition>>,
  noticed: RegExp,
  /** Where it shows soon; if the worlds of the seeds change, it takes some more. */
  from?: number,
])[] = [
  [
    'a claim that writes nothing ahead',
    withBroken(
      'claim-poll',
      andThen('claimed', (redis, [job = '']) => redis.hset(job, 'notBefore', 0)),
    ),
    /claimed \d+ ms before it may be/,
  ],
  [
    'a result that is taken whatever its epoch',
    withBroken('apply-decision', (sound) => (redis, keys, args) => {
      const epoch = redis.hget(keys[0] ?? '', 'epoch') ?? '';
      return sound(redis, keys, [args[0] ?? '', epoch, ...args.slice(2)]);
    }),
    /dropped|stale|twice|before/,
    70,
  ],
  [
    'a settled job that stays due',
    withBroken(
      'apply-decision',
      andThen('settled', (redis, [, due = ''], [id]) => redis.zadd(due, 1, String(id))),
    ),
    /in the due index/,
  ],
  [
    'a wake-up that is never rescued',
    withBroken('rescue-job', () => () => ['fine']),
    /overdue|still (registered|in-progress)/,
    250,
  ],
  [
    'an event that is appended again',
    withBroken(
      'apply-decision',
      andThen('again', ({ space }, keys) => {
        const stream = space.find(keys[4] ?? '', 'stream');
        const [last] = stream?.entries.slice(-1) ?? [];
        if (last) stream?.entries.push({ ...last, id: `${last.id}0` });
      }),
    ),
    /twice/,
  ],
  [
    'a final state that changes',
    withBroken(
      'poll-now',
      andThen('settled', (redis, [job = '']) => redis.hset(job, 'state', 'in-progress')),
    ),
    /became in-progress/,
  ],
  [
    'an end that the export did not have',
    withBroken(
      'apply-decision',
      andThen('settled', (redis, [job = '']) => {
        if (redis.hget(job, 'state') === 'completed') redis.hset(job, 'state', 'failed');
      }),
    ),
    /^failed .*, though its export (complete|pages)/,
  ],
  [
    'a registration that makes a job each time',
    withBroken('register', (sound) => (redis, keys, args) => {
      redis.del(keys[1] ?? '');
      return sound(redis, keys, args);
    }),
    /twice|is tracked \d+ times/,
    15,
  ],
  [
    'a token in clear',
    withBroken('register', (sound) => (redis, keys, args) => {
      const reply = sound(redis, keys, args);
      redis.hset(keys[0] ?? '', 'note', 'secret-1-1');
      return reply;
    }),
    /in clear/,
  ],
];

const seedsMax = 400;

describe('the law of worlds', () => {
  const rows = broken.map(([what, table, noticed, from = 1]) => ({ what, table, noticed, from }));

  it.each(rows)('notices $what', async ({ table, noticed, from }) => {
    let violation: string | undefined;
    for (let seed = from; seed < from + seedsMax && violation === undefined; seed += 1)
      violation = (await live(seed, { table })).violation?.what;
    expect(violation).toMatch(noticed);
  });

  it('notices nothing where nothing is broken, alike each time', async () => {
    const [once, again] = [await live(19, { isTold: true }), await live(19, { isTold: true })];
    expect(once.violation).toBeUndefined();
    expect(withoutNonces(once.story)).toEqual(withoutNonces(again.story));
    expect(once.story.length).toBeGreaterThan(20);
  });

  it('shrinks a world that breaks a promise to what it takes', async () => {
    const [, table] = broken.find(([what]) => what === 'a settled job that stays due') ?? [];
    const small = await shrink(1, table && { table });
    expect(small?.outcome.violation?.what).toMatch(/in the due index/);
    expect(small?.outcome.faults).toEqual([]);
    expect(small?.jobsMax).toBeLessThan(8);
  });
});

/** Ids in their order, and no other: those of nonces and the first words of events are new each time. */
const withoutNonces = (lines: readonly string[]): readonly string[] =>
  toldWithNames(lines).map((line) => line.replace(/\{"specversion.*? ->/, '->'));
