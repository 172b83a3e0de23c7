import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from './suite'
import { tempDir } from './temp'

const test = suite('arrows')

/** What the check says of a project that consists of these files; '' when it passes. */
function check(files: Record<string, string>): string {
  const root = tempDir()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const args = [resolve('scripts', 'check-arrows.mjs'), root]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  assert.is(stderr, '')
  assert.is(status, stdout === '' ? 0 : 1)
  return stdout
}

const DRAWING = `
| Room | May import | Packages |
|---|---|---|
| \`core\` | | |
| \`addon\`, \`pipelines\` | \`core\` | |
| \`gi\` | \`core\`, types of \`pipelines\` | \`node-gtk\` |
| \`observables\` | \`core\`, types of \`addon\` | \`rxjs\` |
| \`engine\` | \`core\`, \`addon\`, \`pipelines\`, \`observables\` | \`rxjs\` |
| \`live\`, \`monitor\` | \`core\`, \`pipelines\`, \`observables\`, \`engine\` | \`rxjs\` |

| C++ room | May include | What is in it |
|---|---|---|
| \`js\` | | \`nothing\` |
| \`tap\` | \`js\` | |
`

const allowed: Record<string, string> = {
  'docs/architecture.md': DRAWING,
  'src/index.ts': `export { run } from './engine/run'\nexport type { Frame } from './core/frame'\nimport 'rxjs'`,
  'src/core/frame.ts': `import { error } from './errors'\nimport { performance } from 'node:perf_hooks'`,
  'src/pipelines/deep/graph.ts': `import { error } from '../../core/errors'\nimport { el } from '../el'`,
  'src/gi/load.ts': `import gi from 'node-gtk'\nimport type { Graph } from '../pipelines/graph'\ngi.require('Gst')`,
  'src/addon/binding.ts': `const addon = require('../../build/Release/rxgst.node')`,
  'src/observables/frames.ts': `import { Observable } from 'rxjs'\nimport type { Tap } from '../addon/tap'`,
  'src/engine/run.ts': `import { tap } from '../addon/tap'\nimport 'rxjs/operators'`,
  'src/live/capture.ts': `import {\n  run,\n  type Run,\n} from '../engine/run'\nimport '../pipelines/all'`,
  'src/monitor/rules.ts': `/**\n * import '../gi/load'\n */\n// import x from 'node-gtk'\nimport { of } from 'rxjs'`,
  'native/addon.cc': `#include "tap/tap.h"\n#include <gst/gst.h>`,
  'native/tap/tap.h': `#include "js/js.h"\n#include "tap/pool.h"\n// #include "pixels/pixels.h"`,
}

test('arrows that the design draws', () => {
  assert.is(check(allowed), '')
})

