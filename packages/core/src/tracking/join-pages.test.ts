import { describe, expect, it } from 'vitest';
import { without } from '../defined.js';
import type { CompletePages } from './decision.js';
import { joinPages } from './join-pages.js';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const page = (name: string) => bytes({ output: [{ url: name }] });
const last = { url: 'https://ehr.example/2', bytes: page('2') };
const pages: CompletePages = {
  next: 'complete-pages',
  collectedCount: 1,
  page: last,
  expiresAt: 5,
  expiryAssumed: true,
  anomalies: ['expires-unreadable'],
};
const textOf = (manifest: Uint8Array) => new TextDecoder().decode(manifest);

describe('joinPages', () => {
  it('makes one manifest of the pages, and keeps what else was decided', () => {
    const { manifest, summary, ...rest } = joinPages(pages, [page('1')]);

    expect(textOf(manifest)).toBe('{"output":[{"url":"1"},{"url":"2"}]}');
    expect(summary.outputCount).toBe(2);
    expect(rest).toStrictEqual({
      next: 'complete',
      page: last,
      expiresAt: 5,
      expiryAssumed: true,
      anomalies: ['expires-unreadable'],
    });
  });

  it('does without a last page', () => {
    const incomplete: CompletePages = {
      ...without(pages, 'page'),
      reason: 'manifest-incomplete',
      detail: 'gone',
    };

    expect(joinPages(incomplete, [page('1')])).toMatchObject({
      reason: 'manifest-incomplete',
      detail: 'gone',
      summary: { outputCount: 1 },
    });
  });

  it('says that pages got lost, unless more is known', () => {
    const lost = {
      reason: 'manifest-incomplete',
      detail: '1 pages were lost or could not be joined',
    };

    expect(joinPages(pages, [])).toMatchObject(lost);
    expect(joinPages({ ...pages, reason: 'manifest-incomplete', detail: 'x' }, [])).toMatchObject({
      detail: 'x',
    });
    expect(joinPages(pages, [page('1'), page('0')])).not.toHaveProperty('reason');
  });
});
