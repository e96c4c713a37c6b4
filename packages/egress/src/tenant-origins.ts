import { isTenant } from '@bulkwatch/contract';
import { type Fault, faultsOf, parseJson } from '@bulkwatch/core';
import { canonicalOriginPattern } from '@bulkwatch/runtime';
import { z } from 'zod';
import { ConfigurationError, inFile } from './configuration-error.js';
import { type ReadText, readTextFile } from './read-text-file.js';

/** The lists that single tenants have of their own, by tenant; a tenant may have one of them, or both. */
export interface TenantOrigins {
  readonly providers: ReadonlyMap<string, readonly string[]>;
  readonly webhooks: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the origins of single tenants from a JSON file,
 * `{"tenants": {"acme": {"providerOrigins": ["https://ehr.example.org"], "webhookOrigins": []}}}`; without a file
 * there are none.
 *
 * @throws ConfigurationError with every problem of the file; none shows a value.
 */
export async function loadTenantOrigins(
  file: string | undefined,
  { allowHttp, readText = readTextFile }: { allowHttp: boolean; readText?: ReadText },
): Promise<TenantOrigins> {
  if (file === undefined) return { providers: new Map(), webhooks: new Map() };
  const content = await readText(file);
  const reading =
    'text' in content
      ? parseTenantsFile(content.text, allowHttp)
      : faulty([{ path: [], message: content.message }]);
  if ('faults' in reading)
    throw new ConfigurationError(`The tenants file ${file}`, reading.faults.map(inFile));
  return reading.origins;
}

type Reading = { readonly origins: TenantOrigins } | { readonly faults: readonly Fault[] };

function parseTenantsFile(text: string, allowHttp: boolean): Reading {
  const json = parseJson(text);
  if (json === undefined) return faulty([{ path: [], message: 'is not valid JSON' }]);
  const file = fileSchema(allowHttp).safeParse(json);
  if (!file.success) return faulty(faultsOf(file.error));
  const tenants = Object.entries(file.data.tenants);
  return {
    origins: {
      providers: listsOf(tenants, 'providerOrigins'),
      webhooks: listsOf(tenants, 'webhookOrigins'),
    },
  };
}

type Lists = Readonly<Partial<Record<'providerOrigins' | 'webhookOrigins', string[] | undefined>>>;

const listsOf = (tenants: readonly (readonly [string, Lists])[], which: keyof Lists) =>
  new Map(tenants.flatMap(([name, { [which]: list }]) => (list ? [[name, list] as const] : [])));

const faulty = (faults: readonly Fault[]): Reading => ({ faults });

/** An empty list is a tenant that may have nothing polled, or nothing posted. */
const fileSchema = (allowHttp: boolean) =>
  z.strictObject({
    tenants: z.record(
      z.string().refine(isTenant, 'is no name of a tenant'),
      z
        .strictObject({
          providerOrigins: z.array(originPattern(allowHttp)).optional(),
          webhookOrigins: z.array(originPattern(allowHttp)).optional(),
        })
        .refine(({ providerOrigins, webhookOrigins }) => providerOrigins ?? webhookOrigins, {
          message: 'must hold providerOrigins or webhookOrigins',
        }),
    ),
  });

const originPattern = (allowHttp: boolean) =>
  z.string().transform((text, context) => {
    const pattern = canonicalOriginPattern(text);
    if (pattern !== undefined && (allowHttp || pattern.startsWith('https:'))) return pattern;
    const message =
      pattern === undefined
        ? 'must be an origin: scheme, host and port only, or as https://*.example.org'
        : 'must be https; http is for tests only';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
