import { type AddressClass, classifyAddress } from './address-class.js';
import { mayReach, type OriginTrust } from './origin-trust.js';

/** An address, what it is to us, and whether a connection may end there. */
export interface JudgedAddress {
  readonly address: string;
  readonly word: AddressClass;
  readonly allowed: boolean;
}

/** Judges the addresses of one host; a single one that is not allowed refuses all of them. */
export function judgeAddresses(
  addresses: readonly string[],
  trust: OriginTrust,
): readonly JudgedAddress[] {
  return addresses.map((address) => {
    const word = classifyAddress(address);
    return { address, word, allowed: mayReach(word, trust) };
  });
}
