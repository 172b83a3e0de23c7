/** The keys of the embedded RTMP server's streams: made once, kept in `state/ingest-keys.json`. */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const KEY_BYTES = 16

export class StreamKeys {
  private readonly path: string
  private readonly keys = new Map<string, string>()

  constructor(state: string) {
    this.path = join(state, 'ingest-keys.json')
    let kept: unknown = null
    try {
      kept = JSON.parse(readFileSync(this.path, 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    for (const [name, key] of Object.entries(kept ?? {})) if (typeof key === 'string') this.keys.set(name, key)
  }

  /** Of these streams. Throws the error of the disk: a key that is not kept would change with the next start. */
  of(names: Iterable<string>): Record<string, string> {
    const wanted = [...new Set(names)]
    const missing = wanted.filter(name => !this.keys.has(name))
    for (const name of missing) this.keys.set(name, randomBytes(KEY_BYTES).toString('hex'))
    if (missing.length > 0) this.write()
    return Object.fromEntries(wanted.map(name => [name, this.keys.get(name)!]))
  }

  private write(): void {
    writeFileSync(`${this.path}.new`, JSON.stringify(Object.fromEntries(this.keys)), { mode: 0o600 })
    renameSync(`${this.path}.new`, this.path)
  }
}
