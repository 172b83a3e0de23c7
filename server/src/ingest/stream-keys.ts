/** The keys of the embedded RTMP server's streams: made once, kept in `state/ingest-keys.json`. */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../core/problem.js'

const KEY_BYTES = 16

export class StreamKeys {
  private readonly path: string
  private keys: ReadonlyMap<string, string>

  constructor(state: string) {
    this.path = join(state, 'ingest-keys.json')
    let kept: unknown = null
    try {
      kept = JSON.parse(readFileSync(this.path, 'utf8'))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT') throw damaged(this.path, code ?? 'no JSON')
    }
    const known = Object.entries(kept ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    this.keys = new Map(known)
  }

  /** ERR_INGEST_KEYS: the file cannot be read, or is damaged. */
  static check(state: string): void {
    void new StreamKeys(state)
  }

  /** Of these streams. Throws the error of the disk: a key that is not kept would change with the next start. */
  of(names: Iterable<string>): Record<string, string> {
    const wanted = [...new Set(names)]
    const missing = wanted.filter(name => !this.keys.has(name))
    if (missing.length > 0) {
      const made = missing.map(name => [name, randomBytes(KEY_BYTES).toString('hex')] as const)
      const keys = new Map([...this.keys, ...made])
      this.write(keys)
      // Behind the write: a key that is not kept is given to nobody.
      this.keys = keys
    }
    return Object.fromEntries(wanted.map(name => [name, this.keys.get(name)!]))
  }

  private write(keys: ReadonlyMap<string, string>): void {
    writeFileSync(`${this.path}.new`, JSON.stringify(Object.fromEntries(keys)), { mode: 0o600 })
    renameSync(`${this.path}.new`, this.path)
  }
}

const damaged = (path: string, why: string) =>
  new Problem(500, 'ERR_INGEST_KEYS', `the keys of the RTMP server cannot be read: ${path} (${why})`, {
    fault: 'machine',
    remedy: 'Put the file back from a copy; or remove it: each stream has a new key then.',
  })
