/** Lines in a file that is replaced when it is large. A disk that is full or read-only loses lines; it stops nobody. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'

const MOST_WAITING_BYTES = 1024 * 1024
/** After a failure the next try waits, so that a full disk is not asked for each line. */
const RETRY_MS = 5000

export interface RotatingFileOptions {
  readonly path: string
  readonly mostBytes: number
  /** Files in all: `path`, `path.1`, … */
  readonly files: number
  /** When writing begins to fail, and when it goes on. */
  onHealth(error: Error | null): void
}

export class RotatingFile {
  /** Lines that were not written. */
  lost = 0
  private waiting: string[] = []
  private waitingBytes = 0
  private writing: Promise<void> | null = null
  private handle: FileHandle | null = null
  private size = 0
  private failedAt = Number.NEGATIVE_INFINITY
  private failing = false
  /** The file may end in a half line. */
  private torn = true

  constructor(private readonly options: RotatingFileOptions) {}

  append(line: string): void {
    if (this.waitingBytes + line.length > MOST_WAITING_BYTES) {
      this.lost += 1
      return
    }
    this.waiting.push(`${line}\n`)
    this.waitingBytes += line.length + 1
    this.writing ??= this.drain().finally(() => {
      this.writing = null
    })
  }

  /** Resolves when what waits is written or lost. */
  async close(): Promise<void> {
    while (this.writing) await this.writing
    await this.handle?.close().catch(() => {})
    this.handle = null
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const lines = this.waiting
      this.waiting = []
      this.waitingBytes = 0
      if (performance.now() - this.failedAt < RETRY_MS) {
        this.lost += lines.length
        continue
      }
      try {
        for (let from = 0; from < lines.length; ) from = await this.write(lines, from)
        if (this.failing) this.options.onHealth(null)
        this.failing = false
      } catch (error) {
        this.lost += lines.length
        this.failedAt = performance.now()
        this.torn = true
        await this.handle?.close().catch(() => {})
        this.handle = null
        if (!this.failing) this.options.onHealth(error as Error)
        this.failing = true
      }
    }
  }

  /** Writes lines until the file is full; returns the first that was not written. */
  private async write(lines: readonly string[], from: number): Promise<number> {
    const { path, mostBytes } = this.options
    if (this.handle && this.size + lines[from]!.length > mostBytes) {
      await this.handle.close()
      this.handle = null
      await this.rotate()
    }
    if (!this.handle) {
      this.handle = await open(path, 'a', 0o600)
      this.size = (await this.handle.stat()).size
    }
    let to = from
    let length = 0
    do length += lines[to++]!.length
    while (to < lines.length && this.size + length + lines[to]!.length <= mostBytes)
    // An empty line is skipped by readers.
    const text = `${this.torn && this.size > 0 ? '\n' : ''}${lines.slice(from, to).join('')}`
    this.torn = false
    await this.handle.appendFile(text)
    this.size += Buffer.byteLength(text)
    return to
  }

  private async rotate(): Promise<void> {
    const { path, files } = this.options
    await rm(`${path}.${files - 1}`, { force: true })
    for (let i = files - 2; i >= 0; i -= 1) {
      await rename(i === 0 ? path : `${path}.${i}`, `${path}.${i + 1}`).catch(ignoreMissing)
    }
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
