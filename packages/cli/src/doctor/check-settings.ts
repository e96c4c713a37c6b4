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
  return ok(name, says, { lines: effective(settings), facts });
}

/** What holds, and where it comes from: a line for each that is given, and the others together. */
function effective(settings: readonly InspectedSetting[]): string[] {
  const of = (source: InspectedSetting['source']) =>
    settings.filter((setting) => setting.source === source);
  const given = settings.filter(({ source }) => source === 'variable' || source === 'file');
  const defaults = of('default').map(assignment).join(' ');
  const unset = of('unset').map(({ env }) => env);
  return [
    ...given.map(lineOf),
    ...(defaults === '' ? [] : [`by default: ${defaults}`]),
    ...(unset.length === 0 ? [] : [`not set: ${unset.join(' ')}`]),
  ];
}

const lineOf = (setting: InspectedSetting): string => {
  const { env, source, services } = setting;
  const file = source === 'file' ? `, out of the file that ${env}_FILE names` : '';
  return `${assignment(setting)}${file} (${services.join(', ')})`;
};

const assignment = ({ env, value, unit }: InspectedSetting): string => {
  const words = (one: unknown): string => {
    if (typeof one === 'number') return `${one}${unit === 'bytes' ? 'b' : (unit ?? '')}`;
    return typeof one === 'string' ? one : JSON.stringify(one);
  };
  return `${env}=${Array.isArray(value) ? value.map(words).join(',') : words(value)}`;
};
