import { parseArgs } from 'node:util'
import { describeMachine, load, machineLine } from './machine.mjs'

/** Numbers and flags of a bench; --quick chooses the second of a pair of defaults. */
export function readOptions(defaults) {
  const options = { quick: { type: 'boolean' }, json: { type: 'boolean' } }
  for (const name of Object.keys(defaults)) options[name] = { type: 'string' }
  const { values } = parseArgs({ options })
  const result = { quick: values.quick ?? false, json: values.json ?? false }
  for (const [name, [long, quick]] of Object.entries(defaults)) {
    result[name] = values[name] === undefined ? (result.quick ? quick : long) : Number(values[name])
    if (!Number.isFinite(result[name]) || result[name] < 0) throw new RangeError(`--${name} takes a number`)
  }
  return result
}

/**
 * Prints the result of a bench, as a table, or with --json as one line for run.mjs.
 * @param result title, rows (objects with the same keys), tables [{ name, title, rows }] (more of them), notes,
 *   goals [{ goal, value, met }], checks [{ check, well }]
 */
export function report(name, options, result) {
  const { title, rows, tables = [], notes = [], goals = [], checks = [], machine = describeMachine() } = result
  const whole = {
    bench: name,
    command: commandLine(name),
    title,
    machine: { ...machine, loadAfter: load() },
    rows,
    tables,
    goals,
    checks,
    notes,
  }
  if (options.json) console.log(JSON.stringify(whole))
  else printReport(whole)
  if (checks.some(({ well }) => !well)) process.exitCode = 1
  return whole
}

export function printReport({ title, command, machine, rows, tables, goals, checks, notes }) {
  console.log(
    `\n${title}\n${command}\n${machineLine(machine)}\nload ${machine.load} before, ${machine.loadAfter} after\n`,
  )
  console.log(table(rows))
  for (const more of tables) console.log(`${more.title}\n\n${table(more.rows)}`)
  for (const { goal, value, met } of goals) console.log(`  ${met ? 'met    ' : 'NOT MET'}  ${goal}: ${value}`)
  for (const { check, well } of checks) console.log(`  ${well ? 'ok     ' : 'WRONG  '}  ${check}`)
  for (const note of notes) console.log(`  ${note}`)
}

/** Rows as Markdown, columns in the order of their keys, numbers to the right. */
export function table(rows) {
  if (rows.length === 0) return ''
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const text = value => (value === null || value === undefined ? '–' : String(value))
  const widths = columns.map(column => Math.max(column.length, 3, ...rows.map(row => text(row[column]).length)))
  const right = columns.map(column => rows.every(row => typeof row[column] !== 'string'))
  const line = cells =>
    `| ${cells.map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`
  const rules = columns.map((_, i) => (right[i] ? `${'-'.repeat(widths[i] + 1)}:` : '-'.repeat(widths[i] + 2)))
  const rule = `|${rules.join('|')}|`
  return `${[line(columns), rule, ...rows.map(row => line(columns.map(column => text(row[column]))))].join('\n')}\n`
}

function commandLine(name) {
  const arguments_ = process.argv.slice(2).filter(argument => argument !== '--json')
  return ['node', `bench/${name}.mjs`, ...arguments_].join(' ')
}

/** Prints progress, which is no part of the result. */
export function tell(text) {
  process.stderr.write(`${text}\n`)
}
