import {
  type Environment,
  inspectSettings,
  loadSettings,
  type Settings,
  SettingsError,
  type SettingsInspection,
} from '@bulkwatch/runtime';

/** What the doctor looks at: the settings of this environment. */
export interface Patient {
  readonly env: Environment;
  /** Whether settings are here that the services alone read: then it looks at all as a service would. */
  readonly isService: boolean;
  readonly inspection: SettingsInspection;
  /** Those of the worker, who has all that concerns providers; undefined where they cannot be used. */
  readonly worker: Settings | undefined;
}

export function receivePatient(env: Environment): Patient {
  const isSet = ({ source }: { source: string }): boolean =>
    source === 'variable' || source === 'file';
  const ours = inspectSettings(['cli'], env);
  const all = inspectSettings(['cli', 'api', 'worker'], env);
  const isService = all.settings.filter(isSet).length > ours.settings.filter(isSet).length;
  return {
    env,
    isService,
    inspection: isService ? all : ours,
    worker: isService ? workerSettings(env) : undefined,
  };
}

function workerSettings(env: Environment): Settings | undefined {
  try {
    return loadSettings('worker', env);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** Whether somebody set it, in its variable or its file. */
export function isSet({ inspection }: Pick<Patient, 'inspection'>, name: string): boolean {
  const source = inspection.settings.find(({ env }) => env === name)?.source;
  return source === 'variable' || source === 'file';
}
