// docs/performance.md and its charts are what `node bench/run.mjs --render` makes of docs/figures: no figure is typed
// by hand.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('the page of figures')

const repository = join(__dirname, '../../..')
const docs = join(repository, 'docs')
const charts = readdirSync(join(docs, 'charts')).filter(name => name.endsWith('.svg'))
const page = readFileSync(join(docs, 'performance.md'), 'utf8')

interface PageModule {
  renderPage(docs: string): { page: string; charts: Record<string, string> }
  writePage(docs: string): string[]
}
const load = () => import(pathToFileURL(join(repository, 'bench/lib/page.mjs')).href) as Promise<PageModule>

test('is what --render makes of the figures that are kept', async () => {
  const rendered = (await load()).renderPage(docs)
  assert.is(page, rendered.page, 'node bench/run.mjs --render')
  assert.equal(charts.sort(), Object.keys(rendered.charts).sort())
  for (const name of charts) assert.is(readFileSync(join(docs, 'charts', name), 'utf8'), rendered.charts[name], name)
})

test('figures are of a bench that exists, with command and machine; the page says where there are none', () => {
  const benches = readdirSync(join(repository, 'bench'))
    .filter(name => name.endsWith('.mjs') && name !== 'run.mjs')
    .map(name => name.slice(0, -'.mjs'.length))
  const kept = readdirSync(join(docs, 'figures')).map(name => name.slice(0, -'.json'.length))
  assert.equal(
    kept.filter(name => !benches.includes(name)),
    [],
  )
  for (const bench of benches) {
    assert.is(page.includes(`\`node bench/${bench}.mjs\` has not been run yet`), !kept.includes(bench), bench)
    if (!kept.includes(bench)) continue
    const figure = JSON.parse(readFileSync(join(docs, 'figures', `${bench}.json`), 'utf8')) as {
      bench: string
      command: string
      machine: { cpu: string; node: string }
    }
    assert.is(figure.bench, bench)
    assert.match(figure.command, `node bench/${bench}.mjs`)
    assert.ok(figure.machine.cpu && figure.machine.node)
  }
})

test('a run of one bench leaves the sections of the others as they are', async () => {
  const folder = join(tempDir(), 'docs')
  mkdirSync(folder)
  cpSync(join(docs, 'figures'), join(folder, 'figures'), { recursive: true })
  const { writePage } = await load()
  writePage(folder)
  const file = join(folder, 'figures/encode.json')
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('RTMPOutput', 'CHANGED'))
  const written = writePage(folder)
  assert.ok(written.includes('charts/encode.svg'))
  const changed = sections(readFileSync(join(folder, 'performance.md'), 'utf8'))
  const before = sections(page)
  const differ = [...before.keys()].filter(title => before.get(title) !== changed.get(title))
  assert.equal(differ.sort(), ['Goals', 'Sending RGB as H.264'])
})

test('says so where a bench has not been run, and links to where the time goes only where that is told', async () => {
  const folder = join(tempDir(), 'docs')
  mkdirSync(folder)
  const { renderPage } = await load()
  assert.match(renderPage(folder).page, '`node bench/decode.mjs` has not been run yet')
  assert.not.match(renderPage(folder).page, 'capture-cost.md')
  writeFileSync(join(folder, 'capture-cost.md'), '')
  assert.match(renderPage(folder).page, '(capture-cost.md)')
})

for (const name of charts) {
  test(`charts/${name} is well-formed, readable, and on the page`, () => {
    const text = readFileSync(join(docs, 'charts', name), 'utf8')
    assert.ok(page.includes(`](charts/${name})`))
    checkXml(text)
    assert.match(text, 'prefers-color-scheme: dark')
    assert.not.match(text, /NaN|undefined|Infinity/)
    const sizes = [...text.matchAll(/font(?:-size)?:[^;}]*?(\d+)px/g)].map(([, size]) => Number(size))
    assert.ok(sizes.length > 0 && sizes.every(size => size >= 12), `${sizes}`)
    const [, width] = /viewBox="0 0 (\d+)/.exec(text)!
    for (const [, x] of text.matchAll(/ x="(-?[\d.]+)"/g))
      assert.ok(Number(x) >= 0 && Number(x) <= Number(width), `x = ${x}`)
  })
}

test('--render and an unknown bench, from the command line', () => {
  const before = readFileSync(join(docs, 'performance.md'), 'utf8')
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['bench/run.mjs', ...args], { cwd: repository, encoding: 'utf8' })
  assert.is(run('--render').status, 0)
  assert.is(readFileSync(join(docs, 'performance.md'), 'utf8'), before)
  const unknown = run('nothing')
  assert.is(unknown.status, 1)
  assert.match(unknown.stderr, 'unknown bench nothing')
  assert.ok(existsSync(join(docs, 'figures/decode.json')))
})

test.run()

/** Title of a section → its text. */
function sections(text: string): Map<string, string> {
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map(part => [part.split('\n')[0]!, part]),
  )
}

/** Elements that close in their order, quoted attributes, no stray < or &: what an SVG must be to be drawn at all. */
function checkXml(text: string): void {
  const open: string[] = []
  const rest = text.replace(
    /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, closing: string, name: string, __, empty: string) => {
      if (closing) assert.is(open.pop(), name)
      else if (!empty) open.push(name)
      return ''
    },
  )
  assert.equal(open, [])
  assert.not.match(rest, '<')
  assert.not.match(rest.replace(/&(lt|gt|amp|quot);/g, ''), '&')
}
