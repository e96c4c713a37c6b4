import type { Commands } from '../../redis/commands.js';

/** `lib/tell-event.lua`: an event into the stream of the house and that of its tenant, and the doorbell. */
export function tellEvent(
  redis: Commands,
  streams: { readonly house: string; readonly tenant: string; readonly maxLength: number },
  event: { readonly channel: string; readonly json: string },
): void {
  redis.xadd(streams.house, streams.maxLength, 'event', event.json);
  if (streams.tenant !== streams.house) {
    redis.xadd(streams.tenant, streams.maxLength, 'event', event.json);
  }
  redis.publish(event.channel, event.json);
}
