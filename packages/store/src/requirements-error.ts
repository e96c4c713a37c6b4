/** Redis cannot be reached, or is not one to trust jobs to. The message lists everything that is wrong with it. */
export class RequirementsError extends Error {
  override readonly name = 'RequirementsError';

  constructor(problems: readonly string[]) {
    super(['This Redis cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}
