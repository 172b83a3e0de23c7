// What every peer in Node does around its own way of getting pictures.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [url, folder, wanted] = process.argv.slice(2)
export { url }
const keep = new Set((wanted ?? '').split(',').filter(Boolean).map(Number))
const times = []

/** A whole picture, RGB, tight rows. */
export function take(data) {
  if (keep.has(times.length)) writeFileSync(join(folder, `${times.length}.rgb`), data)
  times.push(performance.now())
}

/** The answer, as bench/decode.mjs reads it: ms at which each picture was there, on a clock of this process. */
export function finish() {
  process.stdout.write(`${JSON.stringify({ times })}\n`)
}
