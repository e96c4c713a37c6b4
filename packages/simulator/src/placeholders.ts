import type { SimulatedExport } from './export-book.js';

/** What placeholders are expanded from: the export that answers, and the instant (epoch ms). */
export interface PlaceholderSource {
  readonly found: Pick<SimulatedExport, 'statusUrl' | 'otherOrigin'>;
  readonly now: number;
}

/**
 * Fills in what a script cannot know beforehand: `{{origin}}`, `{{otherOrigin}}`, `{{statusUrl}}`,
 * `{{page:NAME}}` with `:relative` or `:other` behind it, and instants such as `{{now+60}}` or `{{iso-5}}`,
 * so many seconds from the answer. What is no placeholder stays as it is.
 */
export function expandPlaceholders(text: string, source: PlaceholderSource): string {
  return text.replaceAll(anyPlaceholder, (whole, inner: string) => valueOf(inner, source) ?? whole);
}

/** The placeholders of a text that will not be expanded: misspelt ones, and pages that are not scripted. */
export function unknownPlaceholders(text: string, pages: readonly string[]): string[] {
  return [...text.matchAll(anyPlaceholder)]
    .filter(([, inner = '']) => !isKnown(inner, pages))
    .map(([whole]) => whole);
}

const anyPlaceholder = /\{\{([^{}]*)\}\}/g;
const page = /^page:([\w.~-]+)(?::(relative|other))?$/;
const instant = /^([a-zA-Z0-9]+)(?:([+-]\d{1,12}))?$/;

/** Instants in every form that servers write them, from epoch ms. */
const instants: Readonly<Record<string, (at: Date) => string>> = {
  /** IMF-fixdate, the form of RFC 9110 section 5.6.7; the two obsolete ones follow. */
  now: (at) => at.toUTCString(),
  rfc850: (at) => {
    const { weekday, day, month, year, time } = partsOf(at);
    return `${longWeekdays[at.getUTCDay()] ?? weekday}, ${day}-${month}-${year.slice(-2)} ${time} GMT`;
  },
  asctime: (at) => {
    const { weekday, day, month, year, time } = partsOf(at);
    return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
  },
  /** As the example in Oracle's documentation: the weekday is not that of the date. */
  wrongWeekday: (at) =>
    new Date(at.getTime() + 86_400_000).toUTCString().slice(0, 3) + at.toUTCString().slice(3),
  iso: (at) => at.toISOString(),
  /** How Go prints an instant. */
  goTime: (at) => `${at.toISOString().replace('T', ' ').replace(/\d?Z$/, '')} +0000 UTC`,
  epoch: (at) => String(Math.floor(at.getTime() / 1_000)),
  epochMs: (at) => String(at.getTime()),
};

const addresses: Readonly<Record<string, (source: PlaceholderSource) => string>> = {
  origin: ({ found }) => new URL(found.statusUrl).origin,
  otherOrigin: ({ found }) => found.otherOrigin,
  statusUrl: ({ found }) => found.statusUrl,
};

function valueOf(inner: string, source: PlaceholderSource): string | undefined {
  const [, name, form] = page.exec(inner) ?? [];
  if (name !== undefined) return pageUrl(`${source.found.statusUrl}/pages/${name}`, form, source);
  if (Object.hasOwn(addresses, inner)) return addresses[inner]?.(source);
  const [, kind = '', seconds = '0'] = instant.exec(inner) ?? [];
  if (!Object.hasOwn(instants, kind)) return undefined;
  return instants[kind]?.(new Date(source.now + Number(seconds) * 1_000));
}

function pageUrl(url: string, form: string | undefined, { found }: PlaceholderSource): string {
  const { pathname } = new URL(url);
  if (form === 'relative') return pathname;
  return form === 'other' ? `${found.otherOrigin}${pathname}` : url;
}

function isKnown(inner: string, pages: readonly string[]): boolean {
  const name = page.exec(inner)?.[1];
  if (name !== undefined) return pages.includes(name);
  const kind = instant.exec(inner)?.[1] ?? '';
  return Object.hasOwn(addresses, inner) || Object.hasOwn(instants, kind);
}

const longWeekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function partsOf(at: Date) {
  const [weekday = '', day = '', month = '', year = '', time = ''] = at.toUTCString().split(/,? /);
  return { weekday, day, month, year, time };
}
