/**
 * A small picture of each stream every few seconds, for a wall of streams. Nothing is decoded but these pictures: each
 * is the last keyframe, which the capture has kept as it came.
 *
 *   stream 1 ─▶ RTMPCapture, decode: false ─ last keyframe ─▶ snapshot() ─▶ stream-1.jpg
 *   stream 2 ─▶ RTMPCapture, decode: false ─ last keyframe ─▶ snapshot() ─▶ stream-2.jpg …
 *
 *   node dist/examples/snapshots.js folder stream …
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RTMPCapture } from 'rxgst'

const [folder = '.', ...urls] = process.argv.slice(2)
if (urls.length === 0) urls.push('rtmp://localhost/live/camera')

const EVERY_MS = 2000
const stop = new AbortController()

/** Writes one picture after the other, until the program ends. A stream that is away has its last one. */
async function follow(url: string, file: string): Promise<void> {
  await using capture = new RTMPCapture(url, { decode: false, reconnect: { first: true }, signal: stop.signal })
  await capture.start()
  while (!stop.signal.aborted) {
    try {
      const jpeg = await capture.snapshot({ width: 160, quality: 80, signal: stop.signal })
      await writeFile(file, jpeg)
      console.log(`${file}: ${jpeg.length} bytes`)
    } catch (error) {
      if (!stop.signal.aborted) console.log(`${file}: ${(error as Error).message}`)
    }
    await sleep(EVERY_MS, undefined, { signal: stop.signal }).catch(() => {})
  }
}

async function main(): Promise<void> {
  process.once('SIGINT', () => stop.abort())
  await Promise.all(urls.map((url, i) => follow(url, join(folder, `stream-${i + 1}.jpg`))))
}

void main()
