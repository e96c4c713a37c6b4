import { describe, expect, it } from 'vitest';
import { builtInPresets, genericPreset } from './built-in-presets.js';
import { createPresetBook } from './preset-book.js';

const lab = { ...genericPreset, title: 'The lab' };
const own = new Map([['lab', lab]]);

describe('a preset book', () => {
  it('finds the built-in presets and the users’ own', () => {
    const book = createPresetBook({ own, byOrigin: new Map() });

    expect(book.find('lab')).toBe(lab);
    expect(book.find('generic')).toEqual(genericPreset);
    expect(book.find('constructor')).toBeUndefined();
    expect(book.names()).toEqual([...builtInPresets.keys(), 'lab']);
  });

  it('gives an origin what the settings say, and else the generic one', () => {
    const byOrigin = new Map([
      ['https://a.example', 'lab'],
      ['https://b.example', 'generic'],
    ]);
    const book = createPresetBook({ own, byOrigin });

    expect(book.ofOrigin('https://a.example')).toBe(lab);
    expect(book.ofOrigin('https://b.example')).toEqual(genericPreset);
    expect(book.ofOrigin('https://c.example')).toEqual(genericPreset);
  });

  it('is not made where an origin is given a preset that is not there', () => {
    const byOrigin = new Map([['https://a.example', 'nobody']]);

    expect(() => createPresetBook({ own, byOrigin })).toThrow('there is no preset nobody');
  });
});
