import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { start, type Child } from '../support/child'
import type { Nginx } from '../support/peers/nginx'
import { tempDir } from '../support/temp'
import { repository, type CodeBlock } from './markdown'

/** A user's project in which 'rxgst' is this checkout. */
export function makeProject(): string {
  const dir = tempDir()
  mkdirSync(join(dir, 'node_modules'))
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }))
  symlinkSync(repository, join(dir, 'node_modules/rxgst'))
  symlinkSync(join(repository, 'node_modules/rxjs'), join(dir, 'node_modules/rxjs'))
  return dir
}

/** What a part of a program may use. */
const PRELUDE = `import { keepAlive, RTMPCapture, RTMPOutput, RxGstError, writeTo } from 'rxgst'
import * as rxjs from 'rxjs'
declare const capture: RTMPCapture
declare const output: RTMPOutput
`

/**
 * Type-checks blocks, and compiles them; returns where each one's JavaScript lies. JavaScript need not name its types.
 */
export async function compile(dir: string, blocks: readonly CodeBlock[]): Promise<Map<CodeBlock, string>> {
  const compiled = new Map<CodeBlock, string>()
  for (const language of ['js', 'ts']) {
    const chosen = blocks.filter(block => block.language === language)
    if (chosen.length === 0) continue
    const strict = language === 'ts'
    const files = chosen.map(block => {
      // Named for its place, so that the compiler's complaints tell it.
      const name = `${block.file.replaceAll('/', '-')}-${block.line}`
      writeFileSync(join(dir, `${name}.mts`), block.program ? block.code : `${PRELUDE}{\n${block.code}\n}\n`)
      compiled.set(block, join(dir, 'compiled', `${name}.mjs`))
      return `${name}.mts`
    })
    const config = join(dir, `${language}.json`)
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      module: 'nodenext',
      moduleResolution: 'nodenext',
      strict,
      outDir: 'compiled',
      rootDir: '.',
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(repository, 'node_modules/@types')],
    }
    writeFileSync(config, JSON.stringify({ compilerOptions, files }))
    const tsc = start(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', config], {
      cwd: dir,
    })
    const { code } = await tsc.exited
    if (code !== 0) throw new Error(tsc.output())
  }
  return compiled
}

/** Runs a block as its reader would; only the addresses are another server's. */
export async function runBlock(dir: string, block: CodeBlock, nginx: Nginx): Promise<Child> {
  const code = block.language === 'ts' ? readFileSync((await compile(dir, [block])).get(block)!, 'utf8') : block.code
  const file = join(dir, 'example.mjs')
  writeFileSync(file, code.replaceAll('rtmp://localhost/', `rtmp://127.0.0.1:${nginx.port}/`))
  return start(process.execPath, [file], { cwd: dir })
}
