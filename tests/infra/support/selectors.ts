/** A metric as an expression names it, and what the expression wants of its labels. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly values: readonly string[] }[];
}

const metricPattern = /\b((?:bulkwatch|nodejs|process)_\w+)\s*(?:\{([^}]*)\})?/g;
const matcherPattern = /(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g;

/** Metrics of our processes that a PromQL expression asks for. `up` and `ALERTS` are Prometheus's own. */
export function selectorsOf(expr: string): Selector[] {
  return [...expr.matchAll(metricPattern)].map(([, metric = '', braces = '']) => ({
    metric,
    matchers: [...braces.matchAll(matcherPattern)].map(([, label = '', text = '']) => ({
      label,
      values: text.split('|'),
    })),
  }));
}

/** Labels that an expression groups by. */
export function groupingLabelsOf(expr: string): string[] {
  return [...expr.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  );
}
