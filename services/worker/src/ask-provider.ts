import type { FetchFailure, PresetBook, ProviderRequest, StatusResponse } from '@bulkwatch/core';
import type { Authorization, FetchStatus } from '@bulkwatch/egress';
import { Secret } from '@bulkwatch/runtime';
import type { Claim, JobStore, SubmittedToken } from '@bulkwatch/store';
import { type Dialect, dialectOf } from './dialect.js';

export interface AskPorts {
  readonly jobs: Pick<JobStore, 'submittedToken'>;
  readonly presets: PresetBook;
  readonly fetchStatus: FetchStatus;
}

/** What came of asking the provider of a job: an answer and what it is read with, or none. */
export type Asked =
  | {
      readonly kind: 'answered';
      readonly response: StatusResponse;
      readonly durationMs: number;
      readonly dialect: Dialect;
      /** The URL that was asked. */
      readonly url: string;
    }
  | {
      readonly kind: 'failed';
      readonly failure: FetchFailure;
      readonly durationMs: number;
      /** Absent where it is the dialect that was missing. */
      readonly dialect?: Dialect;
      /** Absent where nothing was asked. */
      readonly url?: string;
    };

/** Sends what a claim is for: a status request, or the delete request that a cancel asked for. */
export async function askProvider(
  ports: AskPorts,
  claim: Claim,
  sending: { readonly requestId: string; readonly signal: AbortSignal },
): Promise<Asked> {
  const dialect = dialectOf(claim.job, ports.presets);
  if (!dialect) return unasked('preset-missing');
  const authorization = authorizationOf(ports, claim);
  if (authorization.kind === 'unopenable') {
    return { ...unasked('credential-missing', `seal key ${authorization.keyId}`), dialect };
  }
  const request = requestOf(claim, dialect);
  const { provider: home, tenant } = claim.job;
  const outcome = await ports.fetchStatus({ request, tenant, home, authorization, ...sending });
  return { ...outcome, dialect, url: request.url };
}

const unasked = (reason: FetchFailure['reason'], detail?: string) =>
  ({
    kind: 'failed',
    failure: { reason, ...(detail === undefined ? {} : { detail }) },
    durationMs: 0,
  }) as const;

function requestOf({ action, job }: Claim, { protocol, preset }: Dialect): ProviderRequest {
  return action === 'delete'
    ? protocol.deleteRequest(job, preset)
    : protocol.statusRequest(job, preset);
}

/** A seal key without which nothing can be asked is not on the ring of this process. */
type Unopenable = Extract<SubmittedToken, { readonly kind: 'unopenable' }>;

/** A submitted token was submitted for the origin of the status URL, and goes nowhere else. */
function authorizationOf({ jobs }: AskPorts, claim: Claim): Authorization | Unopenable {
  const { credential, provider, missingSealKey } = claim.job;
  if (missingSealKey !== undefined) return { kind: 'unopenable', keyId: missingSealKey };
  if (credential !== undefined) return { kind: 'credential', name: credential };
  const submitted = jobs.submittedToken(claim);
  switch (submitted.kind) {
    case 'none':
      return { kind: 'none' };
    case 'opened':
      return { kind: 'bearer', token: new Secret(submitted.token), origin: provider };
    case 'unopenable':
      return submitted;
  }
}
