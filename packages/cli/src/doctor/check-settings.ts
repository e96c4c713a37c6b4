import type { InspectedSetting } from '@bulkwatch/runtime';
import { type Check, failed, ok } from './check.js';
import type { Patient } from './patient.js';

const name = 'settings';

/** Whether the settings can be used, and where they come from; all faults at once. */
export function checkSettings({ inspection, isService }: Patient): Check {
  const { settings, problems } = inspection;
  const given = settings.filter(({ source }) => source === 'variable' || source === 'file');
  const facts = { settings, problems };
  if (problems.length > 0)
    return failed(
      name,
      `${problems.length === 1 ? 'One setting' : `${problems.length} settings`} cannot be used.`,
      'See docs/configuration.md.',
      { lines: problems.map(({ env, message }) => `${env}: ${message}`), facts },
    );
  const whose = isService
    ? 'the services and the command line'
    : 'the command line; those of the services are not set here';
  const says = `${given.length} of ${settings.length} settings are set, of ${whose}.`;
  return ok(name, says, { lines: given.map(lineOf), facts });
}

const lineOf = ({ env, source, value }: InspectedSetting): string =>
  `${env}=${typeof value === 'string' ? value : JSON.stringify(value)}${source === 'file' ? `, out of the file that ${env}_FILE names` : ''}`;
