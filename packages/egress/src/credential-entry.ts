import { registrationSchema } from '@bulkwatch/contract';
import { type Fault, faultsOf, parseJson } from '@bulkwatch/core';
import { z } from 'zod';

/** One valid entry of the credentials file, its secret not yet read. */
export interface CredentialEntry {
  /** Where in the file it is. */
  readonly path: Fault['path'];
  readonly credential: z.infer<ReturnType<typeof entrySchema>>;
}

/** Splits the text of a credentials file into its valid entries and what is wrong with the rest. */
export function parseCredentialsFile(
  text: string,
  options: { allowHttp: boolean },
): { entries: CredentialEntry[]; faults: Fault[] } {
  const json = parseJson(text);
  if (json === undefined) return { entries: [], faults: [notJson] };
  const file = fileSchema.safeParse(json);
  if (!file.success) return { entries: [], faults: faultsOf(file.error) };

  const schema = entrySchema(options);
  const entries: CredentialEntry[] = [];
  const faults: Fault[] = [];
  for (const [index, value] of file.data.credentials.entries()) {
    const path = ['credentials', index];
    const entry = schema.safeParse(value);
    if (entry.success) entries.push({ path, credential: entry.data });
    else faults.push(...faultsOf(entry.error, path));
  }
  return { entries, faults: [...faults, ...repeatedNames(file.data.credentials)] };
}

const fileSchema = z.strictObject({ credentials: z.array(z.unknown()) });

const entrySchema = ({ allowHttp }: { allowHttp: boolean }) =>
  z
    .strictObject({
      // A name under which a registration can ask for it.
      name: registrationSchema.shape.credential.unwrap(),
      kind: z.literal('client-secret-basic'),
      tokenUrl: z.string().superRefine(refuseUrl(allowHttp, tokenUrlFault)),
      clientId: z.string().min(1),
      clientSecret: z.string().min(1).optional(),
      clientSecretFile: z.string().min(1).optional(),
      scope: z.string().min(1).optional(),
      origins: z.array(z.string().superRefine(refuseUrl(allowHttp, originFault))).min(1),
    })
    .refine(hasOneSecret, {
      path: ['clientSecret'],
      message: 'give either clientSecret or clientSecretFile',
      // Told together with whatever else is wrong with the entry.
      when: ({ value }) => typeof value === 'object' && value !== null,
    });

const hasOneSecret = (entry: { clientSecret?: unknown; clientSecretFile?: unknown }): boolean =>
  (entry.clientSecret === undefined) !== (entry.clientSecretFile === undefined);

type UrlFault = (url: URL, value: string) => string | undefined;

const tokenUrlFault: UrlFault = (url) => {
  if (url.username !== '' || url.password !== '') return 'must not carry user-info';
  return url.hash === '' ? undefined : 'must not carry a fragment';
};

const originFault: UrlFault = (url, value) =>
  url.origin === value ? undefined : 'must be an origin: scheme, host and port, without a path';

const refuseUrl =
  (allowHttp: boolean, fault: UrlFault) =>
  (value: string, context: z.RefinementCtx<string>): void => {
    const message = urlFault(value, allowHttp, fault);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  };

function urlFault(value: string, allowHttp: boolean, fault: UrlFault): string | undefined {
  if (!URL.canParse(value)) return 'must be an absolute URL';
  const url = new URL(value);
  if (url.protocol === 'http:' && !allowHttp) return 'must be https; http is for tests only';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL';
  return fault(url, value);
}

const notJson: Fault = { path: [], message: 'is not valid JSON' };

function repeatedNames(values: readonly unknown[]): Fault[] {
  const names = values.map((value) => (value as { name?: unknown } | null)?.name);
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [{ path: ['credentials', index, 'name'], message: 'is the name of an earlier entry' }]
      : [],
  );
}
