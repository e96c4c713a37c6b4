import { type FetchFailure, parseJson } from '@bulkwatch/core';
import { Secret } from '@bulkwatch/runtime';
import type { ScriptReply } from './define-script.js';
import { keys } from './keys.js';
import { scripts } from './scripts.js';
import type { Sealer } from './seal.js';
import type { StoreContext } from './store-context.js';

/** A credential, and what its present configuration is told by: sealed under both, and readable only with both. */
export interface CredentialSlot {
  readonly name: string;
  readonly fingerprint: string;
}

/** What is left of a token's life, in ms. */
interface TokenLife {
  readonly renewInMs: number;
  readonly expiresInMs: number;
}

interface Outage {
  readonly failure: FetchFailure;
  readonly count: number;
  readonly endsInMs: number;
}

export interface SlotContent {
  readonly version: string;
  readonly token?: TokenLife & { readonly secret: Secret; readonly generation: string };
  readonly outage?: Outage;
  readonly lastRefused: boolean;
  readonly lockedForMs: number;
}

export type SlotResult =
  | (TokenLife & { readonly kind: 'token'; readonly secret: Secret })
  | (Outage & { readonly kind: 'outage' })
  | { readonly kind: 'nothing' };

/**
 * The access tokens of named credentials, shared by all workers, and the turns at their token endpoints. It is
 * what `packages/egress` knows as a vault; all instants are judged by Redis's clock. Whatever was left by another
 * configuration of the credential, or under a key that is not on the ring, counts as absent.
 * Every function rejects with StoreUnavailableError while Redis cannot serve.
 */
export interface TokenStore {
  read(slot: CredentialSlot): Promise<SlotContent>;
  lock(
    slot: CredentialSlot,
    turn: { readonly nonce: string; readonly version: string; readonly lockMs: number },
  ): Promise<boolean>;
  settle(slot: CredentialSlot, nonce: string, result: SlotResult): Promise<boolean>;
  drop(
    slot: CredentialSlot,
    generation: string,
    pause: { readonly firstMs: number; readonly longestMs: number },
  ): Promise<'dropped' | 'replaced' | 'too-soon'>;
  confirm(slot: CredentialSlot, generation: string, sparedMs: number): Promise<void>;
}

/** Slots outlive tokens, of which none lives longer than an hour, for the sake of the counts beside them. */
const keepMs = 24 * 3_600_000;

/** Tokens are sealed before they reach the client library. */
export function createTokenStore(
  { redis }: Pick<StoreContext, 'redis'>,
  sealer: Sealer,
): TokenStore {
  const slotKey = ({ name }: CredentialSlot) => ({ slot: keys.token(name) });
  return {
    async read(slot) {
      return contentOf(await scripts.readToken(redis, slotKey(slot), {}), slot, sealer);
    },
    async lock(slot, { nonce, version, lockMs }) {
      const args = { nonce, version, lockMs, keepMs };
      const [kind] = await scripts.lockToken(redis, slotKey(slot), args);
      return kind === 'locked';
    },
    async settle(slot, nonce, result) {
      const args = { nonce, ...argumentsOf(result, slot, sealer), keepMs };
      const [kind] = await scripts.settleToken(redis, slotKey(slot), args);
      return kind === 'settled';
    },
    async drop(slot, generation, { firstMs, longestMs }) {
      const args = { generation, firstMs, longestMs, keepMs };
      const [kind] = await scripts.dropToken(redis, slotKey(slot), args);
      return kind as 'dropped' | 'replaced' | 'too-soon';
    },
    async confirm(slot, generation, sparedMs) {
      await scripts.confirmToken(redis, slotKey(slot), { generation, sparedMs });
    },
  };
}

/** Associated data: what was sealed for one credential, purpose or configuration opens for no other. */
const contextOf = (purpose: 'token' | 'outage', { name, fingerprint }: CredentialSlot): string =>
  ['bulkwatch', `credential-${purpose}`, name, fingerprint].join('|');

function argumentsOf(result: SlotResult, slot: CredentialSlot, sealer: Sealer) {
  const args = { token: '', renewInMs: 0, expiresInMs: 0, outage: '', endsInMs: 0 };
  switch (result.kind) {
    case 'nothing':
      return args;
    case 'token': {
      const { secret, renewInMs, expiresInMs } = result;
      const token = sealer.seal(secret.reveal(), contextOf('token', slot));
      return { ...args, token, renewInMs: whole(renewInMs), expiresInMs: whole(expiresInMs) };
    }
    case 'outage': {
      const { failure, count, endsInMs } = result;
      const outage = sealer.seal(JSON.stringify({ failure, count }), contextOf('outage', slot));
      return { ...args, outage, endsInMs: whole(endsInMs) };
    }
  }
}

/** A fraction of a ms is no instant to Redis; cut off, no token is believed for longer than it lives. */
const whole = (ms: number): number => Math.max(Math.floor(ms), 0);

function contentOf(reply: ScriptReply, slot: CredentialSlot, sealer: Sealer): SlotContent {
  const [version, generation, token, renewInMs, expiresInMs, replacedCount, ...rest] = reply;
  const [outage, endsInMs, lockedForMs] = rest;
  const secret = opened(token, contextOf('token', slot), sealer);
  const told = opened(outage, contextOf('outage', slot), sealer);
  const life = { renewInMs: Number(renewInMs), expiresInMs: Number(expiresInMs) };
  return {
    version: String(version),
    lastRefused: Number(replacedCount) > 0,
    lockedForMs: Number(lockedForMs),
    ...(secret !== undefined && {
      token: { secret: new Secret(secret), generation: String(generation), ...life },
    }),
    ...(told !== undefined && {
      outage: {
        ...(parseJson(told) as Pick<Outage, 'failure' | 'count'>),
        endsInMs: Number(endsInMs),
      },
    }),
  };
}

const opened = (sealed: ScriptReply[number] | undefined, context: string, sealer: Sealer) =>
  typeof sealed === 'string' ? sealer.open(sealed, context) : undefined;
