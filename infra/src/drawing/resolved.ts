/** What a reader sees and has chosen: the span of time, and a regular expression or a value for each variable. */
export interface View {
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two points. */
  readonly step: number;
  /** Seconds between two scrapes. */
  readonly scrapeInterval: number;
  /** By the name of the variable, as Grafana puts it into a query. */
  readonly choices: Readonly<Record<string, string>>;
}

/**
 * A query or a title with its variables replaced as Grafana does it: a rate covers four scrapes at least, and never less
 * than what is between two points and one scrape more. Throws for a variable that is not known.
 */
export function resolved(text: string, view: View): string {
  const { step, scrapeInterval } = view;
  const known: Readonly<Record<string, string>> = {
    ...view.choices,
    __rate_interval: `${Math.max(step + scrapeInterval, 4 * scrapeInterval)}s`,
    __interval: `${step}s`,
    __range: `${Math.ceil(view.to - view.from)}s`,
  };
  return text.replaceAll(/\$(\w+)|\$\{(\w+)\}/g, (all, bare?: string, braced?: string) => {
    const value = known[bare ?? braced ?? ''];
    if (value === undefined) throw new Error(`Nothing is known of the variable ${all}.`);
    return value;
  });
}
