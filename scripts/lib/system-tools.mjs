import { fileURLToPath } from 'node:url';
import { findOnPath } from './find-on-path.mjs';
import { Halt } from './halt.mjs';
import { runCommand } from './run-command.mjs';

const aptInstall = fileURLToPath(new URL('./apt-install.sh', import.meta.url));

/** How each package manager installs one package without asking, and whether it must be root. */
const packageManagers = {
  'apt-get': { command: (name) => ['sh', aptInstall, name], asRoot: true },
  dnf: { command: (name) => ['dnf', 'install', '-y', name], asRoot: true },
  apk: { command: (name) => ['apk', 'add', '--no-cache', name], asRoot: true },
  pacman: { command: (name) => ['pacman', '-Sy', '--noconfirm', '--needed', name], asRoot: true },
  zypper: { command: (name) => ['zypper', '--non-interactive', 'install', name], asRoot: true },
  brew: { command: (name) => ['brew', 'install', name], asRoot: false },
};

/** A program that every package manager has under its own name. */
function namedAlike(name) {
  const packages = Object.keys(packageManagers).map((manager) => [manager, [name]]);
  return { programs: [name], packages: Object.fromEntries(packages) };
}

/** Programs that are not on the npm registry, and the packages that bring them, the likelier first. */
const tools = {
  redis: {
    programs: ['redis-server', 'valkey-server'],
    packages: {
      'apt-get': ['redis-server', 'valkey-server'],
      dnf: ['valkey', 'redis'],
      apk: ['redis', 'valkey'],
      pacman: ['valkey', 'redis'],
      zypper: ['redis', 'valkey'],
      brew: ['redis'],
    },
  },
  promtool: {
    programs: ['promtool'],
    packages: {
      'apt-get': ['prometheus'],
      dnf: ['golang-github-prometheus'],
      apk: ['prometheus'],
      pacman: ['prometheus'],
      zypper: ['golang-github-prometheus-prometheus'],
      brew: ['prometheus'],
    },
  },
  // Brings amtool with it.
  alertmanager: {
    programs: ['prometheus-alertmanager', 'alertmanager'],
    packages: {
      'apt-get': ['prometheus-alertmanager'],
      dnf: ['golang-github-prometheus-alertmanager'],
      apk: ['alertmanager'],
      pacman: ['alertmanager'],
      zypper: ['golang-github-prometheus-alertmanager'],
    },
  },
  // Only to render manifests: no cluster is asked.
  kubectl: {
    programs: ['kubectl'],
    packages: {
      'apt-get': ['kubernetes-client', 'kubectl'],
      dnf: ['kubernetes-client', 'kubectl'],
      apk: ['kubectl'],
      pacman: ['kubectl'],
      zypper: ['kubernetes-client'],
      brew: ['kubernetes-cli'],
    },
  },
  curl: namedAlike('curl'),
  tmux: namedAlike('tmux'),
  // Takes descriptors and memory from a process that runs.
  prlimit: {
    programs: ['prlimit'],
    packages: {
      'apt-get': ['util-linux'],
      dnf: ['util-linux'],
      apk: ['util-linux-misc'],
      pacman: ['util-linux'],
      zypper: ['util-linux'],
    },
  },
  // Slows the disk of a Redis, fills it, and cuts its power; holds up the loop of a process.
  strace: namedAlike('strace'),
  // Makes the library that moves the clock of a Redis.
  compiler: {
    programs: ['cc'],
    packages: {
      'apt-get': ['build-essential'],
      dnf: ['gcc'],
      apk: ['build-base'],
      pacman: ['gcc'],
      zypper: ['gcc'],
      brew: ['gcc'],
    },
  },
};

/**
 * Full path of a tool's program, installed with the system's package manager when it is missing and we may:
 * as root or with a password-less sudo, and not with BULKWATCH_NO_INSTALL=1.
 * @param {keyof typeof tools} name
 * @throws {Halt} saying how to get it.
 */
export async function requireTool(name) {
  const { programs } = tools[name];
  const found = findOnPath(programs) ?? (await installTool(name));
  if (found) return found;
  const told = Object.entries(tools[name].packages).map(
    ([manager, [first]]) => `${first} (${manager})`,
  );
  throw new Halt(
    `${programs.join(' or ')} is needed and not on PATH: install the package ${told.join(', ')}, ` +
      'then run this again.',
  );
}

async function installTool(name) {
  if (process.env.BULKWATCH_NO_INSTALL === '1') return undefined;
  const { programs, packages } = tools[name];
  const manager = Object.keys(packages).find((candidate) => findOnPath([candidate]));
  if (!manager) return undefined;
  const prefix = await rootPrefix(packageManagers[manager].asRoot);
  if (!prefix) return undefined;
  for (const candidate of packages[manager]) {
    const [command, ...args] = [...prefix, ...packageManagers[manager].command(candidate)];
    console.log(
      `${programs[0]} is not on PATH; installing it: ${[command, ...args].join(' ')} ` +
        '(BULKWATCH_NO_INSTALL=1 forbids this) ...',
    );
    const { ok, output } = await runCommand({ command, args });
    if (!ok) console.error(output.trimEnd());
    const program = findOnPath(programs);
    if (program) return program;
  }
  return undefined;
}

/** What to put before a command so that it runs as needed; undefined when we may not be root. */
async function rootPrefix(asRoot) {
  if (!asRoot || process.getuid?.() === 0) return [];
  if (!findOnPath(['sudo'])) return undefined;
  const { ok } = await runCommand({ command: 'sudo', args: ['-n', 'true'] });
  return ok ? ['sudo', '-n'] : undefined;
}
