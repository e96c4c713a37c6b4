import type { FetchFailure, PresetBook, ProviderRequest, StatusResponse } from '@bulkwatch/core';
import type { Authorization, FetchStatus } from '@bulkwatch/egress';
import { Secret } from '@bulkwatch/runtime';
import type { Claim, JobStore } from '@bulkwatch/store';
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
  if (!authorization) return { ...unasked('credential-missing'), dialect };
  const request = requestOf(claim, dialect);
  const home = claim.job.provider;
  const outcome = await ports.fetchStatus({ request, home, authorization, ...sending });
  return { ...outcome, dialect, url: request.url };
}

const unasked = (reason: FetchFailure['reason']) =>
  ({ kind: 'failed', failure: { reason }, durationMs: 0 }) as const;

function requestOf({ action, job }: Claim, { protocol, preset }: Dialect): ProviderRequest {
  return action === 'delete'
    ? protocol.deleteRequest(job, preset)
    : protocol.statusRequest(job, preset);
}

/**
 * Undefined when the submitted token cannot be opened here. Such a token was submitted for the origin of the
 * status URL, and goes nowhere else.
 */
function authorizationOf({ jobs }: AskPorts, claim: Claim): Authorization | undefined {
  const { credential, provider } = claim.job;
  if (credential !== undefined) return { kind: 'credential', name: credential };
  const submitted = jobs.submittedToken(claim);
  switch (submitted.kind) {
    case 'none':
      return { kind: 'none' };
    case 'opened':
      return { kind: 'bearer', token: new Secret(submitted.token), origin: provider };
    case 'unopenable':
      return undefined;
  }
}
