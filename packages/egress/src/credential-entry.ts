import { registrationSchema } from '@bulkwatch/contract';
import { z } from 'zod';
import type { CredentialsProblem } from './credentials-error.js';

/** One valid entry of the credentials file, its secret not yet read. */
export interface CredentialEntry {
  /** Where in the file it is (JSON Pointer). */
  readonly pointer: string;
  readonly credential: z.infer<ReturnType<typeof entrySchema>>;
}

/** Splits the text of a credentials file into its valid entries and what is wrong with the rest. */
export function parseCredentialsFile(
  text: string,
  options: { allowHttp: boolean },
): { entries: CredentialEntry[]; problems: CredentialsProblem[] } {
  const json = parseJson(text);
  if (json === undefined) return { entries: [], problems: [notJson] };
  const file = fileSchema.safeParse(json);
  if (!file.success) return { entries: [], problems: problemsOf(file.error, '') };

  const schema = entrySchema(options);
  const entries: CredentialEntry[] = [];
  const problems: CredentialsProblem[] = [];
  for (const [index, value] of file.data.credentials.entries()) {
    const pointer = `/credentials/${index}`;
    const entry = schema.safeParse(value);
    if (entry.success) entries.push({ pointer, credential: entry.data });
    else problems.push(...problemsOf(entry.error, pointer));
  }
  return { entries, problems: [...problems, ...repeatedNames(file.data.credentials)] };
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

/** The parser's own message is not passed on: it quotes the text, and the text holds secrets. */
const notJson: CredentialsProblem = { pointer: '', message: 'is not valid JSON' };

/** Undefined when it is not JSON, since JSON has no undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function repeatedNames(values: readonly unknown[]): CredentialsProblem[] {
  const names = values.map((value) => (value as { name?: unknown } | null)?.name);
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [{ pointer: `/credentials/${index}/name`, message: 'is the name of an earlier entry' }]
      : [],
  );
}

/** Zod's messages name types and limits, never the value. */
function problemsOf(error: z.ZodError, base: string): CredentialsProblem[] {
  return error.issues.flatMap((issue) => {
    const at = (path: readonly PropertyKey[]): string => base + path.map(pointerStep).join('');
    if (issue.code !== 'unrecognized_keys') {
      return [{ pointer: at(issue.path), message: issue.message }];
    }
    return issue.keys.map((key) => ({ pointer: at([...issue.path, key]), message: 'is unknown' }));
  });
}

const pointerStep = (key: PropertyKey): string =>
  `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
