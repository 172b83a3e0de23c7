/**
 * Reads an FLV stream by mpegts.js, a player of browsers, and writes the fMP4 files that it makes of it: run by
 * mpegts.test.ts.
 */
import { writeFileSync } from 'node:fs'
import { shim } from './media-source'

/** What mpegts.js finds in a stream. */
export interface Found {
  /** Its MEDIA_INFO. */
  readonly info: Record<string, unknown>
  readonly errors: readonly string[]
  readonly tracks: readonly { readonly mime: string; readonly file: string }[]
}

interface Player {
  on(event: string, listener: (...values: unknown[]) => void): void
  attachMediaElement(element: unknown): void
  load(): void
}
interface Mpegts {
  readonly Events: Record<'MEDIA_INFO' | 'ERROR' | 'LOADING_COMPLETE', string>
  readonly LoggingControl: { enableAll: boolean }
  createPlayer(source: object, config: object): Player
}

const QUIET_TURNS = 200

function main(url: string, dir: string): void {
  const { video, made } = shim()
  const mpegts = require('mpegts.js') as Mpegts
  mpegts.LoggingControl.enableAll = false
  const player = mpegts.createPlayer(
    { type: 'flv', url, isLive: true },
    { enableWorker: false, enableStashBuffer: false, lazyLoad: false, autoCleanupSourceBuffer: false },
  )
  let info: Record<string, unknown> = {}
  const errors: string[] = []
  player.on(mpegts.Events.MEDIA_INFO, found => (info = found as Record<string, unknown>))
  player.on(mpegts.Events.ERROR, (...values) => void errors.push(JSON.stringify(values)))
  const end = (): void => {
    const tracks = made().map(({ mime, parts }, i) => {
      const file = `${dir}/track${i}.mp4`
      writeFileSync(file, Buffer.concat(parts))
      return { mime, file }
    })
    console.log(JSON.stringify({ info, errors, tracks } satisfies Found))
    process.exit()
  }
  const parts = (): number => made().reduce((sum, track) => sum + track.parts.length, 0)
  // What is still to be appended is appended in turns of the event loop: it is over when many of them bring nothing.
  const settle = (turns: number, seen: number): void => {
    if (turns === 0) return void setTimeout(end, 200)
    setImmediate(() => settle(parts() === seen ? turns - 1 : QUIET_TURNS, parts()))
  }
  player.on(mpegts.Events.LOADING_COMPLETE, () => settle(QUIET_TURNS, parts()))
  player.on(mpegts.Events.ERROR, () => settle(QUIET_TURNS, parts()))
  player.attachMediaElement(video)
  player.load()
}

if (require.main === module) main(process.argv[2]!, process.argv[3]!)
