/** One setting that cannot be used, and what is expected of it. Never its value. */
export interface SettingsProblem {
  /** Name of the environment variable. */
  readonly env: string;
  readonly message: string;
}

/** Settings with which the service cannot start. Lists every problem at once, and no value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    const lines = problems.map(({ env, message }) => `  ${env}: ${message}`);
    super(['These settings cannot be used:', ...lines].join('\n'));
    this.problems = problems;
  }
}
