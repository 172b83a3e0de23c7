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

const allowed: Record<string, string> = {
  'src/index.ts': `export { run } from './engine/run'\nexport type { Frame } from './core/frame'\nimport 'rxjs'`,
  'src/core/frame.ts': `import { error } from './errors'\nimport { performance } from 'node:perf_hooks'`,
  'src/pipelines/deep/graph.ts': `import { error } from '../../core/errors'\nimport { el } from '../el'`,
  'src/gst/load.ts': `import gi from 'node-gtk'\nimport type { Graph } from '../pipelines/graph'`,
  'src/native/binding.ts': `const addon = require('../../build/Release/rxgst.node')`,
  'src/observables/frames.ts': `import { Observable } from 'rxjs'\nimport type { Tap } from '../native/tap'`,
  'src/engine/run.ts': `import { tap } from '../native/tap'\nimport '../gst/load'\nimport 'rxjs/operators'`,
  'src/rtmp/capture.ts': `import {\n  run,\n  type Run,\n} from '../engine/run'\nimport '../pipelines/all'`,
  'src/monitor/rules.ts': `/**\n * import '../gst/load'\n */\n// import x from 'node-gtk'\nimport { of } from 'rxjs'`,
}

test('arrows that the design draws', () => {
  assert.is(check(allowed), '')
})

const forbidden: [file: string, text: string, message: string][] = [
  ['src/core/frame.ts', `import { el } from '../pipelines/el'`, 'core may not import pipelines'],
  ['src/core/frame.ts', `import { Observable } from 'rxjs'`, 'core may not import rxjs'],
  ['src/pipelines/policy.ts', `export { map } from 'rxjs/operators'`, 'pipelines may not import rxjs'],
  ['src/pipelines/policy.ts', `import { load } from '../gst/load'`, 'pipelines may not import gst'],
  ['src/gst/bus.ts', `import { tap } from '../native/tap'`, 'gst may not import native'],
  ['src/gst/bus.ts', `import type { Subject } from 'rxjs'`, 'gst may not import rxjs'],
  ['src/native/tap.ts', `const load = await import('../gst/load')`, 'native may not import gst'],
  ['src/observables/bus.ts', `import { tap } from '../native/tap'`, 'observables may import only types of native'],
  ['src/observables/bus.ts', `import type { Bus } from '../gst/bus'`, 'observables may not import gst'],
  ['src/engine/run.ts', `import { capture } from '../rtmp/capture'`, 'engine may not import rtmp'],
  ['src/engine/run.ts', `import gi from 'node-gtk'`, 'engine may not import node-gtk'],
  ['src/rtmp/output.ts', `import { tap } from '../native/tap'`, 'rtmp may not import native'],
  ['src/rtmp/output.ts', `import { Monitor } from '../monitor/monitor'`, 'rtmp may not import monitor'],
  ['src/monitor/monitor.ts', `export * from '../rtmp/capture'`, 'monitor may not import rtmp'],
  ['src/monitor/monitor.ts', `import { x } from '../index'`, 'monitor may not import index'],
  ['src/index.ts', `const gi = require('node-gtk')`, 'only src/gst may import node-gtk'],
  ['src/engine/run.ts', `const addon = require('../../build/rxgst.node')`, 'imports build/rxgst.node, outside src/'],
  ['src/engine/run.ts', `const path = 'rxgst.node'`, 'loads the addon'],
  ['src/engine/run.ts', `import { suite } from '../../test/support/suite'`, 'imports test/support/suite, outside src/'],
  ['src/utils/misc.ts', `export {}`, 'src/utils/misc.ts is in no room'],
  ['src/helpers.ts', `export {}`, 'src/helpers.ts is in no room'],
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

test('every wrong line is told, by number', () => {
  const head = `import a from 'node:fs'\n/* import 'rxjs'\n*/\n`
  const text = `${head}import { b } from '../gst/b'\nimport { c } from '../rtmp/c'\n`
  assert.equal(check({ 'src/core/x.ts': text }).trimEnd().split('\n'), [
    'src/core/x.ts:4 core may not import gst',
    'src/core/x.ts:5 core may not import rtmp',
  ])
})

test.run()
