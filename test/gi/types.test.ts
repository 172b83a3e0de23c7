// The types that node-gtk generates of this machine's typelibs, told to rxgst/gi as docs/introspection.md says.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { start } from '../support/child'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { repository, textOf } from '../docs/markdown'

const test = suite('types of rxgst/gi', { timeout: 120_000 })

const ENCODING = `
import { gst, run } from 'rxgst'
import { gi, introspect } from 'rxgst/gi'

const pipeline = introspect(run(gst\`fakesrc name=src ! fakesink\`))
const latency: bigint = pipeline.latency
const name: string | null | undefined = pipeline.getByName('src')?.getName()
const major: number = gi().version()[0]
export const all = [latency, name, major]
`

const WITHOUT = `
import { gst, run } from 'rxgst'
import { introspect } from 'rxgst/gi'

const name: string | undefined = introspect(run(gst\`fakesrc name=src ! fakesink\`)).getByName('src')?.getName()
// @ts-expect-error: known with the types that are generated alone
introspect(run(gst\`fakesrc name=src ! fakesink\`)).latency
export const all = [name]
`

async function well(dir: string, program: string, ...files: string[]): Promise<void> {
  writeFileSync(join(dir, 'program.ts'), program)
  const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true }
  const given = { compilerOptions: { ...compilerOptions, types: [] }, files: ['program.ts', ...files] }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(given))
  const tsc = start(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', dir], { cwd: dir })
  assert.is((await tsc.exited).code, 0, tsc.output())
}

test('a little is known without them, all with them', async () => {
  const dir = tempDir()
  mkdirSync(join(dir, 'node_modules'))
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  symlinkSync(repository, join(dir, 'node_modules/rxgst'))
  symlinkSync(join(repository, 'node_modules/rxjs'), join(dir, 'node_modules/rxjs'))
  await well(dir, WITHOUT)

  const generator = join(dirname(require.resolve('node-gtk/package.json')), 'bin/node-gtk.js')
  const generating = start(process.execPath, [generator, 'generate-types', 'Gst-1.0'], { cwd: dir })
  assert.is((await generating.exited).code, 0, generating.output())
  const [, declaration] = /```typescript\n(import type \* as Gst[^]*?)```/.exec(textOf('docs/introspection.md')) ?? []
  writeFileSync(join(dir, 'gi.d.ts'), declaration!)
  await well(dir, ENCODING, 'gi.d.ts')
})

test.run()
