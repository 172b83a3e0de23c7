// suite: deep
import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { sine, channelOf, toneLevel } from '../../support/media/audio'
import { readClock } from '../../support/media/picture-clock'
import { decodeFrames, makeFile, probe, publishFile, record } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startNms2, startNms4 } from '../../support/peers/nms'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'

const test = suite("'rxrtmp' and real servers", { timeout: 60_000 })

const SERVERS = {
  nginx: startNginx,
  'node-media-server 2': startNms2,
  'node-media-server 2 with its cache of pictures': () => startNms2({ gopCache: true }),
  'node-media-server 4': startNms4,
}
const [width, height, fps] = [320, 180, 25]
const OUTPUT: RTMPOutputOptions = {
  width,
  height,
  fps,
  bitrate: '800k',
  keyframeInterval: 1,
  audioSampleRate: 48_000,
  connectTimeout: 20_000,
  transport: 'rxrtmp',
}

/** Writes numbered pictures with sound until told to stop. */
function write(output: RTMPOutput): () => Promise<void> {
  let over = false
  const run = async (): Promise<void> => {
    for (let i = 0; !over; i++) {
      const sound = sine({ frequency: 440, rate: 48_000, from: i * 1920, count: 1920, channels: 2 })
      await output.writeFrameWithAudio(pattern(width, height, i), sound)
    }
  }
  const running = run()
  running.catch(() => {})
  return async () => {
    over = true
    await running
  }
}

let file: string
test.before(async () => {
  file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, gop: 12, duration: 8 })
})

for (const [name, startServer] of Object.entries(SERVERS)) {
  test(`${name}: a capture plays what ffmpeg publishes, picture and sound`, async () => {
    await using server = await startServer()
    await using publisher = await publishFile(server.url('one'), file, { loop: true })
    await using capture = new RTMPCapture(server.url('one'), {
      transport: 'rxrtmp',
      connectTimeout: 20_000,
      dropPolicy: 'block',
    })
    await capture.start()
    let [last, count] = [-1, 0]
    const tones: Float32Array[] = []
    for await (const { frame, audio } of capture.aiterFramesWithAudio()) {
      assert.equal([frame.width, frame.height, frame.sequence], [width, height, count])
      assert.ok(frame.timestamp > last)
      last = frame.timestamp
      tones.push(channelOf(audio.samples, audio.channels))
      frame.close()
      if (++count === 50) break
    }
    const late = Float32Array.from(tones.slice(25).flatMap(samples => [...samples]))
    assert.ok(Math.abs(toneLevel(late, 44_100, 440) - 0.5) < 0.1, String(toneLevel(late, 44_100, 440)))
    assert.is(capture.info!.transport, 'rxrtmp')
    assert.equal(capture.info!.audio, { sampleRate: 44_100, channels: 2, codec: 'aac' })
    assert.ok(publisher.running)
  })

  test(`${name}: what an output publishes, ffmpeg and a capture play`, async () => {
    await using server = await startServer()
    await using output = new RTMPOutput(server.url('one'), OUTPUT)
    await output.start()
    const stop = write(output)
    const before = output.stats().repeated
    const { video, audio, packets } = await probe(server.url('one'), { seconds: 2 })
    assert.equal([video!.codec_name, video!.width, video!.height], ['h264', width, height])
    assert.equal([audio?.codec_name, audio?.sample_rate, audio?.channels], ['aac', '48000', 2])
    assert.ok(packets.length > 80, `${packets.length} packets`)
    const seen = await record(server.url('one'), tempFile('seen.flv'), 2)
    await using capture = new RTMPCapture(server.url('one'), { transport: 'rxrtmp', connectTimeout: 20_000 })
    await capture.start()
    const { frame } = await capture.getFrameAndAudio()
    assert.ok(readClock(frame.data, width, height)! > 0)
    frame.close()
    await stop()
    // A writer that the machine holds up has pictures repeated.
    const repeated = output.stats().repeated - before
    await output.stop()
    const numbers = (await decodeFrames(seen, 'rgb24')).map(({ data }) => readClock(data, width, height))
    assert.ok(numbers.length >= 25, `${numbers.length} pictures`)
    numbers.forEach((number, i) => assert.ok(i === 0 || number! >= numbers[i - 1]!, numbers.join()))
    assert.ok(new Set(numbers).size >= numbers.length - 10 - repeated, numbers.join())
  })
}

test('nginx says that the publisher has left: lost at once, and back with it', async () => {
  await using server = await startNginx({ applications: { told: 'publish_notify on;' } })
  const url = server.url('one', 'told')
  await using capture = new RTMPCapture(url, {
    transport: 'rxrtmp',
    stallTimeout: 20_000,
    connectTimeout: 20_000,
    reconnect: { initialDelay: 200 },
  })
  const phases: string[] = []
  capture.state$.subscribe(({ phase, reason }) => phases.push(reason ? `${phase} ${reason}` : phase))
  {
    await using publisher = await publishFile(url, file, { loop: true })
    await capture.start()
    assert.ok(publisher.running)
  }
  await until(() => phases.at(-1) !== 'live', { timeout: 15_000, what: () => `a loss: ${phases.join()}` })
  assert.match(phases.at(-1)!, /ERR_STREAM_ENDED$/)
  await using again = await publishFile(url, file, { loop: true })
  await until(() => capture.state.phase === 'live', { timeout: 20_000, what: () => phases.join() })
  ;(await capture.getFrame()).close()
  assert.ok(again.running)
})

test('several targets, one of which refuses', async () => {
  await using one = await startNginx()
  await using two = await startNms4()
  const urls = [one.url('a'), two.url('b'), one.url('c', 'deny_publish')]
  await using output = new RTMPOutput(urls, OUTPUT)
  await output.start()
  const stop = write(output)
  await one.published('a')
  const phases = () => output.targets.map(({ state }) => state.phase)
  await until(() => phases().join() === 'live,live,failed', {
    what: () => JSON.stringify(output.targets.map(({ state }) => state)),
  })
  assert.is(output.targets[2]!.state.reason, 'ERR_PUBLISH_REJECTED')
  const { video } = await probe(two.url('b'), { seconds: 1 })
  assert.equal([video!.width, video!.height], [width, height])
  await stop()
})

test.run()
