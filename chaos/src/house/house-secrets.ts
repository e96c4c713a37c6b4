import { randomBytes } from 'node:crypto';

/** Secrets of one run that are planted where the house takes one. */
export interface HouseSecrets {
  /** Stands in the query of status URLs and of the URLs of webhooks. */
  readonly urlToken: string;
  /** A key that seals, in base64. */
  readonly sealKey: string;
}

/** Made anew for each run, so that nothing of another run can be taken for them. */
export const plantHouseSecrets = (): HouseSecrets => ({
  urlToken: `canary-url-${randomBytes(12).toString('hex')}`,
  sealKey: randomBytes(32).toString('base64'),
});
