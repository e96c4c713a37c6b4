import { describe, expect, it } from 'vitest';
import { mergePages } from './merge-pages.js';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const merge = (...pages: unknown[]) => {
  const { manifest, summary } = mergePages(pages.map(bytes));
  return { merged: JSON.parse(new TextDecoder().decode(manifest)) as object, summary, manifest };
};
const file = (name: string) => ({ type: 'Patient', url: `https://files.example/${name}` });

describe('mergePages', () => {
  it('takes the members of the first page, and strings the files together', () => {
    const { merged, summary, manifest } = merge(
      { transactionTime: '2025-06-01', extension: [], output: [file('1')], link: [{}] },
      { transactionTime: '2025-06-02', output: [file('2')], deleted: [file('d')] },
    );

    expect(merged).toStrictEqual({
      transactionTime: '2025-06-01',
      extension: [],
      output: [file('1'), file('2')],
      deleted: [file('d')],
    });
    expect(summary).toStrictEqual({
      outputCount: 2,
      errorCount: 0,
      transactionTime: '2025-06-01',
      bytes: manifest.length,
    });
  });

  it('keeps files that are listed twice, but errors that every page repeats once', () => {
    const { merged, summary } = merge(
      { output: [file('1')], error: [file('e'), file('f')] },
      { output: [file('1')], error: [file('e'), file('g'), 7, 7] },
    );

    expect(merged).toStrictEqual({
      output: [file('1'), file('1')],
      error: [file('e'), file('f'), file('g'), 7],
    });
    expect(summary).toMatchObject({ outputCount: 2, errorCount: 4 });
  });

  it('takes a repeated error for the same one by its URL, else by all that it says', () => {
    const error = [{ url: 'e', count: 1 }, { note: 1 }, { url: 7 }];
    const again = [{ url: 'e', count: 2 }, { note: 1 }, { note: 2 }, { url: 7 }];

    expect(merge({ error }, { error: again }).merged).toMatchObject({
      error: [{ url: 'e', count: 2 }, { note: 1 }, { url: 7 }, { note: 2 }],
    });
  });

  it('calls errors what the pages call them', () => {
    expect(merge({ outcome: [file('e')] }, { outcome: [file('e')] }).merged).toStrictEqual({
      output: [],
      outcome: [file('e')],
    });
  });

  it('reads lists that are missing, null or no lists as empty ones', () => {
    expect(merge({ output: null, error: null }, {}, { output: 'x' }).merged).toStrictEqual({
      output: [],
      error: [],
    });
  });

  it('leaves out what is no page', () => {
    const { manifest, summary } = mergePages([new Uint8Array([0xff]), bytes({ output: [{}] })]);

    expect(new TextDecoder().decode(manifest)).toBe('{"output":[{}]}');
    expect(summary.outputCount).toBe(1);
    expect(merge().merged).toStrictEqual({ output: [] });
  });
});
