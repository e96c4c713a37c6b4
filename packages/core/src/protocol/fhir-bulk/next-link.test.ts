import { describe, expect, it } from 'vitest';
import { nextLinkOf } from './next-link.js';

const base = 'https://ehr.example/jobs/1?page=1';
const next = (link: unknown) => nextLinkOf({ link }, base);

describe('nextLinkOf', () => {
  it.each([
    ['https://pages.example/2', 'https://pages.example/2'],
    ['2', 'https://ehr.example/jobs/2'],
    ['?page=2', 'https://ehr.example/jobs/1?page=2'],
  ])('finds %s', (url, absolute) => {
    expect(
      next([
        { relation: 'self', url: base },
        { relation: 'next', url },
      ]),
    ).toStrictEqual({
      kind: 'page',
      url: absolute,
    });
  });

  it.each([undefined, null, 'next', {}, [], [null, 7, 'next'], [{ relation: 'prev', url: '/1' }]])(
    'finds none in %j',
    (link) => {
      expect(next(link)).toStrictEqual({ kind: 'none' });
    },
  );

  it.each([undefined, 7, '', 'http://ehr.example/2', 'ftp://ehr.example/2', 'https://'])(
    'cannot use %j',
    (url) => {
      expect(next([{ relation: 'next', url }])).toStrictEqual({ kind: 'unusable' });
    },
  );
});
