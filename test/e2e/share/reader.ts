import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { start, type Child } from '../../support/child'

/** A picture as a reader in another process saw it. */
export interface SharedPicture {
  readonly number: number
  readonly timestamp: number
  readonly discontinuity: number
  readonly width: number
  readonly height: number
  readonly format: string
  /** Python's class of its data. */
  readonly kind: string
  /** µs from when it was written until it was read. */
  readonly late: number
  readonly data: Buffer
}

export interface Reader extends AsyncDisposable {
  readonly child: Child
  readonly pictures: readonly SharedPicture[]
  /** Whether the share has told it that it is over, or it has seen enough. */
  readonly ended: boolean
}

const ROOT = resolve(__dirname, '../../../..')
/** Debian's, and another one that may have numpy where Debian's has none. */
const PYTHONS = ['/usr/bin/python3', 'python3']

export const hasNumpy = (python: string): boolean => spawnSync(python, ['-c', 'import numpy']).status === 0
export const pythonWithNumpy = (): string | undefined => PYTHONS.find(hasNumpy)

/** examples/read_shared.py in a process of its own. */
export function read(
  name: string,
  { count = 1_000_000, words = [] as string[], python = '/usr/bin/python3' } = {},
): Reader {
  const pictures: SharedPicture[] = []
  let [text, ended] = ['', false]
  const take = (bytes: Buffer): void => {
    const lines = (text + bytes.toString()).split('\n')
    text = lines.pop()!
    for (const line of lines) {
      if (line === 'end') ended = true
      else if (line !== '') {
        const { data = '', ...seen } = JSON.parse(line) as Omit<SharedPicture, 'data'> & { data?: string }
        pictures.push({ ...seen, data: Buffer.from(data, 'base64') })
      }
    }
  }
  const script = resolve(ROOT, 'test/e2e/share/read_pictures.py')
  const args = [script, resolve(ROOT, 'examples'), name, String(count), ...words]
  const child = start(python, args, { onStdout: take })
  return {
    child,
    pictures,
    get ended() {
      return ended
    },
    [Symbol.asyncDispose]: async () => void (await child.stop()),
  }
}

/** The shares of this machine that begin so. */
export const shares = (begin: string): string[] =>
  readdirSync('/dev/shm').filter(name => name.startsWith(`rxgst-${begin}`))

export const isShared = (name: string): boolean => existsSync(`/dev/shm/rxgst-${name}`)

let count = 0
/** A name that no other process takes. */
export const freshName = (what: string): string => `test-${process.pid}-${what}-${++count}`
