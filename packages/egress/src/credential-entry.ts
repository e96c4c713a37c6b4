import { isTenant, registrationSchema } from '@bulkwatch/contract';
import { type Fault, faultsOf, parseJson } from '@bulkwatch/core';
import { z } from 'zod';
import { baseUrlFault, originFault, tokenUrlFault, urlOf } from './credential-url.js';

/** One valid entry of the credentials file, the files that it names not yet read. */
export interface CredentialEntry {
  /** Where in the file it is. */
  readonly path: Fault['path'];
  readonly credential: z.infer<ReturnType<typeof entrySchemas>[CredentialKind]>;
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

  const schemas = entrySchemas(options);
  const entries: CredentialEntry[] = [];
  const faults: Fault[] = [];
  for (const [index, value] of file.data.credentials.entries()) {
    const path = ['credentials', index];
    const kind = kindSchema.safeParse(value);
    const entry = schemas[kind.success ? kind.data.kind : 'unknown'].safeParse(value);
    if (entry.success)
      entries.push({ path, credential: entry.data as CredentialEntry['credential'] });
    else faults.push(...faultsOf(entry.error, path));
  }
  return { entries, faults: [...faults, ...repeatedNames(file.data.credentials)] };
}

const fileSchema = z.strictObject({ credentials: z.array(z.unknown()) });
const notJson: Fault = { path: [], message: 'is not valid JSON' };

export const credentialKinds = [
  'smart-backend',
  'client-secret-basic',
  'client-secret-post',
  'static-bearer',
  'none',
] as const;
type CredentialKind = (typeof credentialKinds)[number];

/** The kind tells what else an entry has to have, so it is looked at first. */
const kindSchema = z.object({
  kind: z.enum(credentialKinds, { error: `must be one of: ${credentialKinds.join(', ')}` }),
});

/** The members of each kind. */
function entrySchemas({ allowHttp }: { allowHttp: boolean }) {
  const origins = z.array(urlOf(originFault, allowHttp)).min(1);
  const binding = {
    // A name under which a registration can ask for it.
    name: registrationSchema.shape.credential.unwrap(),
    origins,
    tenants: z.array(z.string().refine(isTenant, 'must be the name of a tenant')).min(1).optional(),
    tls: tlsSchema.optional(),
  };
  const client = {
    ...binding,
    tokenUrl: urlOf(tokenUrlFault, allowHttp).optional(),
    fhirBaseUrl: urlOf(baseUrlFault, allowHttp).optional(),
    tokenOrigins: origins.optional(),
    clientId: text,
  };
  const withSecret = <Kind extends CredentialKind>(kind: Kind) =>
    z
      .strictObject({
        ...client,
        kind: z.literal(kind),
        clientSecret: text.optional(),
        clientSecretFile: text.optional(),
        scope: text.optional(),
      })
      .refine(...eitherOr('tokenUrl', 'fhirBaseUrl'))
      .refine(...eitherOr('clientSecret', 'clientSecretFile'))
      .refine(...originsOfDiscovery);
  return {
    'smart-backend': z
      .strictObject({
        ...client,
        kind: z.literal('smart-backend'),
        privateKeyFile: text,
        kid: text.optional(),
        // Optional in RFC 6749, required by SMART Backend Services ("Obtain Access Token").
        scope: text,
      })
      .refine(...eitherOr('tokenUrl', 'fhirBaseUrl'))
      .refine(...originsOfDiscovery),
    'client-secret-basic': withSecret('client-secret-basic'),
    'client-secret-post': withSecret('client-secret-post'),
    'static-bearer': z
      .strictObject({
        ...binding,
        kind: z.literal('static-bearer'),
        token: text.optional(),
        tokenFile: text.optional(),
      })
      .refine(...eitherOr('token', 'tokenFile')),
    none: z.strictObject({ ...binding, kind: z.literal('none') }),
    // Never accepted: says what is wrong with the kind, and with what all kinds have.
    unknown: z.object({ ...binding, kind: kindSchema.shape.kind }),
  };
}

const text = z.string().min(1);

type Members = Readonly<Record<string, unknown>>;
type Rule = [
  holds: (entry: Members) => boolean,
  told: { path: string[]; message: string; when: (payload: { value: unknown }) => boolean },
];

/** A rule about several members, told together with whatever else is wrong with the entry. */
const rule = (member: string, message: string, holds: Rule[0]): Rule => [
  holds,
  {
    path: [member],
    message,
    when: ({ value }) => typeof value === 'object' && value !== null,
  },
];

const eitherOr = (one: string, other: string): Rule =>
  rule(
    one,
    `give either ${one} or ${other}`,
    (entry) => (entry[one] === undefined) !== (entry[other] === undefined),
  );

const originsOfDiscovery = rule(
  'tokenOrigins',
  'goes with fhirBaseUrl only',
  (entry) => entry['tokenOrigins'] === undefined || entry['fhirBaseUrl'] !== undefined,
);

const tlsSchema = z
  .strictObject({
    caFile: text.optional(),
    certFile: text.optional(),
    keyFile: text.optional(),
  })
  .refine(
    ...rule(
      'certFile',
      'goes with keyFile',
      (entry) => (entry['certFile'] === undefined) === (entry['keyFile'] === undefined),
    ),
  );

function repeatedNames(values: readonly unknown[]): Fault[] {
  const names = values.map((value) => (value as { name?: unknown } | null)?.name);
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [{ path: ['credentials', index, 'name'], message: 'is the name of an earlier entry' }]
      : [],
  );
}
