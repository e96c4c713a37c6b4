import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosProvider } from '../provider/chaos-provider.js';
import type { HouseSecrets } from './house-secrets.js';

export type Environment = Readonly<Record<string, string>>;

/** Limits that the checkers judge by. */
export const limits = {
  requestTimeoutMs: 4_000,
  sendBudgetMs: 1_000,
} as const;

/**
 * Settings under which faults heal in seconds instead of minutes; the protocol is the same at any scale. Everything else is
 * as shipped.
 */
const quick: Environment = {
  BULKWATCH_DANGEROUSLY_ALLOW_HTTP: 'true',
  BULKWATCH_REQUEST_TIMEOUT: `${limits.requestTimeoutMs}ms`,
  BULKWATCH_SEND_BUDGET: `${limits.sendBudgetMs}ms`,
  BULKWATCH_LOCK_DURATION: '5s',
  BULKWATCH_RESCUE_INTERVAL: '2s',
  BULKWATCH_RESCUE_GRACE: '2s',
  BULKWATCH_STUCK_AFTER: '10s',
  BULKWATCH_PROVIDER_RATE: '100',
  BULKWATCH_PROVIDER_BURST: '50',
  BULKWATCH_CIRCUIT_PROBE_FIRST: '500ms',
  BULKWATCH_CIRCUIT_PROBE_LONGEST: '4s',
  BULKWATCH_WEBHOOK_TIMEOUT: '2s',
  BULKWATCH_WEBHOOK_RETRIES: Array.from({ length: 30 }, () => '1s').join(','),
  BULKWATCH_MANIFEST_MAX: '1mb',
  BULKWATCH_EVENTS_MAX_LENGTH: '2000000',
  BULKWATCH_SHUTDOWN_GRACE: '8s',
  BULKWATCH_LOG_LEVEL: 'debug',
  // An answer that has left the timeline would be taken for one that was never recorded, and a poll too early for excusable.
  BULKWATCH_TIMELINE_LENGTH: '1000',
};

/** The settings of all services, with the files of secrets that they name, which are written into the folder. */
export async function writeSettings(
  provider: ChaosProvider,
  secrets: HouseSecrets,
  {
    folder,
    webhookOrigin,
    providerConcurrency,
  }: { folder: string; webhookOrigin: string; providerConcurrency: number },
): Promise<Environment> {
  const credentialsFile = join(folder, 'credentials.json');
  const sealKeysFile = join(folder, 'seal-keys');
  await writeFile(credentialsFile, JSON.stringify({ credentials: provider.credentials }));
  await writeFile(sealKeysFile, `k1 ${secrets.sealKey}\n`);
  return {
    ...quick,
    BULKWATCH_PROVIDER_CONCURRENCY: String(providerConcurrency),
    BULKWATCH_PROVIDER_ORIGINS: [...provider.origins, ...provider.evilOrigins].join(','),
    BULKWATCH_WEBHOOK_ORIGINS: webhookOrigin,
    BULKWATCH_CREDENTIALS_FILE: credentialsFile,
    BULKWATCH_SEAL_KEYS_FILE: sealKeysFile,
  };
}
