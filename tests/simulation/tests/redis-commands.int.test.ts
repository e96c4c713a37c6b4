import { argumentOf, replyOf, type Transition, textOf } from '@bulkwatch/simulation';
import { startRedis } from '@bulkwatch/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyType, commandKinds } from './equivalence/command-kinds.js';
import { isSameText } from './equivalence/differences.js';
import { Twin } from './equivalence/twin.js';
import { firstInstant } from './equivalence/twin-bench.js';

/** Whole, large, tiny and long fractions; ioredis rounds replies that are larger. */
const numbers = fc.oneof(
  fc.integer(),
  fc.integer({ min: -1e15, max: 1e15 }),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);

const kinds = Object.assign({}, anyType, ...Object.values(commandKinds)) as typeof anyType;

const transitions: Readonly<Record<string, Transition>> = {
  ...Object.fromEntries(
    Object.entries(kinds).map(([kind, { run }]): [string, Transition] => [
      kind,
      (redis, [key = ''], given) => [run(redis, key, given.map(String))].flat(),
    ]),
  ),
  number: (redis, [key = ''], [given]) => {
    const number = Number(given);
    redis.hset(key, 'argument', number, 'text', textOf(number));
    return [number];
  },
};

const numberLua = `local number = tonumber(ARGV[1])
redis.call('HSET', KEYS[1], 'argument', number, 'text', number .. '')
return { number }`;

let server: Awaited<ReturnType<typeof startRedis>>;
let twin: Twin;
let scripts: Readonly<Record<string, (...parameters: (string | number)[]) => Promise<unknown>>>;
beforeAll(async () => {
  server = await startRedis({ settings: { appendfsync: 'no', appendonly: 'no' } });
  twin = new Twin(server.url, firstInstant, transitions);
  for (const [kind, { lua }] of Object.entries(kinds)) {
    twin.redis.defineCommand(kind, { numberOfKeys: 1, lua });
  }
  twin.redis.defineCommand('number', { numberOfKeys: 1, lua: numberLua });
  scripts = twin.redis as unknown as typeof scripts;
});
afterAll(async () => {
  twin.close();
  await server.stop();
});

const seed = Number(process.env['FUZZ_SEED']);

/** A command for a key of its type, of which there are two each. */
const ofType = Object.entries(commandKinds).map(([type, table]) => {
  const key = fc.constantFrom(`${type}1`, `${type}2`);
  const of = (kindsOfKey: typeof anyType) =>
    Object.entries(kindsOfKey).map(([kind, { args }]) =>
      fc.record({ kind: fc.constant(kind), key, args }),
    );
  const calls = { weight: 12, arbitrary: fc.oneof(...of(table)) };
  return fc.oneof(calls, { weight: 1, arbitrary: fc.oneof(...of(anyType)) });
});

const passing = fc.record({ passMs: fc.integer({ min: -2_000, max: 40_000 }) });
const step = fc.oneof(
  { weight: 12, arbitrary: fc.oneof(...ofType) },
  { weight: 1, arbitrary: passing },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Counterexamples that were found once. */
const found: Step[][] = [
  // An end further before the beginning than the list is long.
  [
    { kind: 'LPUSH', key: 'list1', args: ['a'] },
    { kind: 'LPUSH', key: 'list1', args: ['a'] },
    { kind: 'LTRIM', key: 'list1', args: ['0', '-4'] },
  ],
];

describe('the commands of the key space', () => {
  it('do what those of Redis do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        await twin.clear(firstInstant);
        for (const one of steps) {
          if ('passMs' in one) twin.passTo(twin.now + one.passMs);
          else await scripts[one.kind]?.(`{bulkwatch}:${one.key}`, ...one.args);
        }
      }),
      { seed, numRuns: 100, examples: found.map((steps) => [steps]) },
    );
    expect([...twin.compared.keys()].sort()).toEqual(Object.keys(kinds).sort());
  });

  it('make of a number what Lua and Redis make of it', async () => {
    const key = '{bulkwatch}:number';
    await fc.assert(
      fc.asyncProperty(numbers, async (number) => {
        await twin.clear(firstInstant);
        const reply = await scripts['number']?.(key, argumentOf(number));
        const [argument, text] = await twin.redis.hmget(key, 'argument', 'text');

        expect(reply).toEqual([replyOf(number)]);
        expect(Number(argument)).toBe(number);
        expect(isSameText(text ?? '', textOf(number)), `${text} of ${number}`).toBe(true);
        // The last digit of others is a matter of Redis's version, and of how C rounds what is half-way.
        if (Number.isInteger(number) && Math.abs(number) < 1e14) {
          expect([argument, text]).toEqual([argumentOf(number), textOf(number)]);
        }
      }),
      { seed, numRuns: 300 },
    );
  });
});
