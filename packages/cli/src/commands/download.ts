import type { Download, DownloadRules, FileOutcome } from '@bulkwatch/client/download';
import { apiOptions } from '../api-options.js';
import type { Command, CommandParts } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { createDownloadBoard } from '../download-board.js';
import { printable } from '../printable.js';
import { readCount } from '../read-count.js';
import { readDownloadSource } from '../read-download-source.js';
import { readOptions } from '../read-options.js';
import { readSecret } from '../read-source.js';
import { type Cell, renderTable } from '../render-table.js';
import { sizeWords } from '../size-words.js';

const options = {
  to: {
    type: 'string',
    value: 'FOLDER',
    does: 'where the files go; one folder for each export, made where it is missing',
  },
  concurrency: {
    type: 'string',
    value: 'N',
    does: 'how many files are fetched at the same time; 4 without it, 100 at most',
  },
  'credential-token-file': {
    type: 'string',
    value: 'FILE',
    does: "the provider's token is the first line of this file, read anew for each request; - is standard input",
  },
  'token-origin': {
    type: 'string',
    value: 'ORIGIN',
    multiple: true,
    does: 'where the token may go; to the origin of the status URL without it',
  },
  'fresh-links': {
    type: 'boolean',
    does: 'ask the provider for fresh links, once, where links have expired; for jobs only',
  },
  'any-count': {
    type: 'boolean',
    does: 'keep files too that have not as many lines as the manifest says',
  },
  'dangerously-allow-http': {
    type: 'boolean',
    does: 'fetch from http too, where others can read files and token',
  },
  ...apiOptions,
} as const;

type Values = ReturnType<typeof readOptions<typeof options>>['values'];

const head = ['FILE', 'STATE', 'LINES', 'SIZE', 'REASON'];

/** Fetches the files of an export. */
export const download: Command = {
  name: 'download',
  usage: 'ID | MANIFEST.json --to FOLDER [--concurrency N] [--credential-token-file FILE]',
  does: 'fetch the files of a completed job, or of a manifest, into a folder',
  notes: [
    'What is there already is not fetched again: after a fault or Ctrl-C the same command goes on where it was.',
    'A manifest is a file that ends in .json, or - for standard input. Its files need no api.',
    'With --json there is one document, {"complete": ..., "folder": ..., "files": [...]}.',
  ],
  options,
  argument: 'FILE',
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const rules = readRules(values, parts.stdin);
    if (positionals[0] === '-' && values['credential-token-file'] === '-')
      throw new UsageError('Standard input cannot be both the manifest and the token.');
    const refreshLinks = values['fresh-links'] === true;
    const openClient = () => parts.openClient(values);
    const source = await readDownloadSource(positionals, { ...parts, refreshLinks, openClient });
    const board = values.json ? undefined : createDownloadBoard(parts);
    const onProgress: DownloadRules['onProgress'] = (progress) => board?.show(progress);
    const { downloadExport } = await import('@bulkwatch/client/download');
    const done = await downloadExport({ ...rules, ...source, onProgress }).catch((error: unknown) =>
      faultOf(error, rules),
    );
    if (values.json) parts.out(JSON.stringify(done));
    else board?.close(linesOf(done, parts));
    tellEnd(done, parts.say);
  },
};

/** Throws UsageError. */
function readRules(values: Values, stdin: CommandParts['stdin']): DownloadRules {
  if (!values.to) throw new UsageError('--to must name the folder for the files.');
  return {
    folder: values.to,
    concurrency: readCount(values.concurrency, { name: 'concurrency', max: 100 }),
    token: tokenOf(values['credential-token-file'], stdin),
    tokenOrigins: values['token-origin']?.map(readTokenOrigin),
    counts: values['any-count'] ? 'report' : 'check',
    dangerouslyAllowHttp: values['dangerously-allow-http'],
  };
}

function readTokenOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null' || origin !== text.replace(/\/$/, ''))
    throw new UsageError('--token-origin must be an origin, such as https://ehr.example.org.');
  return origin;
}

/** Whoever renews a token that lives for minutes writes it into the same file. */
function tokenOf(file: string | undefined, stdin: CommandParts['stdin']): DownloadRules['token'] {
  if (file === undefined) return undefined;
  if (file !== '-') return () => readSecret(file, stdin);
  let read: Promise<string> | undefined;
  return () => (read ??= readSecret(file, stdin));
}

/** What an error is to people, where it is none of ours. */
async function faultOf(error: unknown, { folder }: DownloadRules): Promise<never> {
  const { DownloadError } = await import('@bulkwatch/client/download');
  if (error instanceof DownloadError) throw new CommandError(printable(error.message));
  const isOfTheDisk = error instanceof Error && 'syscall' in error && 'code' in error;
  if (isOfTheDisk) throw new CommandError(`${folder} cannot be used: ${String(error.code)}.`);
  throw error;
}

function linesOf({ files }: Download, { screen, paint }: CommandParts): readonly string[] {
  if (files.length === 0) return ['The manifest lists no file.'];
  return renderTable(head, files.map(cellsOf), { columns: screen()?.columns, paint });
}

function cellsOf(file: FileOutcome): Cell[] {
  if (file.kind === 'failed')
    return [file.file, { text: 'failed', color: 'red' }, null, null, file.fault.reason];
  const state = file.skipped ? 'was there' : 'complete';
  return [
    file.file,
    { text: state, color: 'green' },
    String(file.lines),
    sizeWords(file.bytes),
    null,
  ];
}

function tellEnd({ complete, folder, files }: Download, say: CommandParts['say']): void {
  const failed = files.flatMap((file) => (file.kind === 'failed' ? [file.fault.message] : []));
  for (const message of failed) say(printable(message));
  if (complete) return say(`All ${files.length} files are in ${folder}.`);
  throw new CommandError(
    `${failed.length} of ${files.length} files are not there; the same command goes on with them.`,
  );
}
