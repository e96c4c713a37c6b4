import { describe, expect, it } from 'vitest';
import { checkCallers } from '../src/checkers/check-callers.js';
import { checkLists } from '../src/checkers/check-lists.js';
import { checkSubscribers } from '../src/checkers/check-subscribers.js';
import { checkZombies } from '../src/checkers/check-zombies.js';
import { measureRecovery } from '../src/checkers/measure-recovery.js';
import { createSecretScan } from '../src/evidence/secret-scan.js';
import { accepted, event, forgeDump, forgeHistory, job, seen, tried } from './forge.js';

describe('zombies', () => {
  it('are none where all is settled and listed once', () => {
    expect(checkZombies(forgeDump([job('a')])).violations).toEqual([]);
  });

  it.each([
    ['an open job', forgeDump([job('a', { state: 'in-progress' })])],
    ['a settled job that is due', forgeDump([job('a')], [], { due: ['job-a'] })],
    [
      'a settled job that is woken up',
      forgeDump([job('a')], [], { engine: { awake: ['job-a'], asleep: [] } }),
    ],
    [
      'a job in the list of another state',
      forgeDump([job('a')], [], { indexed: [{ jobId: 'job-a', state: 'failed' }] }),
    ],
    ['a job in no list', forgeDump([job('a')], [], { indexed: [] })],
    [
      'what is listed and not there',
      forgeDump([], [], { indexed: [{ jobId: 'x', state: 'failed' }] }),
    ],
    ['a count that forgot to go down', forgeDump([job('a')], [], { openJobs: { 'http://a': 1 } })],
  ])('are seen: %s', (_, dump) => {
    expect(checkZombies(dump).violations).toMatchObject([{ figure: 'zombies' }]);
  });
});

describe('subscribers', () => {
  const dump = forgeDump(
    [job('a'), job('b', { tenant: 'acme' })],
    [event('a', 'registered'), event('a'), event('b')],
  );
  const view = { name: 'one', tenant: 'default', keepsOrder: true };
  const check = (...ids: string[]) =>
    checkSubscribers(
      [{ ...view, seen: ids.map((id) => ({ id, type: id, subject: 'job-a' })) }],
      dump,
    ).violations.map(({ figure }) => figure);

  it('may see everything once, or again', () => {
    expect(check('a.registered', 'a.completed')).toEqual([]);
    expect(check('a.registered', 'a.completed', 'a.registered')).toEqual([]);
    expect(check('a.completed')).toEqual([]);
  });

  it('must see each final event', () => {
    expect(check('a.registered')).toEqual(['unseen']);
  });

  it('must see nothing of another tenant, and nothing that was never told', () => {
    expect(check('a.completed', 'b.completed')).toEqual(['foreign']);
    expect(check('a.completed', 'never')).toEqual(['foreign']);
  });

  it('must see what happened first, first', () => {
    expect(check('a.completed', 'a.registered')).toEqual(['disordered']);
  });
});

it('a job that a list lacks is told', () => {
  const value = { expected: 3, listed: 2, missing: ['a'] };
  const { violations, chances } = checkLists(
    forgeHistory([{ who: 'lister', op: 'list', type: 'fail', key: 'acme', value }]),
  );

  expect(violations).toMatchObject([{ figure: 'unlisted', exportId: 'a' }]);
  expect(chances).toEqual({ unlisted: 3 });
});

it('recovery is measured from the healing to the next poll, or the next job accepted', () => {
  const fault = (op: string, name: string, t: number) =>
    ({
      who: 'nemesis',
      op,
      type: 'ok',
      key: name,
      t,
      value: { name, row: 'B1', kind: 'redis' },
    }) as const;
  const history = forgeHistory([
    fault('inject', 'redis-killed', 100),
    fault('heal', 'redis-killed', 1_000),
    fault('heal', 'api-killed', 1_000),
    seen({ at: 900, endedAt: 950 }),
    seen({ at: 1_200, endedAt: 1_250 }),
    { ...tried('a'), t: 900 },
    { ...accepted('a'), t: 1_700 },
  ]);

  expect(measureRecovery(history)).toEqual({
    'redis-killed': { count: 1, medianMs: 250, worstMs: 250 },
    'api-killed': { count: 1, medianMs: 700, worstMs: 700 },
  });
});

it('a secret is seen in whatever it was written, and told by its name alone', () => {
  const value = 'canary-4711-abcdefgh';
  const scan = createSecretScan([{ name: 'a token', value }]);
  scan.look('logs', 'log of api', `x${Buffer.from(`id:${value}`).toString('base64')}`);
  scan.look('metrics', 'metrics', 'nothing');

  const { violations, chances } = scan.finding();
  expect(violations[0]).toEqual({ figure: 'secretsSeen', what: 'a token, base64, in log of api' });
  expect(JSON.stringify(violations)).not.toContain('4711');
  expect(chances).toMatchObject({
    'secretsSeen in metrics, characters': 7,
    'secretsSeen in redis, characters': 0,
  });
});

describe('hostile callers', () => {
  const flood = { name: 'api-flood', row: 'E7', kind: 'api' };
  const begun = {
    who: 'nemesis',
    op: 'inject',
    type: 'ok',
    key: 'api-flood#1',
    value: flood,
  } as const;
  const answer = { who: 'harness', op: 'answer', type: 'ok', key: 'api-flood' } as const;

  it('may complain of every answer that they got', () => {
    expect(checkCallers(forgeHistory([begun, answer, answer])).chances).toEqual({ complaints: 2 });
    expect(checkCallers(forgeHistory([begun])).chances).toEqual({ complaints: 0 });
    expect(checkCallers(forgeHistory([])).chances).toEqual({});
  });

  it('are heard', () => {
    const complaint = { ...answer, op: 'complaint', type: 'fail', key: 'a stack' } as const;

    expect(checkCallers(forgeHistory([complaint])).violations).toEqual([
      { figure: 'complaints', what: 'a stack' },
    ]);
  });
});