// A constant, so that a program that moves files does not take the row below for an import.
const SUITE = 'test/support/suite'
const forbidden: [file: string, text: string, message: string][] = [
  ['src/core/frame.ts', `import { el } from '../pipelines/el'`, 'core may not import pipelines'],
  ['src/core/frame.ts', `import { Observable } from 'rxjs'`, 'core may not import rxjs'],
  ['src/core/frame.ts', `import left from 'left-pad'`, 'core may not import left-pad'],
  ['src/pipelines/policy.ts', `export { map } from 'rxjs/operators'`, 'pipelines may not import rxjs'],
  ['src/pipelines/policy.ts', `import { load } from '../gi/load'`, 'pipelines may not import gi'],
  ['src/gi/bus.ts', `import { tap } from '../addon/tap'`, 'gi may not import addon'],
  ['src/gi/bus.ts', `import { el } from '../pipelines/el'`, 'gi may import only types of pipelines'],
  ['src/addon/tap.ts', `const load = await import('../gi/load')`, 'addon may not import gi'],
  ['src/observables/bus.ts', `import { tap } from '../addon/tap'`, 'observables may import only types of addon'],
  ['src/engine/run.ts', `import { capture } from '../live/capture'`, 'engine may not import live'],
  ['src/engine/run.ts', `import gi from 'node-gtk'`, 'engine may not import node-gtk'],
  ['src/live/output/output.ts', `import { tap } from '../../addon/tap'`, 'live may not import addon'],
  ['src/live/output/output.ts', `import { Monitor } from '../../monitor/monitor'`, 'live may not import monitor'],
  ['src/monitor/monitor.ts', `export * from '../live/capture'`, 'monitor may not import live'],
  ['src/monitor/monitor.ts', `import { x } from '../index'`, 'monitor may not import index'],
  ['src/index.ts', `const gi = require('node-gtk')`, 'index may not import node-gtk'],
  ['src/engine/run.ts', `const addon = require('../../build/rxgst.node')`, 'imports build/rxgst.node, outside src/'],
  ['src/engine/run.ts', `const path = 'rxgst.node'`, 'loads the addon'],
  ['src/engine/run.ts', `import { suite } from '../../${SUITE}'`, `imports ${SUITE}, outside src/`],
  ['src/utils/misc.ts', `export {}`, 'src/utils/misc.ts is in no room'],
  ['src/helpers.ts', `export {}`, 'src/helpers.ts is in no room'],
  ['native/js/js.h', `#include "tap/tap.h"`, 'js may not include tap'],
  ['native/tap/tap.cc', `#include "tap.h"`, 'includes tap.h without its room'],
  ['native/attic/x.h', '', 'native/attic/x.h is in no room'],
  ['native/x.h', '', 'native/x.h is in no room'],
  ['docs/architecture.md', DRAWING.replace('| `js` | |', '| `js` | `tap` |'), 'a circle: js → tap → js'],
  ['test/a.test.ts', `// ${'TO'}${'DO'} later`, 'a.test.ts:1'],
  ['native/addon.cc', `\n// ${'FIX'}${'ME'}: leaks`, 'addon.cc:2'],
]
for (const [file, text, message] of forbidden) {
  test(`${file}: ${message}`, () => {
    const said = check({ ...allowed, [file]: text })
    assert.ok(said.includes(message), said || 'nothing was said')
    assert.match(said, file)
  })
}

test('a folder that holds too many files is told', () => {
  const files = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`test/many/${i}.test.ts`, '']))
  assert.match(check({ ...allowed, ...files }), /^test\/many holds 26 files; 25 at most/)
})

test('a file that is too long is told, but where it is generated', () => {
  const text = `const line = 1\n`.repeat(401)
  const files = { 'src/core/long.ts': text, 'src/pipelines/elements/elements.ts': text, 'test/core/long.test.ts': text }
  assert.is(check({ ...allowed, ...files }), 'src/core/long.ts has 401 lines; 400 at most: divide it\n')
  assert.is(check({ ...allowed, 'src/core/long.ts': text.slice(15) }), '')
})

test('a line of more than 120 characters is told, but not in what a program makes', () => {
  const files = {
    'src/core/x.ts': `// ${'é'.repeat(117)}\n// ${'é'.repeat(118)}\n`,
    'native/tap/tap.cc': `// ${'·'.repeat(118)}\n`,
    'src/pipelines/elements/table.ts': `// ${'x'.repeat(200)}\n`,
  }
  assert.equal(
    check({ ...allowed, ...files })
      .trimEnd()
      .split('\n'),
    ['native/tap/tap.cc:1 has 121 columns; 120 at most', 'src/core/x.ts:2 has 121 columns; 120 at most'],
  )
})

test('every wrong line is told, by number', () => {
  const head = `import a from 'node:fs'\n/* import 'rxjs'\n*/\n`
  const text = `${head}import { b } from '../gi/b'\nimport { c } from '../live/c'\n`
  assert.equal(check({ 'docs/architecture.md': DRAWING, 'src/core/x.ts': text }).trimEnd().split('\n'), [
    'src/core/x.ts:4 core may not import gi',
    'src/core/x.ts:5 core may not import live',
  ])
})

test.run()
