import type { Manifest } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';
import { newEntriesOf } from './new-entries.js';

const file = (name: string | number) => ({ type: 'Patient', url: `https://files.example/${name}` });
const files = (count: number, name: (index: number) => string = String) =>
  Array.from({ length: count }, (_, index) => file(name(index)));

/** The manifests of the events, parsed. */
function partialsOf(manifest: Manifest, told?: Parameters<typeof newEntriesOf>[1]): Manifest[] {
  const { partials = [] } = newEntriesOf(manifest, told) ?? {};
  return partials.map((partial) => JSON.parse(partial) as Manifest);
}

/** The plain cases are in `fixtures/`, rows 11 and 15. */
describe('newEntriesOf', () => {
  it('tells of nothing where there is nothing new', () => {
    expect(newEntriesOf({ output: [] })).toBeUndefined();
    expect(newEntriesOf({})).toBeUndefined();
    expect(
      newEntriesOf({ output: files(2) }, { output: 2, deleted: 0, errors: 0 }),
    ).toBeUndefined();
  });

  it('goes by the place of an entry, in each list by itself', () => {
    const manifest = { output: files(3), deleted: files(1), error: files(2) };
    const told = { output: 2, deleted: 1, errors: 0 };

    expect(newEntriesOf(manifest, told)?.told).toStrictEqual({ output: 3, deleted: 1, errors: 2 });
    expect(partialsOf(manifest, told)).toStrictEqual([
      { output: [file(2)], deleted: [], error: files(2) },
    ]);
  });

  it('keeps what was told as told when a list gets shorter', () => {
    const news = newEntriesOf(
      { output: [], error: files(1) },
      { output: 5, deleted: 2, errors: 0 },
    );

    expect(news?.told).toStrictEqual({ output: 5, deleted: 2, errors: 1 });
  });

  it('says everything else that the manifest says, but for its link', () => {
    const others = {
      transactionTime: '2025-06-01',
      requiresAccessToken: 'true',
      extension: { a: 1 },
    };
    const link = [{ relation: 'next', url: '/2' }];

    expect(partialsOf({ ...others, output: files(1), link })).toStrictEqual([
      { ...others, output: files(1), error: [] },
    ]);
  });

  it('calls errors what the manifest calls them', () => {
    expect(partialsOf({ outcome: files(1) })).toStrictEqual([{ output: [], outcome: files(1) }]);
    expect(partialsOf({ error: files(1) })).toStrictEqual([{ output: [], error: files(1) }]);
  });

  it('leaves the rest to the next poll where there is more than one may tell', () => {
    const manifest = { output: files(30_000), error: files(5) };
    const { told, partials = [] } = newEntriesOf(manifest) ?? {};

    expect(partials).toHaveLength(16);
    expect(told?.output).toBeGreaterThan(10_000);
    expect(told?.errors).toBe(0);
    expect(partialsOf(manifest, told)[0]?.output?.[0]).toStrictEqual(file(told?.output ?? 0));
  });

  it('cuts what is too long for one event into several, in order and without a loss', () => {
    const manifest = { output: files(3_000), error: files(1_000, (index) => `e${index}`) };
    const news = newEntriesOf(manifest);
    const partials = partialsOf(manifest);

    expect(partials.length).toBeGreaterThan(2);
    expect(news?.partials.every((partial) => partial.length < 66 * 1024)).toBe(true);
    expect(partials.flatMap(({ output }) => output ?? [])).toStrictEqual(manifest.output);
    expect(partials.flatMap(({ error }) => error ?? [])).toStrictEqual(manifest.error);
  });

  it('leaves to the whole manifest what is too long for any event', () => {
    const long = 'x'.repeat(65 * 1024);
    const manifest = { extension: { long }, short: 1, output: [file(long), file(1)] };

    expect(partialsOf(manifest)).toStrictEqual([{ short: 1, output: [file(1)], error: [] }]);
    expect(newEntriesOf(manifest)?.told.output).toBe(2);
  });
});
