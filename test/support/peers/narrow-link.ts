import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { start } from '../child'
import { tempFile } from '../temp'
import { until } from '../until'

/** A slow link to a server on this machine: it has a limited bitrate, and small buffers. */
export interface NarrowLink extends AsyncDisposable {
  readonly port: number
  /** bit/s towards the server; the other way is free. */
  limit(rate: number): void
}

/** In Python, since Node cannot make a socket's buffers small: megabytes would wait in them unnoticed. */
export async function startNarrowLink(port: number, rate: number): Promise<NarrowLink> {
  const file = tempFile('rate')
  const limit = (bits: number): void => writeFileSync(file, String(bits / 8))
  limit(rate)
  const child = start('python3', [
    resolve(__dirname, '../../../../test/support/peers/narrow_link.py'),
    String(port),
    file,
  ])
  const own = await until(() => /^\d+\n/.exec(child.output()), { what: () => `the link's port: ${child.output()}` })
  return { port: Number(own[0]), limit, [Symbol.asyncDispose]: async () => void (await child.stop()) }
}
