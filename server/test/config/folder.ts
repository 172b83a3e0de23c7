// A folder with a configuration, and what its reading says.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tempDir } from '../../../test/support/temp.js'
import type { ConfigProblem } from '../../src/core/problem.js'
import { readConfig, type ReadConfig, type ReadOptions } from '../../src/config/read.js'

export class Folder {
  readonly path = tempDir()
  readonly file = join(this.path, 'rxgst.yaml')

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  write(name: string, text: string): string {
    const path = join(this.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }

  read(more: Partial<ReadOptions> = {}): Promise<ReadConfig> {
    return readConfig({ file: this.file, ...more })
  }
}

/** '3:5 path: message' of each. */
export function lines(problems: readonly ConfigProblem[]): string[] {
  return problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
}

export async function problemsOf(text: string, files: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { problems } = await new Folder({ 'rxgst.yaml': text, ...files }).read()
  return lines(problems)
}
