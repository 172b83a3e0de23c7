import { open, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { RxGstError, type ErrorCode } from '../../../core/errors'
import type { GstFault } from '../../../engine/fault'
import { containerOf, fileInput, MAGIC_BYTES, type Container } from '../../../pipelines/inputs/file'
import { INPUT } from '../../../pipelines/inputs/input-graph'
import { inputFault } from './faults'
import type { CaptureInput, OpenInput } from './input'

const SOURCES = new Set(['filesrc'])

/** A file on this machine: FLV, MP4, MPEG-TS or Matroska. */
export class FileInput implements CaptureInput {
  readonly display: string
  readonly secrets: readonly string[] = []
  readonly transport = 'file'
  readonly tracks = INPUT.demux
  readonly paced: boolean
  /** Another try would read the same bytes. */
  readonly retries = false
  readonly atEnd: 'end' | 'replace'
  readonly #path: string
  #container: Container | null = null
  /** A connection failed: another file may be there by the next one. */
  #failed = false

  constructor(address: string, { pace, loop }: { readonly pace: 'realtime' | 'none'; readonly loop: boolean }) {
    this.#path = pathOf(address)
    this.display = address
    this.paced = pace === 'realtime'
    this.atEnd = loop ? 'replace' : 'end'
  }

  /** FLV and Matroska have timestamps alone. */
  get followsSegments(): boolean {
    return this.#container === 'mp4' || this.#container === 'ts'
  }

  get settled(): boolean {
    return this.#container !== null && !this.#failed
  }

  /** Its first bytes tell its container. A reader of a disk or of a network's folder may wait: not on the JS thread. */
  async settle(): Promise<void> {
    const bytes = await this.#firstBytes()
    const container = containerOf(bytes)
    if (container === null) {
      const why = bytes.length === 0 ? 'it is empty' : 'its content is none of FLV, MP4, MPEG-TS and Matroska'
      throw new RxGstError('ERR_BAD_STREAM', `${this.display}: ${why}`, { retryable: false })
    }
    this.#container = container
    this.#failed = false
  }

  async #firstBytes(): Promise<Uint8Array> {
    try {
      // To open a FIFO, or the file of a device, may wait for ever, and takes a thread of Node's for as long.
      if (!(await stat(this.#path)).isFile()) throw Object.assign(new Error(), { code: 'no regular file' })
      await using file = await open(this.#path)
      const { bytesRead, buffer } = await file.read(new Uint8Array(MAGIC_BYTES), 0, MAGIC_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      throw new RxGstError('ERR_FILE', `${this.display} cannot be read (${code})`)
    }
  }

  open(): OpenInput {
    return { graph: fileInput(this.#path, this.#container!) }
  }

  fault(fault: GstFault, wasLive: boolean): ErrorCode | null {
    this.#failed = true
    return inputFault(fault, wasLive, SOURCES, [[/./, 'ERR_FILE']])
  }

  overdue(): null {
    this.#failed = true
    return null
  }

  async explain(): Promise<null> {
    return null
  }
}

function pathOf(address: string): string {
  const invalid = (why: string): RxGstError => new RxGstError('ERR_URL', `invalid file URL: ${why}`)
  if (/[\p{Cc}]/u.test(address) || /%00/.test(address)) throw invalid('control characters are not allowed')
  const written = "it must be file:///path of this machine, with '%', '?' and '#' written %25, %3F and %23"
  if (/[?#]/.test(address)) throw invalid(written)
  try {
    return fileURLToPath(address)
  } catch {
    throw invalid(written)
  }
}
