import { readText } from './infra-files.js';

export interface Instruction {
  readonly keyword: string;
  readonly text: string;
}

/** Instructions of a Dockerfile in order: comments dropped, continued lines joined. */
export function readDockerfile(name: string): Instruction[] {
  return readText(name)
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword = '', text = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
      return { keyword, text };
    });
}

/** The stages of a Dockerfile: each begins with its FROM. */
export function stagesOf(instructions: readonly Instruction[]): Instruction[][] {
  const stages: Instruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}
