// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, type RTMPCaptureOptions, type StreamState } from '../../../src/index'
import { start } from '../../support/child'
import { decodeFrames, makeFile } from '../../support/peers/ffmpeg'
import { fakeHardware, runTrials } from '../../support/fake-hardware'
import { psnr } from '../../support/media/picture'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { keep, type Seen } from '../lib/served'

// Decoders of hardware that is not there: each passes its trial first, and fails in the middle of a stream
// then.
const test = suite('hardware: capture', { timeout: 90_000 })

const become = fakeHardware('nvh264dec=ok vah264dec=ok')

const logged: string[] = []
const log = (text: string): void => void logged.push(text)
const logger = { debug: log, info: log, warn: log, error: log }

let file = ''
let pictures: Awaited<ReturnType<typeof decodeFrames>> = []

test.before(async () => {
  file = await makeFile(tempFile('hardware.flv'), {
    size: '320x180',
    fps: 25,
    gop: 25,
    duration: 12,
    colorspace: 'bt601',
    bitrate: '400k',
  })
  await runTrials('nvh264dec')
  pictures = await decodeFrames(file, 'rgb24')
})
test.before.each(() => void logged.splice(0))

/** Pictures of a file that is served anew to each connection, in real time, until there are enough. */
async function taken(
  options: RTMPCaptureOptions,
  enough: (seen: readonly Seen[], capture: RTMPCapture) => boolean,
  served = file,
) {
  await using server = await startRtmpServer({ kind: 'serve-file', file: served, loop: true })
  await using capture = new RTMPCapture(server.url(), { connectTimeout: 30_000, logger, ...options })
  const states: string[] = []
  const decoders: string[] = []
  const seen: Seen[] = []
  capture.state$.subscribe(({ phase, reason }: StreamState) => states.push(reason ? `${phase} ${reason}` : phase))
  capture.frames$.subscribe({
    next: frame => {
      seen.push(keep(frame))
      decoders.push(capture.info?.video?.decoder ?? '')
    },
    error: () => {},
  })
  await capture.start()
  const first = capture.info!.video!.decoder
  await until(() => enough(seen, capture), {
    timeout: 60_000,
    what: () => `pictures; ${seen.length} so far: ${states}`,
  })
  return { first, last: capture.info!.video!.decoder, states, seen, decoders, connections: server.connections.length }
}

/** Each connection begins with the file's first picture. */
function assertPictures(seen: readonly Seen[], expected = pictures): void {
  let at = -1
  seen.forEach(({ data, discontinuity }, i) => {
    at = discontinuity || i === 0 ? 0 : at + 1
    if (at >= expected.length) return
    const decibel = psnr(data, expected[at]!.data)
    assert.ok(decibel >= 40, `picture ${i}, number ${at} of its connection: ${decibel} dB`)
  })
  seen.forEach(({ timestamp }, i) => assert.ok(i === 0 || timestamp > seen[i - 1]!.timestamp, 'time goes on'))
}

// The first of all, since trials that another capture has begun go on behind it.
test('gpuAcceleration: false is software, and nothing is tried', async () => {
  const { first, seen } = await taken({ gpuAcceleration: false }, ({ length }) => length >= 10)
  assert.is(first, 'avdec_h264')
  assertPictures(seen)
  assert.equal(
    logged.filter(text => /tried|trial/.test(text)),
    [],
  )
})

test('the decoder that passed its trial is used, and gives the pictures that software gives', async () => {
  const { first, seen, connections } = await taken({}, ({ length }) => length >= 50)
  assert.equal([first, connections], ['nvh264dec', 1])
  assertPictures(seen)
})

