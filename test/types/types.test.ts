import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { undocumented, unnamed } from './undocumented'

/** The types that users get, as their compiler reads them: those in dist/, not the sources. */
const test = suite('types', { timeout: 120_000 })

const root = join(__dirname, '../../..')

/** file:line of every error. */
function errorsOf(folder: string, files: readonly string[]): string[] {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const errors = [...stdout.matchAll(/^(\S+)\((\d+),\d+\): error/gm)].map(([, file, line]) => `${file}:${line}`)
  const others = stdout.split('\n').filter(line => /error/.test(line) && !files.some(file => line.startsWith(file)))
  assert.equal(others, [])
  assert.is(status === 0, errors.length === 0, stdout)
  return errors
}

test('a program compiles against dist, and what it may not write does not', () => {
  const folder = tempDir()
  const wanted: string[] = []
  for (const name of ['accepted.ts', 'refused.ts']) {
    const source = readFileSync(join(root, 'test/types', name), 'utf8').replace('../../src/index', 'rxgst')
    // Without the marks the lines after them are errors, each one.
    const lines = source.split('\n')
    lines.forEach((line, at) => {
      if (!line.includes('@ts-expect-error')) return
      wanted.push(`${name}:${at + 2}`)
      lines[at] = ''
    })
    writeFileSync(join(folder, name), lines.join('\n'))
  }
  assert.ok(wanted.length > 25)
  // As an installed package, whose exports lead to dist/.
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/rxgst'))
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2023'],
    module: 'node16',
    moduleResolution: 'node16',
    types: ['node'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  assert.equal(errorsOf(folder, ['accepted.ts', 'refused.ts']), wanted)
})

test('every public name and member says what it is; what is for this package alone is not there', () => {
  const { missing, members } = undocumented(join(root, 'dist/src/index.d.ts'))
  assert.equal(missing, [])
  assert.ok(members > 400, `${members} members`)
  for (const file of [
    'live/capture/capture',
    'live/output/output',
    'engine/run/run',
    'engine/run/run-types',
    'monitor/stream-monitor',
  ]) {
    assert.not.match(readFileSync(join(root, `dist/src/${file}.d.ts`), 'utf8'), /METER|\bMetered\b|@internal/)
  }
})

test('a program can name what public types are made of', () => {
  const written = new Set(['StateTimes', 'Elements', 'Values'])
  // Of what this package alone calls.
  const own = new Set(['RxGstErrorOptions', 'ResolvedWebhookOptions', 'Clock'])
  const found = unnamed(join(root, 'dist/src/index.d.ts'))
  assert.ok(found.length > 0)
  assert.equal(
    found.filter(one => !written.has(one.split(': ')[1]!) && !own.has(one.split(': ')[1]!)),
    [],
  )
})

test('the types are those of the elements of this machine', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts/generate-elements.mjs'), '--check'],
    { encoding: 'utf8' },
  )
  // Other Debian packages than those that they were made from have other elements: there is nothing to compare with.
  if (status === 2) console.log(`not compared: ${stdout.trim()}`)
  else assert.is(status, 0, stdout + stderr)
})

test('the types say which GStreamer they were made from', () => {
  const recorded = JSON.parse(readFileSync(join(root, 'scripts/elements/versions.json'), 'utf8')) as Record<
    string,
    string
  >
  const [, version] = /^(?:\d+:)?([\d.]+)-/.exec(recorded['libgstreamer1.0-0']!)!
  const [line] = readFileSync(join(root, 'src/pipelines/elements/elements.ts'), 'utf8').split('\n')
  assert.match(line!, `From GStreamer ${version}.`)
})

test.run()
