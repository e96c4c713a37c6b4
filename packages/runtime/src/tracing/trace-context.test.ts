import { expect, it } from 'vitest';
import { readTraceContext } from './trace-context.js';

const ids = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

it.each([
  [`00-${ids}-01`, `00-${ids}-01`],
  [`00-${ids}-00`, `00-${ids}-00`],
  [`cc-${ids}-01-what-the-future-will-be-like`, `00-${ids}-01`],
  [`cc-${ids}-01`, `00-${ids}-01`],
])('takes the traceparent %s', (text, traceparent) => {
  expect(readTraceContext(text)).toEqual({ traceparent });
});

it.each([
  undefined,
  '',
  `ff-${ids}-01`,
  `00-${ids}-01-more`,
  `00-${ids}-01 `,
  `00-${ids.toUpperCase()}-01`,
  `00-${ids}`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
  `cc-${ids}-01.x`,
  `00-${ids}-01, 00-${ids}-01`,
  `00-${ids}-01\r\nX-Header: x`,
  `cc-${ids}-01-${'x'.repeat(600)}`,
  ['00'],
])('takes %j for none', (text) => {
  expect(readTraceContext(text, 'a=b')).toBeUndefined();
});

it.each(['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', 'fw529a3039@dt=FfFf', 'a=b, ,c=d', 'a= b'])(
  'passes on the tracestate %s',
  (tracestate) => {
    expect(readTraceContext(`00-${ids}-01`, tracestate)?.tracestate).toBe(tracestate);
  },
);

it.each([
  '',
  ' ',
  'A=b',
  'a',
  'a=b=c',
  'a=',
  'a=b\r\nX: y',
  'é=b',
  `a=${'b'.repeat(511)}`,
  'a=b,'.repeat(33),
])('leaves out the tracestate %j', (tracestate) => {
  expect(readTraceContext(`00-${ids}-01`, tracestate)).toEqual({ traceparent: `00-${ids}-01` });
});
