// suite: deep
import * as assert from 'uvu/assert'
import { record, Relay } from '../../../src/index'
import { calmly } from '../../support/calm'
import { exec, start } from '../../support/child'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir, tempFile } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('relay: a fill for targets of every kind', { timeout: 400_000 })

const OPTIONS = { connectTimeout: 20_000, reconnect: { initialDelay: 100, maxDelay: 300 } } as const

/** Of pictures or sound, s. */
async function timesOf(file: string, track: 'v' | 'a'): Promise<number[]> {
  const args = ['-v', 'error', '-select_streams', track, '-show_entries', 'packet=dts_time', '-of', 'csv=p=0', file]
  const { stdout } = await exec('ffprobe', args)
  const lines = stdout.toString().split('\n')
  return lines.map(parseFloat).filter(time => !Number.isNaN(time))
}

/** The longest time without pictures or sound, s. */
async function longestGap(file: string, track: 'v' | 'a'): Promise<number> {
  const times = await timesOf(file, track)
  assert.ok(times.length > 20, `${file}: ${times.length} packets`)
  return Math.max(...times.slice(1).map((time, i) => time - times[i]!))
}

/** How many of its pictures are black, and how many are those of the input. */
async function shownIn(file: string): Promise<{ black: number; bright: number }> {
  const pictures = await decodeFrames(file, 'gray')
  const black = pictures.filter(({ data }) => Math.max(...data) < 24).length
  return { black, bright: pictures.length - black }
}

test('recordings and peers of SRT get the slate and silence while the input is dead, and then the input', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, gop: 25, bframes: 2, duration: 4 })
  const serve = { kind: 'serve-file', file, loop: true } as const
  await calmly(async () => {
    const [port, received] = [await freePort(), tempFile('received.ts')]
    await using input = await startRtmpServer(serve)
    await using output = await startRtmpServer({ kind: 'accept-publish' })
    const folders = { ts: tempDir(), flv: tempDir() }
    const targets = [
      output.url(),
      `srt://:${port}`,
      record(folders.ts, { format: 'ts' }),
      record(folders.flv, { format: 'flv' }),
    ]
    await using relay = new Relay(input.url(), targets, { ...OPTIONS, fill: 'slate' })
    const segments: string[] = []
    relay.recording$.subscribe(({ path }) => void segments.push(path))
    await relay.start()
    await until(() => relay.targets.every(({ state }) => state.phase === 'live'), {
      what: () => JSON.stringify(relay.targets),
    })
    const call = ['-analyzeduration', '1000000', '-i', `srt://127.0.0.1:${port}`, '-map', '0', '-c', 'copy', received]
    await using peer = start('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...call])
    const { tags } = await output.connection(0, it => it.tags.length > 10)
    const more = async (count: number): Promise<void> => {
      const before = tags.length
      await until(() => tags.length > before + count, { what: 'packets', timeout: 40_000 })
    }
    // The peer has found its streams within a second.
    await more(300)
    input.behave({ kind: 'play-then-nothing' })
    input.cut('fin')
    await until(() => relay.stats().repeated >= 8, { what: () => JSON.stringify(relay.stats()) })
    input.behave(serve)
    input.cut('fin')
    await until(() => relay.stats().filling === null, { what: 'the return' })
    await more(200)
    await relay.stop()
    await until(() => !peer.running, { what: 'the end of the peer' })
    for (const [kind, folder] of Object.entries(folders)) {
      const own = segments.filter(path => path.startsWith(folder))
      assert.ok(own.length > 0, kind)
      let [black, bright, gap] = [0, 0, 0]
      for (const path of own) {
        const shown = await shownIn(path)
        black += shown.black
        bright += shown.bright
        gap = Math.max(gap, await longestGap(path, 'a'))
      }
      assert.ok(black >= 7 && bright > 50, `${kind}: ${black} of the slate, ${bright} of the input in ${own.join()}`)
      assert.ok(gap < 0.5, `${kind}: ${gap} s without sound`)
    }
    const { black, bright } = await shownIn(received)
    assert.ok(black >= 7 && bright > 50, `SRT: ${black} of the slate, ${bright} of the input`)
    for (const track of ['v', 'a'] as const) {
      const gap = await longestGap(received, track)
      assert.ok(gap < 1, `SRT: ${gap} s without ${track}`)
    }
  })
})

test.run()
