import type { BatchResult, RegistrationInput } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command, CommandParts } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { printable } from '../printable.js';
import { problemLine, problemLines } from '../problem-lines.js';
import { readLabels } from '../read-labels.js';
import { readOptions } from '../read-options.js';
import { readRegistrations } from '../read-registrations.js';
import { readSecret, readSource } from '../read-source.js';

const options = {
  file: {
    type: 'string',
    value: 'FILE',
    does: 'take them from a file, one a line: status URLs, or registrations in JSON; - is standard input',
  },
  preset: { type: 'string', value: 'PRESET', does: 'what is known of the provider' },
  protocol: { type: 'string', value: 'NAME', does: 'what the status URL speaks' },
  credential: { type: 'string', value: 'NAME', does: 'the named credential to poll with' },
  'bearer-token-file': {
    type: 'string',
    value: 'FILE',
    does: 'the token to poll with is the first line of this file; - is standard input',
  },
  'retry-after': {
    type: 'string',
    value: 'TEXT',
    does: "the Retry-After of the kick-off's response, as it came",
  },
  'kicked-off-at': { type: 'string', value: 'INSTANT', does: 'when the export was kicked off' },
  'deadline-at': { type: 'string', value: 'INSTANT', does: 'when to give up' },
  label: {
    type: 'string',
    value: 'KEY:VALUE',
    multiple: true,
    does: 'a label; may be repeated',
  },
  reference: { type: 'string', value: 'TEXT', does: 'what you know it by' },
  'delete-on-acknowledge': {
    type: 'boolean',
    does: 'send the provider a delete request once the subscribers have acknowledged the job',
  },
  'required-subscriber': {
    type: 'string',
    value: 'NAME',
    multiple: true,
    does: 'a subscriber that has to acknowledge the job; may be repeated',
  },
  ...apiOptions,
} as const;

/** Registers status URLs: one, many, or as many as a file has lines. */
export const register: Command = {
  name: 'register',
  usage: 'URL ... | --file FILE [--credential NAME] [--retry-after TEXT] [--label KEY:VALUE ...]',
  does: 'register status URLs, to be polled from now on',
  notes: [
    'What is tracked already is told of like the rest, so that it may be done again.',
    'With --json there is one result on each line, as the api gives it for a batch.',
  ],
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals: urls } = readOptions(args, options);
    const { file } = values;
    if (urls.length > 0 === (file !== undefined))
      throw new UsageError('Name status URLs, or the file that they are in with --file.');
    if (file === '-' && values['bearer-token-file'] === '-')
      throw new UsageError('Standard input cannot be both the list and the token.');
    const client = parts.openClient(values);
    const shared = await readShared(values, parts.stdin);
    const lines = file === undefined ? urls : readSource(file, parts.stdin);
    const numbers: number[] = [];
    async function* registrations(): AsyncGenerator<RegistrationInput, void, void> {
      for await (const { line, registration } of readRegistrations(lines, shared)) {
        numbers.push(line);
        yield registration;
      }
    }
    let refusedCount = 0;
    for await (const result of client.registerBatch(registrations())) {
      // The client counts what it was given; people count the lines of their file.
      const line = numbers[result.line - 1] ?? result.line;
      show({ ...result, line }, values.json === true, parts);
      if ('problem' in result) refusedCount += 1;
    }
    if (numbers.length === 0) throw new CommandError('There is nothing to register.');
    if (refusedCount > 0)
      throw new CommandError(`${refusedCount} of ${numbers.length} were refused.`, 'refused');
  },
};

interface SharedValues {
  readonly preset?: string | undefined;
  readonly protocol?: string | undefined;
  readonly credential?: string | undefined;
  readonly 'bearer-token-file'?: string | undefined;
  readonly 'retry-after'?: string | undefined;
  readonly 'kicked-off-at'?: string | undefined;
  readonly 'deadline-at'?: string | undefined;
  readonly label?: readonly string[] | undefined;
  readonly reference?: string | undefined;
  readonly 'delete-on-acknowledge'?: boolean | undefined;
  readonly 'required-subscriber'?: string[] | undefined;
}

/** What all registrations have in common. */
async function readShared(
  values: SharedValues,
  stdin: CommandParts['stdin'],
): Promise<Omit<RegistrationInput, 'statusUrl'>> {
  const { preset, protocol, credential, reference, label, 'bearer-token-file': file } = values;
  const labels = label && readLabels(label);
  return {
    preset,
    protocol,
    credential,
    reference,
    labels,
    retryAfter: values['retry-after'],
    kickedOffAt: values['kicked-off-at'],
    deadlineAt: values['deadline-at'],
    deleteOnAcknowledge: values['delete-on-acknowledge'],
    requiredSubscribers: values['required-subscriber'],
    bearerToken: file === undefined ? undefined : await readSecret(file, stdin),
  };
}

function show(result: BatchResult, json: boolean, { out, say }: CommandParts): void {
  if (json) return out(JSON.stringify(result));
  if ('problem' in result) {
    say(`Line ${result.line}: ${problemLine(result.problem)}`);
    return problemLines(result.problem).forEach(say);
  }
  const { id, statusUrl } = result.job;
  const how = result.status === 201 ? 'registered' : 'tracked already';
  out(`${id}  ${how}  ${printable(statusUrl)}`);
}
