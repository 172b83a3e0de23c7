import * as assert from 'uvu/assert'
import type { FrameWithAudio, RTMPCapture } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { meanLuma } from '../../support/media/picture'
import { channelOf, onset, rms } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { capturing, toTheEnd } from '../lib/served'

const test = suite('capture: sound belongs to its picture', { timeout: 60_000 })

const SECONDS = 60
const RATE = 44_100
let file: string

// A white picture and a beep in the first 100 ms of every second.
test.before(async () => {
  const source = { size: '320x180', fps: 25, pattern: 'flash', bitrate: '300k' } as const
  file = await makeFile(tempFile('in.flv'), { ...source, duration: SECONDS, audio: { frequency: 1000, beep: true } })
})

interface Item {
  timestamp: number
  white: boolean
  /** Where the beep begins, ms after the frame's timestamp; null = no beep begins here. */
  beep: number | null
}

class Watcher {
  readonly items: Item[] = []
  #quiet = true

  see({ frame, audio }: FrameWithAudio): void {
    const mono = channelOf(audio.samples, 2)
    const at = onset(mono, 0.1)
    const white = meanLuma(frame.data, frame.width, frame.height) > 128
    const offset = audio.timestamp - frame.timestamp
    this.items.push({
      timestamp: frame.timestamp,
      white,
      beep: at >= 0 && this.#quiet ? (at / RATE) * 1000 + offset / 1000 : null,
    })
    this.#quiet = rms(mono.subarray(-200)) < 0.05
    frame.close()
  }

  /** A beep begins in the item in which the white begins, at its start, and nowhere else. */
  check(least: number): void {
    let flashes = 0
    this.items.forEach(({ timestamp, white, beep }, i) => {
      const flash = white && !this.items[i - 1]?.white
      if (flash && beep === null) throw new Error(`no beep with the flash at ${timestamp} µs`)
      if (!flash && beep !== null)
        throw new Error(`a beep ${beep} ms into the frame at ${timestamp} µs, which is no flash`)
      if (!flash) return
      flashes++
      assert.ok(Math.abs(beep!) <= 2, `the beep begins ${beep} ms from the flash at ${timestamp} µs`)
    })
    assert.ok(flashes >= least, `${flashes} flashes`)
  }
}

const ways: Record<string, (capture: RTMPCapture, watcher: Watcher) => Promise<void>> = {
  aiterFramesWithAudio: async (capture, watcher) => {
    await capture.start()
    for await (const item of capture.aiterFramesWithAudio()) watcher.see(item)
  },
  getFrameAndAudio: async (capture, watcher) => {
    await capture.start()
    for (;;) watcher.see(await capture.getFrameAndAudio())
  },
  framesWithAudio$: (capture, watcher) =>
    new Promise<void>((resolve, reject) => {
      capture.framesWithAudio$.subscribe({ next: item => watcher.see(item), error: reject, complete: resolve })
      capture.start().catch(reject)
    }),
}

for (const [name, play] of Object.entries(ways)) {
  test(`${name}: flash and beep together from the start to the end of ${SECONDS} s`, async () => {
    const watcher = new Watcher()
    await capturing(file, {}, capture => toTheEnd(() => play(capture, watcher)))
    assert.is(watcher.items.length, SECONDS * 25)
    watcher.check(SECONDS)
    // Near the end too.
    assert.ok(watcher.items.slice(-30).some(item => item.beep !== null))
  })
}

test('frames and getAudio apart tell the same times', async () => {
  await capturing(file, {}, async capture => {
    await capture.start()
    const flashes: number[] = []
    const beeps: number[] = []
    let lit = false
    const look = (async () => {
      for await (const frame of capture.aiterFrames()) {
        const white = meanLuma(frame.data, 320, 180) > 128
        if (white && !lit) flashes.push(frame.timestamp)
        lit = white
        frame.close()
      }
    })()
    const listen = (async () => {
      let quiet = true
      for (;;) {
        const { samples, timestamp } = await capture.getAudio(0.02)
        const at = onset(channelOf(samples, 2), 0.1)
        if (at >= 0 && quiet) beeps.push(timestamp + (at / RATE) * 1e6)
        quiet = at < 0
      }
    })()
    await Promise.all([toTheEnd(() => look), toTheEnd(() => listen)])
    assert.is(flashes.length, SECONDS)
    assert.is(beeps.length, SECONDS)
    beeps.forEach((beep, i) => assert.ok(Math.abs(beep - flashes[i]!) <= 2000, `beep ${i}: ${beep - flashes[i]!} µs`))
  })
})

test('pictures that were dropped leave the sound whole and in place', async () => {
  const watcher = new Watcher()
  await capturing(file, { dropPolicy: 'oldest', bufferSize: 4 }, async capture => {
    await capture.start()
    let at: number | null = null
    await toTheEnd(async () => {
      for await (const item of capture.aiterFramesWithAudio()) {
        // End to end, however many pictures were dropped between; unless this process stood still for so long that the
        // queue of the sound itself ran over, which the chunk tells and the counter counts.
        const lost = item.audio.discontinuity && capture.stats().audioDropped > 0
        if (at !== null && !lost) assert.is(item.audio.timestamp, at, `after ${watcher.items.length} items`)
        at = item.audio.timestamp + item.audio.duration
        watcher.see(item)
        if (watcher.items.length % 40 === 0) await new Promise(resolve => setTimeout(resolve, 100))
      }
    })
  })
  assert.ok(watcher.items.length > 10, String(watcher.items.length))
})

test.run()
