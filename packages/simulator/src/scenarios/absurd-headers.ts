import type { ExportStep } from '../export-step.js';
import { family, type ScenarioEnd } from './scenario.js';
import { complete, running } from './steps.js';

type Headers = NonNullable<ExportStep['headers']>;
const completes: ScenarioEnd = { state: 'completed', outputCount: 2 };
/** What they ask for is longer than anybody looks. */
const waits: ScenarioEnd = { state: 'open' };

interface WaitRow {
  /** The headers that ask for so many seconds, or for something that cannot be had. */
  readonly headers: (seconds: number) => Headers;
  readonly ends?: ScenarioEnd;
}

const retryAfter = (value: (seconds: number) => string | string[]): WaitRow => ({
  headers: (seconds) => ({ 'Retry-After': value(seconds) }),
});

/** Retry-After in every form that servers write, and some that none should. */
const waitsAsked = {
  zero: retryAfter(() => '0'),
  fraction: retryAfter((seconds) => `${seconds}.5`),
  date: retryAfter((seconds) => `{{now+${seconds}}}`),
  'date-past': retryAfter(() => '{{now-3600}}'),
  rfc850: retryAfter((seconds) => `{{rfc850+${seconds}}}`),
  asctime: retryAfter((seconds) => `{{asctime+${seconds}}}`),
  'epoch-seconds': retryAfter((seconds) => `{{epoch+${seconds}}}`),
  'epoch-milliseconds': retryAfter((seconds) => `{{epochMs+${seconds}}}`),
  'epoch-past': retryAfter(() => '{{epoch-60}}'),
  repeated: retryAfter((seconds) => ['0', `${seconds}`]),
  list: retryAfter((seconds) => `${seconds}, 0`),
  text: retryAfter(() => 'in a while'),
  empty: retryAfter(() => ''),
  negative: retryAfter(() => '-5'),
  exponent: retryAfter(() => '1e3'),
  hexadecimal: retryAfter(() => '0x10'),
  'another-name': { headers: (seconds) => ({ 'X-RetryAfter': `${seconds}` }) },
  milliseconds: { headers: (seconds) => ({ 'x-ms-retry-after-ms': `${seconds * 1_000}` }) },
  overflowing: { ...retryAfter(() => '9'.repeat(400)), ends: waits },
  'year-9999': { ...retryAfter(() => 'Fri, 31 Dec 9999 23:59:59 GMT'), ends: waits },
  'without-date': {
    headers: (seconds) => ({ 'Retry-After': `{{now+${seconds}}}`, Date: null }),
  },
  'clock-behind': {
    headers: (seconds) => ({
      'Retry-After': `{{now${signed(seconds - 7_200)}}}`,
      Date: '{{now-7200}}',
    }),
  },
  'bad-date': { headers: (seconds) => ({ 'Retry-After': `${seconds}`, Date: 'yesterday' }) },
} as const satisfies Record<string, WaitRow>;

/** Expires in every form of section 5.6.7 of RFC 9110 and beyond it. */
const expiries = {
  zero: '0',
  'minus-one': '-1',
  garbage: 'EXAMPLE_EXPIRATION_DATE',
  past: '{{now-3600}}',
  rfc850: '{{rfc850+86400}}',
  asctime: '{{asctime+86400}}',
  iso: '{{iso+86400}}',
  go: '{{goTime+86400}}',
  'year-9999': 'Fri, 31 Dec 9999 23:59:59 GMT',
  twice: ['{{now+86400}}', '0'],
} as const satisfies Record<string, string | readonly string[]>;

/** X-Progress of two polls in a row. */
const progresses = {
  backwards: ['80%', '20%'],
  frozen: ['50%', '50%'],
  'hundred-and-not-done': ['100%', '100%'],
  'beyond-hundred': ['4200%', '-7%'],
  'number-alone': ['Step 3 of 2026', '42'],
  long: ['x'.repeat(5_000), '9'.repeat(5_000)],
  strange: ['<script>alert(1)</script>', '${jndi:ldap://127.0.0.1/x} %s%n \u00e4\u00ff\t'],
  repeated: [
    ['10%', '20%'],
    ['30%', '40%'],
  ],
} as const satisfies Record<string, readonly [Progress, Progress]>;
type Progress = string | readonly string[];

const signed = (seconds: number): string => (seconds < 0 ? `${seconds}` : `+${seconds}`);

/** Header fields in words, cut short. */
function told(headers: Headers): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === null ? `no ${name}` : [value].flat().map((one) => `\`${name}: ${cut(one)}\``),
  );
  return lines.join(' and ');
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 12)}…` : text.trim());

export const absurdHeaders = {
  ...family('retry-after', waitsAsked, ({ headers, ends = completes }: WaitRow) => ({
    plays: 'generic',
    tells: `Between polls: ${told(headers(10))}.`,
    script: ({ retryAfterSeconds = 10 } = {}) => ({
      steps: [running({ headers: headers(retryAfterSeconds) }), complete()],
    }),
    ends,
  })),
  ...family('expires', expiries, (value) => ({
    plays: 'generic',
    tells: `With the manifest: ${told({ Expires: [value].flat() })}.`,
    script: () => ({
      steps: [complete({ headers: { Expires: [value].flat() } })],
    }),
    ends: completes,
  })),
  ...family('progress', progresses, (texts) => ({
    plays: 'generic',
    tells: `Two polls with ${texts.map((text) => told({ 'X-Progress': [text].flat() })).join(', then ')}.`,
    script: ({ retryAfterSeconds = 10 } = {}) => ({
      steps: [
        ...texts.map((text) =>
          running({
            retryAfterSeconds,
            headers: { 'X-Progress': [text].flat() },
          }),
        ),
        complete(),
      ],
    }),
    ends: completes,
  })),
};
