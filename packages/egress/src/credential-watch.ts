import type { Environment } from '@bulkwatch/runtime';
import type { Credential, CredentialBinding } from './credential.js';
import {
  type CredentialBindings,
  type CredentialBook,
  loadCredentialBindings,
  loadCredentialBook,
} from './credential-book.js';
import { type Following, type FollowOptions, followFiles } from './follow-files.js';
import type { ReadText } from './read-text-file.js';

/** A book that follows its files. */
export type LiveCredentialBook = CredentialBook & Following;
/** The bindings alone, which follow the credentials file. */
export type LiveCredentialBindings = CredentialBindings & Following;

export interface CredentialWatchOptions extends FollowOptions {
  allowHttp: boolean;
}

/**
 * Loads the credentials as `loadCredentialBook` does and, once started, again whenever the file or one that it
 * names has changed. What stands in `env` is as it was when the process began.
 *
 * @throws ConfigurationError with every problem of the first version.
 */
export function openCredentialBook(
  file: string | undefined,
  { env, ...options }: CredentialWatchOptions & { readonly env: Environment },
): Promise<LiveCredentialBook> {
  const { allowHttp } = options;
  return follow<Credential>(
    (readText) => loadCredentialBook(file, { allowHttp, env, readText }),
    options,
  );
}

/**
 * The same as `loadCredentialBindings` has it: it looks at the credentials file, and at no other.
 *
 * @throws ConfigurationError with every problem of the first version.
 */
export function openCredentialBindings(
  file: string | undefined,
  options: CredentialWatchOptions,
): Promise<LiveCredentialBindings> {
  const { allowHttp } = options;
  return follow<CredentialBinding>(
    (readText) => loadCredentialBindings(file, { allowHttp, readText }),
    options,
  );
}

async function follow<Held extends CredentialBinding>(
  read: (readText: ReadText) => Promise<CredentialBook<Held>>,
  options: FollowOptions,
): Promise<CredentialBook<Held> & Following> {
  const { current, ...following } = await followFiles(read, options);
  return {
    ...following,
    find: (name, tenant) => current().find(name, tenant),
    names: () => current().names(),
  };
}
