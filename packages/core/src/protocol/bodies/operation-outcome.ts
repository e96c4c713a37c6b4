import { defined } from '../../defined.js';
import { isJsonObject, type JsonObject, readJsonObject } from './json-object.js';
import { printableText } from './printable-text.js';

/** What an OperationOutcome says of the error it tells. */
export interface OperationOutcomeReading {
  /**
   * `transient`: every error in it heals by waiting. `final`: one of them does not. `ambiguous`: nothing it
   * holds tells which; servers send `exception` for dead exports and for passing faults alike.
   */
  readonly verdict: 'transient' | 'ambiguous' | 'final';
  /** False when all that it holds is information, warnings or success, or nothing. */
  readonly hasErrors: boolean;
  /** The first error in words: `details.text`, else `diagnostics`, else `code`; printable and bounded. */
  readonly text?: string;
  /** The codes of its errors. */
  readonly codes: readonly string[];
}

const bodyBytesMax = 256 * 1024;
const textLength = 300;

/** The codes under `transient` in FHIR's issue-type hierarchy, less `exception`, on which servers disagree. */
const transientCodes: ReadonlySet<unknown> = new Set([
  'transient',
  'lock-error',
  'no-store',
  'timeout',
  'incomplete',
  'throttled',
]);

/** Severities that tell of no error. Anything else, a missing severity included, is taken for one. */
const harmlessSeverities: ReadonlySet<unknown> = new Set(['success', 'information', 'warning']);

/**
 * Reads a body as a FHIR OperationOutcome in JSON, recognised by content and not by its declared type.
 * Undefined when it is none: another body, one that cannot be read, or one of more than 256 KiB.
 * Bulk Data Access IG, "Response - Error Status"; FHIR value set issue-type.
 */
export function readOperationOutcome(body: Uint8Array): OperationOutcomeReading | undefined {
  if (body.length > bodyBytesMax) return undefined;
  const json = readJsonObject(body);
  return json.kind === 'object' ? operationOutcomeOf(json.object) : undefined;
}

/** As `readOperationOutcome`, of a resource that has been parsed already; undefined when it is another one. */
export function operationOutcomeOf(resource: unknown): OperationOutcomeReading | undefined {
  if (!isJsonObject(resource) || resource.resourceType !== 'OperationOutcome') return undefined;
  const issues = Array.isArray(resource.issue) ? resource.issue.filter(isJsonObject) : [];
  const errors = issues.filter((issue) => !harmlessSeverities.has(issue.severity));
  const text = textOf(errors[0] ?? issues[0] ?? {});
  return {
    verdict: verdictOf(errors),
    hasErrors: errors.length > 0,
    codes: errors.flatMap(({ code }) => (typeof code === 'string' ? [code] : [])),
    ...defined({ text }),
  };
}

function verdictOf(errors: readonly JsonObject[]): OperationOutcomeReading['verdict'] {
  const verdicts = new Set(errors.map(({ code }) => verdictOfCode(code)));
  if (verdicts.has('final')) return 'final';
  return verdicts.has('ambiguous') || verdicts.size === 0 ? 'ambiguous' : 'transient';
}

function verdictOfCode(code: unknown): OperationOutcomeReading['verdict'] {
  if (transientCodes.has(code)) return 'transient';
  return typeof code !== 'string' || code === '' || code === 'exception' ? 'ambiguous' : 'final';
}

function textOf(issue: JsonObject): string | undefined {
  const { details, diagnostics, code } = issue;
  for (const text of [isJsonObject(details) && details.text, diagnostics, code]) {
    const printable = typeof text === 'string' ? printableText(text, textLength) : undefined;
    if (printable !== undefined) return printable;
  }
  return undefined;
}
