import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { RequirementsError } from '../requirements-error.js';
import { freshFile } from './fresh-file.js';
import { type RedisServer, readRedisUrl } from './redis-server.js';

export interface TlsAccess {
  readonly secureContext: SecureContext;
  /** Whose certificate it has to be; sent too (SNI), by which some services find who is meant. None where the host is an address. */
  readonly servername?: string;
}

/** With what we are let in. Asked for each connection, since users, passwords and certificates change while we run. */
export interface RedisAccess {
  readonly db: number;
  readonly hasTls: boolean;
  username(): string | undefined;
  password(): string | undefined;
  /** Rejects nothing: where new files do not go together, those before stay in force. */
  tls(host: string): TlsAccess;
}

/** @throws RequirementsError when a file that it names cannot be used. */
export function redisAccess(server: RedisServer): RedisAccess {
  const { redisPasswordFile, redisServerName } = server;
  const { db, tls } = readRedisUrl(server);
  const file =
    redisPasswordFile === undefined ? undefined : freshFile(redisPasswordFile, 'password file');
  const context = secureContexts(server);
  return {
    db,
    hasTls: tls,
    username: () => readRedisUrl(server).username,
    password: () => (file ? file().replace(/\r?\n$/, '') : readRedisUrl(server).password),
    tls: (host) => {
      const servername = redisServerName ?? (isIP(host) === 0 ? host : undefined);
      return { secureContext: context(), ...(servername === undefined ? {} : { servername }) };
    },
  };
}

function secureContexts(server: RedisServer): () => SecureContext {
  const { redisCaFile, redisCertFile, redisKeyFile } = server;
  const ca = redisCaFile && freshFile(redisCaFile, "authority's certificates");
  const cert = redisCertFile && freshFile(redisCertFile, 'client certificate');
  const key = redisKeyFile && freshFile(redisKeyFile, "client certificate's key");
  const make = (): SecureContext =>
    createSecureContext({
      ...(ca ? { ca: ca() } : {}),
      ...(cert ? { cert: cert() } : {}),
      ...(key ? { key: key() } : {}),
    });
  let last = makeFirst(make);
  return () => {
    try {
      last = make();
    } catch {
      // One of the files was replaced and the other will be: what is in force stays so until then.
    }
    return last;
  };
}

function makeFirst(make: () => SecureContext): SecureContext {
  try {
    return make();
  } catch (error) {
    throw unusable(error);
  }
}

/** OpenSSL's code says what is wrong; its message may quote the file. */
function unusable(error: unknown): RequirementsError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new RequirementsError([
    `Its authority's certificates, client certificate and key cannot be used together (${code}).`,
  ]);
}
