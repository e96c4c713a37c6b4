export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly {
    readonly severity: 'fatal' | 'error' | 'warning' | 'information';
    readonly code: string;
    readonly details?: { readonly text: string };
  }[];
}

interface Issue {
  /** One of FHIR's IssueType codes, such as `not-found`, `exception` or `transient`. */
  readonly code: string;
  readonly severity?: OperationOutcome['issue'][number]['severity'];
  readonly text?: string;
}

/** A FHIR OperationOutcome with one issue, the body of every error that a provider explains. */
export function operationOutcome({ code, severity = 'error', text }: Issue): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: [{ severity, code, ...(text !== undefined && { details: { text } }) }],
  };
}
