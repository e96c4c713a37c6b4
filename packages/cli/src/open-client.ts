import { type Client, createClient } from '@bulkwatch/client';
import { type Environment, isLoopbackHost, loadSettings } from '@bulkwatch/runtime';
import { UsageError } from './command-error.js';

interface ClientParts {
  readonly env: Environment;
  /** `--api-url`, in place of the setting. */
  readonly apiUrl: string | undefined;
  /** How often a call is sent again. */
  readonly retries?: number | undefined;
  warn(line: string): void;
}

/** A client of the api. Throws UsageError, or SettingsError, where it cannot be made. */
export function openClient({ env, apiUrl, retries, warn }: ClientParts): Client {
  const settings = loadSettings('cli', env);
  const baseUrl = apiUrl ?? settings.apiUrl;
  const apiKey = settings.apiKey?.reveal();
  if (apiKey !== undefined && isInClear(baseUrl))
    warn('The API key is sent in clear, since the URL of the api is not https.');
  try {
    return createClient({ baseUrl, apiKey, retries });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`The api cannot be called: ${error.message}.`);
  }
}

function isInClear(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'http:' && !isLoopbackHost(hostname);
}
