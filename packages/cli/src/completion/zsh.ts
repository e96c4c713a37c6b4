import { type CompletedCommand, firstWordsOf, groupsOf, type Takes } from './complete-commands.js';
import { quote } from './quote.js';

/** The completion of zsh, as a file of the function path or as something to be sourced. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const groups = groupsOf(commands);
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap(({ name: option, takes }) =>
      takes === undefined ? [] : [`${quote(`${name}|${option}`)}) ${say(takes)} ;;`],
    ),
  );
  const seconds = [...groups].map(([first, members]) => {
    const described = members.map(({ name, does }) => describe(name.split(' ')[1] ?? '', does));
    return `${quote(first)}) words_known=(${described.join(' ')}); _describe command words_known ;;`;
  });
  const options = commands.map(({ name, options: all, argument }) => {
    const described = all.map((option) => describe(option.name, option.does)).join(' ');
    return `${quote(name)}) if [[ $word == -* ]]; then words_known=(${described}); _describe option words_known; else ${say(argument)}; fi ;;`;
  });
  const firsts = firstWordsOf(commands).map(({ word, does }) => describe(word, does));
  return `#compdef bulkwatch
# Completion of bulkwatch for zsh. In ~/.zshrc, after compinit: source <(bulkwatch completion zsh)
_bulkwatch() {
  local word=$words[CURRENT] before=$words[CURRENT-1] command=$words[2]
  local -a words_known
  if (( CURRENT == 2 )); then
    words_known=(${firsts.join(' ')})
    _describe command words_known
    return
  fi
  case $command in
    ${[...groups.keys()].join('|')})
      if (( CURRENT > 3 )); then command="$command $words[3]"; fi ;;
  esac
  case "$command|$before" in
    ${values.join('\n    ')}
    *) case $command in
      ${[...seconds, ...options].join('\n      ')}
    esac ;;
  esac
}
if [[ $funcstack[1] == _bulkwatch ]]; then _bulkwatch "$@"; else compdef _bulkwatch bulkwatch; fi`;
}

/** A colon stands between a word and what it does. */
const describe = (word: string, does: string): string =>
  quote(`${word.replaceAll(':', '\\:')}:${does}`);

function say(takes: Takes): string {
  if (takes === 'file') return '_files';
  return takes === 'anything' ? ':' : `compadd -- ${takes.map(quote).join(' ')}`;
}
