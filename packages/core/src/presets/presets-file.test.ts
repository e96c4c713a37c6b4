import { describe, expect, it } from 'vitest';
import { pointerTo } from '../faults.js';
import { protocols } from '../protocol/protocols.js';
import { builtInPresets } from './built-in-presets.js';
import { parsePresetsFile } from './presets-file.js';

const parse = (presets: unknown, rest: object = {}) =>
  parsePresetsFile(JSON.stringify({ presets, ...rest }));

/** Message by pointer, of a file that has no other. */
const faultsIn = (file: ReturnType<typeof parsePresetsFile>) =>
  Object.fromEntries(file.faults.map(({ path, message }) => [pointerTo(path), message]));

const statusOptions = { status: ['/state'], values: { Done: 'complete' } };

describe('a presets file', () => {
  it('gives each preset by its name, with the defaults of what it does not state', () => {
    const { presets, names, faults } = parse({
      lab: { title: 'The lab', retryAfter: { floorSeconds: 60 } },
      constructor: { title: 'A name like any other' },
    });

    expect(faults).toEqual([]);
    expect(names).toEqual(['lab', 'constructor']);
    expect(presets.get('lab')).toMatchObject({
      title: 'The lab',
      protocol: 'fhir-bulk',
      accept: 'application/fhir+json, application/json;q=0.9',
      retryAfter: { floorSeconds: 60 },
      gate: {},
    });
    expect(presets.get('lab')).not.toHaveProperty('options');
  });

  it('reads options as the protocol of the preset has them', () => {
    const { presets, faults } = parse({
      jobs: { title: 'Jobs', protocol: 'status-field', options: statusOptions },
    });

    expect(faults).toEqual([]);
    expect(presets.get('jobs')?.options).toEqual(
      protocols.get('status-field')?.options.parse(statusOptions),
    );
  });

  it('may be empty', () => {
    expect(parse({})).toEqual({ presets: new Map(), names: [], faults: [] });
  });
});

describe('a preset that extends a built-in one', () => {
  const generic = builtInPresets.get('generic');

  it('differs in what it states, member by member', () => {
    const { presets, faults } = parse({
      slow: { extends: 'generic', retryAfter: { floorSeconds: 60 } },
    });

    expect(faults).toEqual([]);
    expect(presets.get('slow')).toEqual({ ...generic, retryAfter: { floorSeconds: 60 } });
  });

  it('keeps limits and patience of the one that it extends, unless it states its own', () => {
    const { presets, faults } = parse({
      ours: { extends: 'epic', gate: { concurrency: 2, perSecond: 0.1 }, deadlineDays: 60 },
      eager: { extends: 'bcda', stallAfterHours: 0.5 },
    });

    expect(faults).toEqual([]);
    expect(presets.get('ours')).toMatchObject({
      gate: { concurrency: 2, perSecond: 0.1 },
      stallAfterHours: 336,
      deadlineDays: 60,
    });
    expect(presets.get('eager')).toMatchObject({ gate: { perSecond: 5 }, stallAfterHours: 0.5 });
  });

  it.each(Array.from(builtInPresets.keys()))('can extend %s', (name) => {
    const { presets, faults } = parse({ own: { extends: name, title: 'Ours' } });

    expect(faults).toEqual([]);
    expect(presets.get('own')).toMatchObject({ ...builtInPresets.get(name), title: 'Ours' });
  });

  it('is judged in what it states also where there is nothing to extend', () => {
    const base = { title: 'Base' };

    expect(
      faultsIn(
        parse({
          base,
          a: { extends: 'base', accept: '' },
          b: { extends: 'toString' },
          c: { extends: ['generic'] },
        }),
      ),
    ).toEqual({
      '/presets/a/extends': 'must be the name of a built-in preset',
      '/presets/a/accept': expect.any(String),
      '/presets/b/extends': 'must be the name of a built-in preset',
      '/presets/c/extends': 'must be the name of a built-in preset',
    });
  });
});

describe('a presets file that cannot be used', () => {
  it('is told with all its faults at once', () => {
    const { presets, names, faults } = parse(
      {
        fine: { title: 'Fine' },
        generic: { title: 'Another' },
        'No/name': { title: 'x' },
        bare: {},
        'is-text': 'text',
        'is-null': null,
        odd: { title: 'x', colour: 'red', headers: { 'X-Y': 'a\nb', Host: 'b' } },
        soap: { title: '', protocol: 'soap', options: {} },
        seven: { title: 'x', protocol: 7 },
        fhir: { title: 'x', options: statusOptions },
        field: { title: 'x', protocol: 'status-field' },
        pointers: {
          title: 7,
          protocol: 'status-field',
          options: { status: ['state'], values: { a: 'done' }, extra: 1 },
        },
        wait: { title: 'x', retryAfter: { floorSeconds: 60, ceilingSeconds: 30 } },
        gate: { title: 'x', gate: { concurrency: 0, perSecond: 0, burst: 1.5, rate: 1 } },
        limits: {
          title: 'x',
          retryAfter: { jobStatuses: [500] },
          stallAfterHours: 0,
          deadlineDays: -1,
        },
      },
      { more: 1 },
    );

    expect([...presets.keys()]).toEqual(['fine']);
    expect(names).toContain('soap');
    expect(faultsIn({ presets, faults })).toEqual({
      '/more': 'is not known',
      '/presets/generic': expect.stringContaining('built-in'),
      '/presets/No~1name': 'takes lower-case letters, digits and -',
      '/presets/bare/title': expect.any(String),
      '/presets/is-text': expect.any(String),
      '/presets/is-null': expect.any(String),
      '/presets/odd/colour': 'is not known',
      '/presets/odd/headers/X-Y': 'must be printable ASCII',
      '/presets/odd/headers/Host': 'is a header that the sender sets',
      '/presets/soap/title': expect.any(String),
      '/presets/soap/protocol': 'must be one of fhir-bulk, status-field',
      '/presets/seven/protocol': expect.any(String),
      '/presets/fhir/options': 'must be left out',
      '/presets/field/options': expect.any(String),
      '/presets/pointers/title': expect.any(String),
      '/presets/pointers/options/status/0': expect.stringContaining('JSON Pointer'),
      '/presets/pointers/options/values/a': expect.any(String),
      '/presets/pointers/options/extra': 'is not known',
      '/presets/wait/retryAfter/floorSeconds': 'must not be above ceilingSeconds',
      '/presets/gate/gate/concurrency': expect.any(String),
      '/presets/gate/gate/perSecond': expect.any(String),
      '/presets/gate/gate/burst': expect.any(String),
      '/presets/gate/gate/rate': 'is not known',
      '/presets/limits/retryAfter/jobStatuses/0': expect.any(String),
      '/presets/limits/stallAfterHours': expect.any(String),
      '/presets/limits/deadlineDays': expect.any(String),
    });
  });

  it('names no preset __proto__, which is a member like any other to JSON', () => {
    const file = parsePresetsFile('{"presets":{"__proto__":{"title":"x"}}}');

    expect(faultsIn(file)).toEqual({
      '/presets/__proto__': 'takes lower-case letters, digits and -',
    });
  });

  it.each(['', '{"presets": {', 'presets'])('is not quoted where it is not JSON (%#)', (text) => {
    const file = parsePresetsFile(text);

    expect(faultsIn(file)).toEqual({ '': 'is not valid JSON' });
    expect(file.names).toBeUndefined();
  });

  it.each(['[]', 'null', '{}', '{"presets":[]}'])('is told where it is %s', (text) => {
    expect(Object.keys(faultsIn(parsePresetsFile(text)))).toEqual(['']);
  });
});
