import { isTenant, registrationSchema } from '@bulkwatch/contract';
import { type Fault, faultsOf, parseJson } from '@bulkwatch/core';
import { z } from 'zod';
import { baseUrlFault, originFault, tokenUrlFault, urlOf } from './credential-url.js';

/** One valid entry of the credentials file; files and variables that it names are not read yet. */
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
        clientSecretEnv: variable.optional(),
        scope: text.optional(),
      })
      .refine(...exactlyOne('tokenUrl', 'fhirBaseUrl'))
      .refine(...exactlyOne('clientSecret', 'clientSecretFile', 'clientSecretEnv'))
      .refine(...originsOfDiscovery);
  return {
    'smart-backend': z
      .strictObject({
        ...client,
        kind: z.literal('smart-backend'),
        privateKeyFile: text.optional(),
        privateKeyEnv: variable.optional(),
        kid: text.optional(),
        // Optional in RFC 6749, required by SMART Backend Services ("Obtain Access Token").
        scope: text,
      })
      .refine(...exactlyOne('tokenUrl', 'fhirBaseUrl'))
      .refine(...exactlyOne('privateKeyFile', 'privateKeyEnv'))
      .refine(...originsOfDiscovery),
    'client-secret-basic': withSecret('client-secret-basic'),
    'client-secret-post': withSecret('client-secret-post'),
    'static-bearer': z
      .strictObject({
        ...binding,
        kind: z.literal('static-bearer'),
        token: text.optional(),
        tokenFile: text.optional(),
        tokenEnv: variable.optional(),
      })
      .refine(...exactlyOne('token', 'tokenFile', 'tokenEnv')),
    none: z.strictObject({ ...binding, kind: z.literal('none') }),
    // Never accepted: says what is wrong with the kind, and with what all kinds have.
    unknown: z.object({ ...binding, kind: kindSchema.shape.kind }),
  };
}

const text = z.string().min(1);

/**
 * The name of an environment variable, in the letters of POSIX: a problem with it is told by that name, and most
 * secrets that somebody puts here by mistake have others. Names of ours are settings, and an unknown one an error.
 */
const variable = z
  .string()
  .refine(
    (name) => /^(?!BULKWATCH_)[A-Z_][A-Z0-9_]{0,99}$/.test(name),
    'must be the name of an environment variable: capitals, digits and _, without BULKWATCH_ in front',
  );

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

const countOf = (entry: Members, members: readonly string[]): number =>
  members.filter((member) => entry[member] !== undefined).length;

const exactlyOne = (...members: [string, ...string[]]): Rule =>
  rule(
    members[0],
    `give exactly one of ${members.join(', ')}`,
    (entry) => countOf(entry, members) === 1,
  );

const atMostOne = (...members: [string, ...string[]]): Rule =>
  rule(
    members[0],
    `give only one of ${members.join(', ')}`,
    (entry) => countOf(entry, members) <= 1,
  );

const originsOfDiscovery = rule(
  'tokenOrigins',
  'goes with fhirBaseUrl only',
  (entry) => entry['tokenOrigins'] === undefined || entry['fhirBaseUrl'] !== undefined,
);

const certificate = ['certFile', 'certEnv'] as const;
const key = ['keyFile', 'keyEnv'] as const;

const tlsSchema = z
  .strictObject({
    caFile: text.optional(),
    caEnv: variable.optional(),
    certFile: text.optional(),
    certEnv: variable.optional(),
    keyFile: text.optional(),
    keyEnv: variable.optional(),
  })
  .refine(...atMostOne('caFile', 'caEnv'))
  .refine(...atMostOne(...certificate))
  .refine(...atMostOne(...key))
  .refine(
    ...rule(
      'certFile',
      'a certificate goes with its key',
      (entry) => countOf(entry, certificate) > 0 === countOf(entry, key) > 0,
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
