import { describe, expect, it } from 'vitest';
import { filesAt, type HouseFile, offences, sources } from './house-files.js';
import { withoutComments } from './read-code.js';

interface Habit {
  readonly name: string;
  readonly pattern: RegExp;
  /** Where it is at home; elsewhere it is an offence. */
  readonly except?: RegExp;
  readonly sample: string;
}

/** What code that runs in production must not do, comments aside. */
const sourceHabits: readonly Habit[] = [
  {
    name: 'reads the environment outside of a main',
    pattern: /\bprocess\.env\b/,
    except: /^(services\/[^/]+|packages\/(simulator|cli))\/src\/main\.ts$/,
    sample: 'const level = process.env.LEVEL;',
  },
  {
    name: 'ends the process or listens to signals outside of the lifecycle and the mains',
    pattern: /\bprocess\.(exit|once|on)\(/,
    except:
      /^(packages\/runtime\/src\/lifecycle[^/]*|(services\/[^/]+|packages\/(simulator|cli))\/src\/main)\.ts$/,
    sample: "process.on('SIGTERM', stop);",
  },
  {
    name: 'writes to the console',
    pattern: /\bconsole\.\w+/,
    except: /^packages\/simulator\/src\/main\.ts$/,
    sample: "console.log('here');",
  },
  {
    name: 'opens a connection with the global fetch',
    pattern: /(?<![.\w])fetch\(/,
    except: /^packages\/egress\//,
    sample: 'await fetch(url);',
  },
  {
    name: 'compares what is secret in a time that tells of it, instead of by timingSafeEqual',
    pattern: /\.equals\(|\bdigest\s*[!=]==/,
    // Two files of keys are compared there, both of the operator.
    except: /^packages\/store\/src\/seal-keys\.ts$/,
    sample: 'if (digest.equals(key.digest)) letIn();',
  },
  {
    name: 'has a default export',
    pattern: /^export default\b/m,
    sample: 'export default {};',
  },
];

/** `core` is given its time and its dice. */
const coreHabits: readonly Habit[] = [
  { name: 'reads the clock', pattern: /\bDate\.now\b/, sample: 'Date.now()' },
  { name: 'makes a date of now', pattern: /\bnew Date\(\s*\)/, sample: 'new Date()' },
  { name: 'calls Date for the time', pattern: /(?<!new )\bDate\(/, sample: 'Date()' },
  { name: 'rolls dice', pattern: /\bMath\.random\b/, sample: 'Math.random()' },
  { name: 'waits', pattern: /\bset(Timeout|Interval|Immediate)\b/, sample: 'setTimeout(f, 1)' },
  { name: 'touches the process', pattern: /\bprocess\b\./, sample: 'process.pid' },
  { name: 'measures time', pattern: /\bperformance\./, sample: 'performance.now()' },
];

/** What no code of the house holds, tests and scripts included. */
const leftovers: readonly Habit[] = [
  { name: 'an errand left undone', pattern: /\b(TODO|FIXME|XXX)\b/, sample: '// TODO later' },
  { name: 'a test left out', pattern: /\.(only|skip|todo|fails)\(/, sample: "it.only('x')" },
  { name: 'a silenced compiler', pattern: /@ts-(ignore|nocheck)/, sample: '// @ts-ignore' },
  { name: 'an escape to any', pattern: /\bas any\b(?! \w)/, sample: 'value as any' },
  { name: 'a mocked module', pattern: /\bvi\.(do)?[mM]ock\(/, sample: "vi.mock('undici')" },
];

/** All but this file, which has to name what it forbids. */
const code = filesAt(/^(?!tests\/house\/habits).*\.(ts|mjs)$/);

function breaking(habit: Habit, files: readonly HouseFile[]): string[] {
  return files
    .filter(({ path }) => !habit.except?.test(path))
    .flatMap((file) => offences(file, habit.pattern));
}

describe('no source file', () => {
  it.each(sourceHabits)('$name', (habit) => {
    expect(breaking(habit, sources.map(withoutComments))).toEqual([]);
  });
});

describe('no file of core', () => {
  const core = sources.filter(({ path }) => path.startsWith('packages/core/'));

  it.each(coreHabits)('$name', (habit) => {
    expect(core.length).toBeGreaterThan(5);
    expect(breaking(habit, core.map(withoutComments))).toEqual([]);
  });
});

describe('no code holds', () => {
  it.each(leftovers)('$name', (habit) => {
    expect(code.length).toBeGreaterThan(100);
    expect(breaking(habit, code)).toEqual([]);
  });
});

it.each([...sourceHabits, ...coreHabits, ...leftovers])('would be seen: $name', (habit) => {
  expect(
    offences({ path: 'packages/core/src/sample.ts', text: habit.sample }, habit.pattern),
  ).toHaveLength(1);
});
