/**
 * Parts of the store, for programs that prove it: they run its transitions on a Redis, a clock and a queue of their own.
 * Services open the store by its front door.
 */
export { createJobStore } from './create-job-store.js';
export type { ScriptReply } from './define-script.js';
export { keys } from './keys.js';
export { createProviderStore } from './provider-store.js';
export { RedisClock } from './redis-clock.js';
export { scripts } from './scripts.js';
export { createSealer } from './seal.js';
export type { StoreContext, StoreLimits } from './store-context.js';
export { type CredentialSlot, createTokenStore, type TokenStore } from './token-store.js';
export type { EntryView, WakeUpQueue } from './wake-up-queue.js';
