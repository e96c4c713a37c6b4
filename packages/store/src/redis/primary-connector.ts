import { createConnection, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import type { FindPrimary } from './find-primary.js';
import type { RedisAccess } from './redis-access.js';
import type { Address } from './redis-server.js';

/** How long a socket that is being closed may take before it is destroyed. */
const closeWithinMs = 2_000;

/**
 * Makes the class by which ioredis connects. To it, every Redis of ours is a single node: where that is, is asked anew
 * for each connection, and so are user and password. All our keys are in one slot, so the primary of that one is all that we need of a
 * cluster, and whatever else asks of a connection (INFO, SCAN, MULTI, patterns of channels) is asked of the right node.
 */
export function primaryConnector(
  access: RedisAccess,
  findPrimary: FindPrimary,
  mayBeReplica: boolean,
): NonNullable<RedisOptions['Connector']> {
  return class PrimaryConnector extends AbstractConnector {
    constructor(options: unknown) {
      super(closeWithinMs);
      // ioredis reads them from its options whenever it connects.
      for (const name of ['username', 'password'] as const)
        Object.defineProperty(options, name, {
          get: () => access[name](),
          enumerable: true,
          configurable: true,
        });
    }

    /** Whether this is the node that was meant, by its `INFO`: who told us may not yet know of a failover. */
    override check(info: { readonly role?: string }): boolean {
      return mayBeReplica || info.role !== 'slave';
    }

    /** Never rejects: a connection that could not be made would then be given up for good, instead of being tried again. */
    override async connect() {
      this.connecting = true;
      delete this.firstError;
      try {
        const address = await findPrimary();
        if (!this.connecting) return closedSocket();
        this.stream = openSocket(address, access);
        this.stream.once('error', (error) => {
          this.firstError = error;
        });
        return this.stream;
      } catch (error) {
        this.firstError = error as Error;
        return closedSocket();
      }
    }
  };
}

const openSocket = (address: Address, access: RedisAccess) =>
  access.hasTls
    ? connectTls({ ...address, ...access.tls(address.host) })
    : createConnection(address);

/** To ioredis, a connection that was refused. */
const closedSocket = (): Socket => new Socket().destroy();
