// What is in the tarball hangs together, and runs: the quick part of package.test.ts, with the addon of this checkout.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { PROJECTS } from './projects'

const test = suite('what is packed', { timeout: 170_000 })

const repository = join(__dirname, '../../..')
const folder = tempDir()
const installed = join(folder, 'node_modules/rxgst')
let files: string[]

test.before(async () => {
  // Without scripts: the test command has just compiled.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await exec('npm', pack, { cwd: repository, timeout: 150_000 })
  const [packed] = JSON.parse(stdout.toString()) as [{ filename: string; files: { path: string }[] }]
  files = packed.files.map(({ path }) => path)
  mkdirSync(installed, { recursive: true })
  await exec('tar', ['-xzf', join(folder, packed.filename), '--strip-components=1', '-C', installed])
  symlinkSync(join(repository, 'build'), join(installed, 'build'))
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name))
  }
})

test('every module finds those that it imports', () => {
  const missing: string[] = []
  let imports = 0
  for (const file of files.filter(name => /\.(m?js|d\.ts)$/.test(name))) {
    const text = readFileSync(join(installed, file), 'utf8')
    for (const [, path] of text.matchAll(/^[^*\n]*?\b(?:from|import|require\() ?['"](\.[^'"]+)['"]/gm)) {
      imports++
      const target = normalize(join(dirname(file), path!))
      const ends = file.endsWith('.d.ts') ? ['.d.ts', '/index.d.ts'] : ['', '.js', '/index.js']
      if (!target.startsWith('build/') && !ends.some(end => files.includes(target + end))) {
        missing.push(`${file}: ${path}`)
      }
    }
  }
  assert.equal(missing, [])
  assert.ok(imports > 300, `${imports} imports were looked at`)
})

test('what package.json names is there', () => {
  const { main, types, exports, bin, scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    main: string
    types: string
    exports: Record<string, string | Record<string, string>>
    bin: Record<string, string>
    scripts: Record<'install', string>
  }
  const exported = Object.values(exports).flatMap(target =>
    Object.values(typeof target === 'string' ? [target] : target),
  )
  const run = [scripts.install.split(' ')[1]!]
  const named = [main, types, ...exported, ...Object.values(bin), ...run]
  assert.equal(
    named.filter(path => !existsSync(join(installed, path))),
    [],
  )
})

test('neither tests nor sources of TypeScript are in it', () => {
  assert.equal(
    files.filter(path => /(^|\/)test\/|\.map$|^src\/.*\.ts$/.test(path)),
    [],
  )
})

for (const { name, title, main, files: sources } of PROJECTS) {
  test(`it runs in ${title}`, async () => {
    const project = join(folder, name)
    mkdirSync(project)
    for (const [path, text] of Object.entries(sources)) writeFileSync(join(project, path), text)
    const { stdout } = await exec(process.execPath, [main], { cwd: project, timeout: 50_000 })
    assert.is(stdout.toString(), 'true ERR_URL\n')
  })
}

test.run()
