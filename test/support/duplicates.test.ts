import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from './suite'
import { tempDir } from './temp'

const test = suite('duplicates')

/** What the check says of a project that consists of these files; '' when it passes. */
function check(files: Record<string, string>): string {
  const root = tempDir()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const args = [resolve('scripts', 'check-duplicates.mjs'), root]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.is(stderr, '')
  assert.is(status, stdout === '' ? 0 : 1)
  return stdout
}

const lines = (count: number) => Array.from({ length: count }, (_, i) => `const value${i} = compute(${i}, 'text')`)

test('six lines in two files, told once however long they go on, with both places', () => {
  const said = check({
    'src/a.ts': ['', ...lines(9)].join('\n'),
    'native/b.cc': ['int before;', '', ...lines(9).flatMap(line => [line, '  // why'])].join('\n'),
  })
  assert.is(said, 'src/a.ts:2 says the same as native/b.cc:3\n')
})

test('six lines twice in one file', () => {
  assert.is(
    check({ 'src/a.ts': [...lines(6), 'const other = 1', ...lines(6)].join('\n') }),
    'src/a.ts:8 says the same as src/a.ts:1\n',
  )
})

test('five lines, imports, comments and brackets are no duplicates', () => {
  const imports = lines(7).map((_, i) => `import { name${i}, other${i} } from './file${i}'`)
  const comments = lines(7).map(line => `// ${line}`)
  const brackets = Array.from({ length: 8 }, () => '}')
  const text = [...imports, ...comments, ...lines(5), ...brackets].join('\n')
  assert.is(check({ 'src/a.ts': text, 'src/b.ts': text }), '')
})

test('nine lines in two tests are no duplicates, ten are', () => {
  const of = (count: number) => check({ 'test/a.ts': lines(count).join('\n'), 'test/b.ts': lines(count).join('\n') })
  assert.is(of(9), '')
  assert.is(of(10), 'test/b.ts:1 says the same as test/a.ts:1\n')
})

test.run()
