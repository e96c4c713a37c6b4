import type { SettingKind } from './setting-kinds.js';

/** Servers, separated by commas, each with its port. Parsed to their one spelling, `host:port` or `[::1]:port`, each once. */
export const hostPorts: SettingKind<readonly string[]> = {
  accepts: 'hosts with their ports, `host:port`, separated by commas',
  parse(text) {
    const entries = text.split(',').map((entry) => canonicalHostPort(entry.trim()));
    const wrong = entries.indexOf(undefined);
    if (wrong === -1) return { value: [...new Set(entries.filter((one) => one !== undefined))] };
    return {
      problem: `entry ${wrong + 1} is no host with a port, such as redis-1.example.org:26379 or [2001:db8::1]:26379`,
    };
  },
};

function canonicalHostPort(entry: string): string | undefined {
  const [, host = '', port = ''] =
    /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/.exec(entry) ?? [];
  const fits = URL.canParse(`http://${host}:${port}`) && Number(port) > 0;
  return fits ? `${host.toLowerCase()}:${Number(port)}` : undefined;
}
