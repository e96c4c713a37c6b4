import { readFileSync } from 'node:fs';
import { commandTable, exitCodes, optionForm, usageOf } from '@bulkwatch/cli';
import { code, page, table } from './markdown.mjs';

/** What a real terminal showed, as tests/e2e/terminal.e2e.test.ts sees to; less the prompt that waits below. */
function screen(name) {
  const text = readFileSync(new URL(`screens/${name}.txt`, import.meta.url), 'utf8');
  return `\`\`\`\n${text.replace(/\n\$\n$/, '\n')}\`\`\``;
}

const introduction = `\
\`bulkwatch\` is for operators, and for scripts. Most commands speak to the api, as anybody does
([@bulkwatch/client](../packages/client/README.md)); those about keys and seals speak to Redis.

\`\`\`sh
export BULKWATCH_API_URL=https://bulkwatch.example.org
export BULKWATCH_API_KEY_FILE=~/.config/bulkwatch/key   # or BULKWATCH_API_KEY
bulkwatch register --file urls.txt --credential oracle-north --label study:cardio-7
bulkwatch watch --label study:cardio-7 && bulkwatch list --label study:cardio-7 --json | jq -r .id
\`\`\`

It is called as \`./bulkwatch\` in a clone of the repository, which builds it first where that is needed, and as
\`docker compose run --rm cli\` beside the compose file; in its image it is the entry point.

An API key is taken from the environment or a file, never from an argument, where others could see it. The scopes that a call
needs are in [the API](api.md).`;

const output = `\
## Output

Standard output has the result and nothing else; remarks and faults go to standard error. On a terminal tables keep to its width and have
colours, unless \`NO_COLOR\` is set; into a pipe or a file whole lines are written, without colours. What providers say is shown without its
control characters. \`--json\` is for programs: one JSON document, or one on each line where there may be many; its members are
those of [the API](api.md), and more may come. \`--help\` after a command explains it. Ctrl-C ends \`watch\` and
\`events tail\`; the jobs are tracked on. It ends \`download\` too, which goes on where it was when it is called again. On a terminal empty columns are left out, and \`watch\` draws its lines anew: those of open jobs
where there is no room for all, and all of them in the end. With \`TERM=dumb\`, as into a pipe, it writes a line for each change.

${screen('watch')}

${screen('watch-end')}`;

const looks = `\
## What else it looks like

${['list', 'show', 'doctor'].map(screen).join('\n\n')}

## Completion

\`bulkwatch completion bash\`, \`zsh\` or \`fish\` prints what makes the shell complete commands, options, and values that are known, by Tab;
its first lines say where it belongs. It is made from the same table as this page.

${screen('completion')}`;

/** Chapters of commands, by whom they speak to. */
const chapters = {
  api: ['With the api', 'These read `BULKWATCH_API_URL` and `BULKWATCH_API_KEY`.'],
  redis: [
    'With Redis',
    'These read `BULKWATCH_REDIS_URL` and are for whoever runs Bulkwatch. One that writes leaves an audit line on standard error.',
  ],
  nothing: ['On this machine', 'These need neither; `doctor` looks at whatever the settings name.'],
};

/** docs/cli.md */
export function cliPage() {
  return page({
    title: 'The command line',
    source: 'packages/cli/src/command-table.ts and exit-codes.ts',
    parts: [introduction, output, '## Exit codes', exitCodeTable(), looks, ...commands()],
  });
}

function exitCodeTable() {
  const rows = Object.entries(exitCodes).map(([name, row]) => [
    String(row.code),
    code(name),
    row.meaning,
  ]);
  return table(['Code', 'Name', 'When'], rows);
}

function commands() {
  return Object.entries(chapters).flatMap(([needs, [title, says]]) => [
    `## ${title}`,
    says,
    ...commandTable.filter((command) => command.needs === needs).map(section),
  ]);
}

function section(command) {
  const { name, does, notes = [], options } = command;
  const rows = Object.entries(options).map(([option, row]) => [
    code(optionForm(option, row)),
    row.does,
  ]);
  return [
    `### ${code(name)}`,
    `\`\`\`\n${usageOf(command)}\n\`\`\``,
    [`${does[0].toUpperCase()}${does.slice(1)}.`, ...notes].join(' '),
    table(['Option', 'Does'], rows),
  ].join('\n\n');
}
