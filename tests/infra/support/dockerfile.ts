import {
  DockerfileParser,
  JSONInstruction,
  ModifiableInstruction,
  type Instruction as Parsed,
  PropertyInstruction,
} from 'dockerfile-ast';
import { readText } from './infra-files.js';

export interface Instruction {
  readonly keyword: string;
  /** What follows the keyword and its flags, on one line. */
  readonly text: string;
  /** The words of it. */
  readonly words: readonly string[];
  /** Such as `from` of `COPY --from=build`. */
  readonly flags: Readonly<Record<string, string | null>>;
  /** The words of the exec form, which no shell reads; undefined where it is not in that form. */
  readonly exec: readonly string[] | undefined;
  /** What LABEL and ENV say. */
  readonly properties: Readonly<Record<string, string | null>>;
}

/** Instructions of a Dockerfile in order, comments dropped. */
export const readDockerfile = (name: string): Instruction[] =>
  DockerfileParser.parse(readText(name)).getInstructions().map(instructionOf);

function instructionOf(parsed: Parsed): Instruction {
  const keyword = parsed.getKeyword();
  const text = (parsed.getRawArgumentsContent() ?? '').replace(/\\\n\s*/g, '');
  const flags = parsed instanceof ModifiableInstruction ? parsed.getFlags() : [];
  const properties = parsed instanceof PropertyInstruction ? parsed.getProperties() : [];
  return {
    keyword,
    text,
    words: parsed.getArguments().map((argument) => argument.getValue()),
    flags: Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue()])),
    exec: execForm(parsed, text),
    properties: Object.fromEntries(properties.map((one) => [one.getName(), one.getValue()])),
  };
}

function execForm(parsed: Parsed, text: string): string[] | undefined {
  const command = parsed instanceof JSONInstruction || parsed.getKeyword() === 'HEALTHCHECK';
  const list = text.replace(/^CMD\s+/, '');
  return command && list.startsWith('[') ? (JSON.parse(list) as string[]) : undefined;
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
