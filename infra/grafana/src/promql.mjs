/** Expressions of PromQL that every dashboard needs. Counters and histograms are summed over all processes. */

/** Per-second rate of a counter, by `labels` if given. */
export function rate(counter, labels) {
  const by = labels === undefined ? '' : ` by (${labels})`;
  return `sum${by} (rate(${counter}[$__rate_interval]))`;
}

/** Quantile of a histogram, by `labels` if given. Not a number where nothing was observed. */
export function quantile(share, histogram, labels) {
  const by = labels === undefined ? 'le' : `le, ${labels}`;
  return `histogram_quantile(${share}, sum by (${by}) (rate(${histogram}_bucket[$__rate_interval])))`;
}
