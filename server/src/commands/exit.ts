/** How commands end. */
import type { Command } from 'commander'
import { Problem } from '../core/problem.js'
import { asProblem, problemDocument } from '../api/http/problem-response.js'

/** `warnings`, `errors`: the command did its work, and has found something that bad. */
export const EXIT = { good: 0, refused: 1, usage: 2, unreachable: 3, warnings: 4, errors: 5 } as const

const UNREACHABLE: ReadonlySet<string> = new Set(['ERR_UNREACHABLE', 'ERR_STORE_UNREACHABLE'])

/** Wrong arguments of this command and those under it end with 2. */
export const usageExit = (command: Command): Command =>
  command.exitOverride(error => process.exit(error.exitCode === 0 ? EXIT.good : EXIT.usage))

/** Says on stderr what went wrong and what to do, and sets the exit status. */
export function failWith(error: unknown, json: boolean): void {
  const problem = error instanceof Problem ? error : asProblem(error)
  // A fault of the command itself shows where it is.
  if (problem.code === 'ERR_INTERNAL') console.error(error)
  else if (json) console.error(JSON.stringify(problemDocument(problem)))
  else console.error(problemText(problem))
  process.exitCode =
    problem.status === EXIT.usage ? EXIT.usage : UNREACHABLE.has(problem.code) ? EXIT.unreachable : EXIT.refused
}

function problemText({ message, remedy, problems, code }: Problem): string {
  const places = problems.map(({ file, line, column, path, message }) => {
    const place = [file, line, column].filter(part => part !== null && part !== '').join(':')
    return `  ${[place, path].filter(Boolean).join(' ')}: ${message}`
  })
  return [`${message} (${code})`, ...places, remedy].map(printable).join('\n')
}

/** What a peer or a file says may move the cursor of a terminal. */
export const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '?')
