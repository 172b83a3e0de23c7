/** Completion for shells, of the commands as they are. */
import type { Command } from 'commander'

/** null: not a shell that it knows. */
export function completionScript(shell: string, program: Command): string | null {
  if (shell === 'bash') return bashOf(program)
  return shell === 'zsh' ? zshOf(program) : null
}

const longOptions = (command: Command): string[] => [
  ...command.options.map(({ long }) => long).filter(long => long != null),
  '--help',
]
const wordsOf = (command: Command): string =>
  [...command.commands.map(one => one.name()), ...longOptions(command)].join(' ')

/** Options where a word begins with a dash; files otherwise. */
function bashOf(program: Command): string {
  const cases = program.commands.map(command => `    ${command.name()}) words='${wordsOf(command)}' ;;`)
  return `# bash completion of rxgst
_rxgst() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=''
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words='${wordsOf(program)}'; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ "$COMP_CWORD" -gt 1 ] && [ "\${current:0:1}" != '-' ]; then
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _rxgst rxgst
`
}

const zshText = (text: string): string => text.replace(/'/g, "'\\''").replace(/[[\]:\\]/g, '\\$&')

function zshOf(program: Command): string {
  const rows = program.commands.map(command => `    '${command.name()}:${zshText(command.description())}'`)
  const cases = program.commands.map(command => {
    const words = command.commands.map(one => one.name()).join(' ')
    const options = command.options
      .filter(({ long }) => long != null)
      .map(({ long, description }) => `'${long}[${zshText(description)}]'`)
    const rest = words === '' ? "'*:file:_files'" : `'1:command:(${words})' '*:file:_files'`
    return `    ${command.name()}) _arguments ${[...options, rest].join(' ')} ;;`
  })
  return `#compdef rxgst
_rxgst() {
  local -a commands=(
${rows.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _rxgst rxgst
`
}
