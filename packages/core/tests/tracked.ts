import { builtInPresets, genericPreset } from '../src/presets/built-in-presets.js';
import type { ProviderPreset } from '../src/presets/provider-preset.js';
import { protocolOf } from '../src/protocol/protocols.js';
import type { ReadingContext } from '../src/protocol/status-protocol.js';
import type { StatusReading } from '../src/protocol/status-reading.js';
import type { StatusResponse } from '../src/protocol/status-response.js';
import type { DeleteReading } from '../src/protocol/statuses/read-delete-response.js';
import type { TrackedJob } from '../src/tracking/decision.js';

/** Every answer of the tests was received on 1 June 2025 at 12:00 UTC. */
export const receivedAt = Date.UTC(2025, 5, 1, 12);

export const statusUrl = 'https://ehr.example/bulk-export/jobs/1';

export const trackedJob = (members: Partial<TrackedJob> = {}): TrackedJob => ({
  state: 'in-progress',
  movedAt: receivedAt - 60_000,
  deadlineAt: receivedAt + 30 * 24 * 3_600_000,
  failureCount: 0,
  backoffCount: 0,
  suspectCount: 0,
  memory: {},
  ...members,
});

export function presetCalled(name: string): ProviderPreset {
  const preset = builtInPresets.get(name);
  if (!preset) throw new Error(`there is no preset ${name}`);
  return preset;
}

export const contextOf = (members: Partial<ReadingContext> = {}): ReadingContext => ({
  preset: genericPreset,
  memory: {},
  url: members.memory?.redirect?.url ?? members.memory?.cursor?.url ?? statusUrl,
  statusUrl,
  ...members,
});

/** Reads an answer as the worker does: by the protocol of its preset, `generic` unless given. */
export function readStatus(
  response: StatusResponse,
  members: Partial<ReadingContext> = {},
): StatusReading {
  const context = contextOf(members);
  return protocolOf(context.preset).readStatus(response, context);
}

export function readDelete(
  response: StatusResponse,
  members: Partial<ReadingContext> = {},
): DeleteReading {
  const context = contextOf(members);
  return protocolOf(context.preset).readDelete(response, context);
}
