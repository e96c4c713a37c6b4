import { describe, expect, it } from 'vitest';
import { readOperationOutcome } from './operation-outcome.js';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const outcome = (...issue: unknown[]): Uint8Array =>
  bytes({ resourceType: 'OperationOutcome', issue });

describe('readOperationOutcome', () => {
  it.each(['transient', 'lock-error', 'no-store', 'timeout', 'incomplete', 'throttled'])(
    'takes %s for transient',
    (code) => {
      expect(readOperationOutcome(outcome({ severity: 'error', code }))?.verdict).toBe('transient');
    },
  );

  it.each([
    ['exception', { severity: 'fatal', code: 'exception' }],
    ['no code', { severity: 'error' }],
    ['an empty code', { severity: 'error', code: '' }],
    ['a code that is no text', { severity: 'error', code: 7 }],
    ['no error at all', { severity: 'warning', code: 'processing' }],
  ])('takes %s for ambiguous', (_what, issue) => {
    expect(readOperationOutcome(outcome(issue))?.verdict).toBe('ambiguous');
  });

  it.each(['processing', 'not-found', 'deleted', 'business-rule', 'too-costly', 'made-up'])(
    'takes %s for final',
    (code) => {
      expect(readOperationOutcome(outcome({ severity: 'error', code }))?.verdict).toBe('final');
    },
  );

  it.each([
    ['fatal', true],
    ['error', true],
    [undefined, true],
    ['warning', false],
    ['information', false],
    ['success', false],
  ])('says of the severity %s whether it is an error', (severity, hasErrors) => {
    expect(readOperationOutcome(outcome({ severity, code: 'x' }))?.hasErrors).toBe(hasErrors);
  });

  it('is transient only when every error is', () => {
    const transient = { severity: 'error', code: 'timeout' };
    const verdict = (...issues: unknown[]) => readOperationOutcome(outcome(...issues))?.verdict;

    expect(verdict(transient, { severity: 'fatal', code: 'exception' })).toBe('ambiguous');
    expect(verdict(transient, { code: 'processing' })).toBe('final');
    expect(verdict(transient, { severity: 'warning', code: 'processing' })).toBe('transient');
  });

  it.each([
    ['details.text', { details: { text: 'A' }, diagnostics: 'B', code: 'exception' }, 'A'],
    ['diagnostics', { details: { text: ' \u0000' }, diagnostics: 'B', code: 'exception' }, 'B'],
    ['code', { details: 'A', diagnostics: {}, code: 'exception' }, 'exception'],
    ['nothing', {}, undefined],
  ])('tells the error in the words of %s', (_what, issue, text) => {
    expect(readOperationOutcome(outcome(issue))?.text).toBe(text);
  });

  it('tells of the first error rather than of a warning before it', () => {
    const warning = { severity: 'warning', diagnostics: 'Careful' };
    const error = { severity: 'error', code: 'exception', diagnostics: 'Broken' };

    expect(readOperationOutcome(outcome(warning, error))?.text).toBe('Broken');
    expect(readOperationOutcome(outcome(warning))?.text).toBe('Careful');
  });

  it('keeps at most 300 printable characters of the text', () => {
    const diagnostics = `line\nline ${'x'.repeat(5000)}`;

    expect(readOperationOutcome(outcome({ diagnostics }))?.text).toBe(
      `line line ${'x'.repeat(290)}`,
    );
  });

  it.each([
    ['without issues', { resourceType: 'OperationOutcome' }],
    ['with issues that are no list', { resourceType: 'OperationOutcome', issue: {} }],
    ['with issues that are no objects', { resourceType: 'OperationOutcome', issue: [null, 1, []] }],
  ])('takes one %s for ambiguous and silent', (_what, value) => {
    expect(readOperationOutcome(bytes(value))).toStrictEqual({
      verdict: 'ambiguous',
      hasErrors: false,
      codes: [],
    });
  });

  it.each([
    ['another resource', bytes({ resourceType: 'Bundle' })],
    ['a manifest', bytes({ output: [] })],
    ['plain text', new TextEncoder().encode('Not found')],
    ['nothing', new Uint8Array()],
    ['one of more than 256 KiB', outcome({ diagnostics: 'x'.repeat(256 * 1024) })],
  ])('does not recognise %s', (_what, body) => {
    expect(readOperationOutcome(body)).toBeUndefined();
  });
});
