// suite: deep
// The tables of docs/interop.md: what they say is what captures and outputs do.
import * as assert from 'uvu/assert'
import { textOf } from '../../docs/markdown'
import { suite } from '../../support/suite'
import { answers } from './answers'
import { chunks } from './chunks'
import { endings } from './ends'
import { likenesses } from './likenesses'
import { refusals } from './refusals'
import type { Row } from './row'
import { missing, servers } from './servers'
import { streams } from './streams'
import { addresses, logins, redirects } from './ways'

const test = suite('interoperability', { timeout: 120_000 })

/** The heading of each table, and what measures its lines. */
const TABLES: Readonly<Record<string, readonly Row[]>> = {
  Servers: servers,
  'Servers by their likeness': likenesses,
  Addresses: addresses,
  Redirects: redirects,
  Logins: logins,
  Answers: answers,
  Refusals: refusals,
  'Messages and control': chunks,
  Streams: streams,
  Endings: endings,
}
/** Most of them wait for others. */
const AT_ONCE = 8

const page = textOf('docs/interop.md')

/** The lines of a table, by their first cell. */
function linesOf(heading: string): Map<string, string> {
  const section = page.split(/^## /m).find(text => text.startsWith(`${heading}\n`)) ?? ''
  const lines = section.split('\n').filter(line => line.startsWith('| ') && !/^\|[-| ]+\|$|^\| What it/.test(line))
  return new Map(lines.map(line => [line.split('|')[1]!.trim(), line]))
}

const lineOf = (name: string, play: string, publish: string): string => `| ${name} | ${play} | ${publish} |`

interface Job {
  readonly line: Promise<string>
  readonly begin: () => Promise<void>
}

function job({ name, play, publish }: Row): Job {
  let done: (line: string) => void = () => {}
  const line = new Promise<string>(resolve => (done = resolve))
  const measured = (measure: Row['play']): Promise<string> =>
    measure ? measure().catch((error: unknown) => String(error)) : Promise.resolve('–')
  const begin = async (): Promise<void> => {
    const [played, published] = await Promise.all([measured(play), measured(publish)])
    done(lineOf(name, played, published))
  }
  return { line, begin }
}

const jobs = Object.values(TABLES).flatMap(rows => rows.map(row => [row, job(row)] as const))
let begun = false
/** Several at a time, in the order of the tests that wait for them. */
function begin(): void {
  if (begun) return
  begun = true
  const waiting = jobs.map(([, it]) => it)
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await next.begin()
  }
  for (let i = 0; i < AT_ONCE; i++) void work()
}

for (const [heading, rows] of Object.entries(TABLES)) {
  const lines = linesOf(heading)
  test(`${heading}: each line of the page is measured`, () => {
    const measured = [...rows.map(({ name }) => name), ...missing]
    assert.equal(
      [...lines.keys()].filter(name => !measured.includes(name)),
      [],
    )
  })
  for (const row of rows) {
    test(`${heading}: ${row.name}`, async () => {
      begin()
      const line = await jobs.find(([of]) => of === row)![1].line
      assert.is(line, lines.get(row.name) ?? 'no line of the page')
    })
  }
}

test.run()
