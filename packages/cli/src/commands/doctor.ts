import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { type Check, worstOf } from '../doctor/check.js';
import { checkApi } from '../doctor/check-api.js';
import { checkCredential } from '../doctor/check-credential.js';
import { checkFiles } from '../doctor/check-files.js';
import { checkRedis } from '../doctor/check-redis.js';
import { checkSettings } from '../doctor/check-settings.js';
import { checkUrl } from '../doctor/check-url.js';
import { receivePatient } from '../doctor/patient.js';
import { checkDocument, showChecks } from '../doctor/show-checks.js';
import { readOptions } from '../read-options.js';

const options = {
  url: {
    type: 'string',
    value: 'URL',
    does: 'tell as well whether this status URL would be asked, and why; it is not asked',
  },
  credential: {
    type: 'string',
    value: 'NAME',
    does: 'get a token as well with this named credential; it is thrown away',
  },
  tenant: {
    type: 'string',
    value: 'NAME',
    does: 'for whose job the URL or the credential would be; default without it',
  },
  ...apiOptions,
} as const;

/** Looks whether everything is as it should be, and says what to do where it is not. */
export const doctor: Command = {
  name: 'doctor',
  usage: '[--url URL] [--credential NAME] [--tenant NAME]',
  does: 'look whether settings, Redis, api and workers are well, and say what to do',
  notes: [
    'It changes nothing. Run it with the settings of the services, as in their container, and it looks at all of them and at the files that they name.',
    'With --json there is one document, {"level": ..., "checks": [...]}.',
  ],
  options,
  needs: 'nothing',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const { url, credential, tenant = 'default' } = values;
    if (positionals.length > 0) throw new UsageError('doctor takes options only.');
    if (values.tenant !== undefined && url === undefined && credential === undefined)
      throw new UsageError('--tenant goes with --url or --credential.');
    const patient = receivePatient(parts.env);
    const checks: Check[] = [
      checkSettings(patient),
      ...(await checkRedis(patient)),
      ...(await checkFiles(patient)),
      await checkApi(() => parts.openClient(values, { retries: 0 }), patient),
      ...(url === undefined ? [] : [await checkUrl(url, tenant, patient)]),
      ...(credential === undefined ? [] : [await checkCredential(credential, tenant, patient)]),
    ];
    const level = worstOf(checks);
    if (values.json) parts.out(JSON.stringify({ level, checks: checks.map(checkDocument) }));
    else showChecks(checks, parts);
    if (level === 'ok') return;
    const count = (of: Check['level']): number => checks.filter((one) => one.level === of).length;
    throw new CommandError(
      `Of ${checks.length} checks ${count('failed')} failed and ${count('warning')} gave a warning.`,
      level === 'failed' ? 'failed' : 'warned',
    );
  },
};
