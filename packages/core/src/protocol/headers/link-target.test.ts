import { describe, expect, it } from 'vitest';
import { linkTarget } from './link-target.js';

const base = 'https://ehr.example/jobs/1';

describe('linkTarget', () => {
  it.each([
    ['/a#b', 'https://ehr.example/a'],
    ['  2 ', 'https://ehr.example/jobs/2'],
    ['https://other.example', 'https://other.example/'],
    ['?page=2', 'https://ehr.example/jobs/1?page=2'],
  ])('takes %j for %s', (reference, target) => {
    expect(linkTarget(reference, base)).toBe(target);
  });

  it.each([
    '',
    '   ',
    'http://ehr.example/',
    'ftp://ehr.example/',
    'https://user@ehr.example/',
    'https://:secret@ehr.example/',
    'https://user:secret@ehr.example/',
    'https://',
  ])('takes %j for none', (reference) => {
    expect(linkTarget(reference, base)).toBeUndefined();
  });

  it('goes from http to either', () => {
    expect(linkTarget('http://b.example/', 'http://a.example/')).toBe('http://b.example/');
    expect(linkTarget('https://b.example/', 'http://a.example/')).toBe('https://b.example/');
  });

  it('takes 2048 characters and no more', () => {
    const ofLength = (length: number) => `https://a.example/${'x'.repeat(length - 18)}`;

    expect(linkTarget(ofLength(2048), base)).toHaveLength(2048);
    expect(linkTarget(ofLength(2049), base)).toBeUndefined();
  });
});