// Each fails after its 60th picture. nvh264dec is known to work; the next one is not known: software takes over.
for (const [how, text] of [
  ['fail:60', /The device is lost/],
  ['mute:60', /gives no pictures any more/],
  ['hang:60', /gives no pictures any more/],
] as const) {
  test(`${how.slice(0, 4)} in the middle of the stream: the next one takes over, and says so`, async () => {
    become(`nvh264dec=${how} vah264dec=ok`)
    const { first, last, states, seen, connections } = await taken(
      { stallTimeout: 1500 },
      (all, capture) => capture.info?.video?.decoder !== 'nvh264dec' && all.length >= 59 + 40,
    )
    assert.equal([first, last, connections], ['nvh264dec', 'avdec_h264', 2])
    // A machine that is busy may add a stall of its own.
    assert.ok(
      states.includes('reconnecting ERR_DECODE') && states.filter(state => state === 'live').length >= 2,
      states.join(),
    )
    assertPictures(seen)
    assert.ok(
      logged.some(
        line => /^nvh264dec failed: ERR_DECODE/.test(line) && text.test(line) && /avdec_h264 takes over$/.test(line),
      ),
      logged.join('\n'),
    )
  })
}

test('a device that fails on air is replaced without reconnect, too: the stream has not ended', async () => {
  become('nvh264dec=fail:60 vah264dec=ok')
  const { first, last, seen, connections } = await taken(
    { reconnect: false },
    (all, capture) => capture.info?.video?.decoder !== 'nvh264dec' && all.length >= 59 + 20,
  )
  assert.equal([first, last, connections], ['nvh264dec', 'avdec_h264', 2])
  assertPictures(seen)
})

test('a device that does not return from being opened is replaced', async () => {
  become('nvh264dec=stuck vah264dec=ok')
  const { first, seen } = await taken({}, ({ length }) => length >= 20)
  assert.is(first, 'avdec_h264')
  assertPictures(seen)
})

for (const how of ['fail:60', 'mute:60', 'hang:60']) {
  test(`${how.slice(0, 4)} under a blocking iterator, which lets no promise resolve`, async () => {
    become('nvh264dec=ok')
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    // In a process of its own: this one's servers would stand still with it.
    const script = `
      const { RTMPCapture } = require(${JSON.stringify(require.resolve('../../../src/index'))})
      ;(async () => {
        const capture = new RTMPCapture(${JSON.stringify(server.url())}, { stallTimeout: 1500, connectTimeout: 30000 })
        await capture.start()
        const first = capture.info.video.decoder
        let count = 0
        for (const frame of capture.iterFrames()) if (++count >= 59 + 30) break
        console.log(JSON.stringify({ first, last: capture.info.video.decoder, count }))
        process.exit()
      })()`
    const env = { RXGST_FAKE_HARDWARE: `nvh264dec=${how}` }
    const child = start(process.execPath, ['-e', script], { env })
    const { code } = await child.exited
    assert.is(code, 0, child.output())
    assert.equal(JSON.parse(child.output().trim().split('\n').at(-1)!), {
      first: 'nvh264dec',
      last: 'avdec_h264',
      count: 89,
    })
  })
}

test('a decoder that fails before the first picture is replaced before start() resolves', async () => {
  become('nvh264dec=fail:1 vah264dec=ok')
  const { first, seen, connections } = await taken({ reconnect: false }, ({ length }) => length >= 20)
  assert.equal([first, connections], ['avdec_h264', 2])
  assertPictures(seen)
})

test('a decoder that cannot be opened is replaced', async () => {
  become('nvh264dec=refuse vah264dec=ok')
  const { first, seen } = await taken({}, ({ length }) => length >= 20)
  assert.is(first, 'avdec_h264')
  assertPictures(seen)
})

test('a stream of a profile that the device does not know is decoded in software', async () => {
  become('nvh264dec=narrow vah264dec=ok')
  // B-frames, which the baseline does not know.
  const main = await makeFile(tempFile('main.flv'), {
    size: '320x180',
    fps: 25,
    duration: 4,
    colorspace: 'bt601',
    bframes: 2,
  })
  const { first, seen, connections } = await taken({}, ({ length }) => length >= 20, main)
  assert.equal([first, connections], ['avdec_h264', 2])
  assertPictures(seen, await decodeFrames(main, 'rgb24'))
})

test('a new capture begins at the top again', async () => {
  become('nvh264dec=ok')
  assert.is((await taken({}, ({ length }) => length >= 5)).first, 'nvh264dec')
})

test.run()
