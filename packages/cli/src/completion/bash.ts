import { type CompletedCommand, firstWordsOf, groupsOf, type Takes } from './complete-commands.js';
import { quote } from './quote.js';

/** The completion of bash, from version 3.2 on, with no other package installed. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const groups = groupsOf(commands);
  const firsts = [...firstWordsOf(commands).map(({ word }) => word), '--help', '--version'];
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ name: option, takes }) =>
      takes === undefined ? [] : [`${quote(`${name}|${option}`)}) ${say(takes)} ;;`],
    ),
  );
  const seconds = [...groups].map(
    ([first, members]) =>
      `${quote(first)}) words=${quote(members.map(({ name }) => name.split(' ')[1]).join(' '))} ;;`,
  );
  const options = commands.map(({ name, options: all, argument }) => {
    const names = quote(all.map((option) => option.name).join(' '));
    return `${quote(name)}) if [[ $word == -* ]]; then words=${names}; else ${say(argument)}; fi ;;`;
  });
  return `# Completion of bulkwatch for bash. In ~/.bashrc: eval "$(bulkwatch completion bash)"
_bulkwatch() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} words= files=
  # bash takes --state=x for three words.
  if [[ $word == '=' ]]; then word=; elif [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if (( COMP_CWORD == 1 )); then
    words=${quote(firsts.join(' '))}
  else
    case $command in
      ${[...groups.keys()].join('|')})
        if (( COMP_CWORD > 2 )); then command="$command \${COMP_WORDS[2]}"; fi ;;
    esac
    case "$command|$before" in
      ${values.join('\n      ')}
      *) case $command in
        ${[...seconds, ...options].join('\n        ')}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ -n $files ]]; then
    compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -F _bulkwatch bulkwatch`;
}

function say(takes: Takes): string {
  if (takes === 'file') return 'files=yes';
  return `words=${quote(takes === 'anything' ? '' : takes.join(' '))}`;
}
