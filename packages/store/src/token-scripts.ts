import { defineScript } from './define-script.js';

/** The scripts of access tokens, keys and arguments in the order of the header of each file. */
export const tokenScripts = {
  readToken: defineScript({ name: 'read-token', keys: ['slot'], args: [] }),
  lockToken: defineScript({
    name: 'lock-token',
    keys: ['slot'],
    args: ['nonce', 'version', 'lockMs', 'keepMs'],
  }),
  settleToken: defineScript({
    name: 'settle-token',
    keys: ['slot'],
    args: ['nonce', 'token', 'renewInMs', 'expiresInMs', 'outage', 'endsInMs', 'keepMs'],
  }),
  dropToken: defineScript({
    name: 'drop-token',
    keys: ['slot'],
    args: ['generation', 'firstMs', 'longestMs', 'keepMs'],
  }),
  confirmToken: defineScript({
    name: 'confirm-token',
    keys: ['slot'],
    args: ['generation', 'sparedMs'],
  }),
} as const;
