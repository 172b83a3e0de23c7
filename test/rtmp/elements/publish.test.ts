// suite: deep
import * as assert from 'uvu/assert'
import { probe } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startNms2, startNms4 } from '../../support/peers/nms'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { running } from '../../e2e/lib/running'
import { gst, run } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { tempFile } from '../../support/temp'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseFlv } from '../../support/peers/rtmp-server'
import { over } from '../../e2e/lib/running'
import { counter, publishing } from './graphs'

const test = suite('rxrtmpsink publishes', { timeout: 60_000 })

test('to nginx and both node-media-servers, and ffmpeg reads picture and sound there', async () => {
  for (const launch of [startNginx, startNms2, startNms4]) {
    await using server = await launch()
    await running(publishing(server.url('cam')), async p => {
      await p.start()
      await until(() => counter(p, 'sink', 'out-bytes-total') > 20_000, { what: `${launch.name} to take it` })
      const { video, audio, packets } = await probe(server.url('cam'), { seconds: 1, analyze: 2 })
      assert.is(video?.codec_name, 'h264', launch.name)
      assert.is(audio?.codec_name, 'aac', launch.name)
      assert.ok(packets.length > 20)
    })
  }
})

test('every tag of a file, unchanged and in its order, and says goodbye', async () => {
  const file = await makeFile(tempFile('sent.flv'), { size: '320x180', duration: 2, bframes: 2 })
  const sent = parseFlv(readFileSync(file))
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  // flvmux is not between them: what the file has is what the server gets.
  const graph = gst`filesrc location=${file} blocksize=1000 ! video/x-flv !
    rxrtmpsink location=${server.url()} sync=false`
  await running(graph, async p => {
    await p.start()
    await over(p)
    assert.is(p.state.phase, 'stopped')
  })
  const connection = await server.connection(0, it => !it.open)
  assert.ok(connection.goodbye)
  for (const type of ['video', 'audio'] as const) {
    const got = connection.tags.filter(tag => tag.type === type)
    const was = sent.filter(tag => tag.type === type)
    assert.is(got.length, was.length, type)
    got.forEach((tag, i) => {
      assert.is(tag.timestamp, was[i]!.timestamp, `${type} ${i}`)
      assert.ok(Buffer.compare(tag.data, was[i]!.data) === 0, `${type} ${i}`)
    })
  }
  const script = connection.tags.find(tag => tag.type === 'script')!
  assert.ok(script.data.equals(sent.find(tag => tag.type === 'script')!.data))
})

test('an FLV header whose length lies keeps no tag back', async () => {
  const file = await makeFile(tempFile('true.flv'), { size: '160x90', duration: 1 })
  const bytes = readFileSync(file)
  const tags = parseFlv(bytes).length
  bytes.writeUInt32BE(0xffff_ffff, 5)
  const lying = tempFile('lying.flv')
  writeFileSync(lying, bytes)
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  await running(
    gst`filesrc location=${lying} ! video/x-flv ! rxrtmpsink location=${server.url()} sync=false`,
    async p => {
      await p.start()
      await over(p)
    },
  )
  const connection = await server.connection(0, it => !it.open)
  assert.is(connection.tags.length, tags)
})

test('a server that stops reading holds the stream back, and stop() is quick all the same', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish', after: 50_000, then: 'freeze' })
  const aside: string[] = []
  const logger = { debug() {}, info() {}, warn() {}, error: (text: string) => void aside.push(text) }
  const p = run(publishing(server.url()), { logger })
  try {
    await p.start()
    await until(() => counter(p, 'sink', 'out-bytes-total') > 50_000)
    await sleep(1500)
    const waits = counter(p, 'sink', 'waiting-bytes')
    assert.ok(waits < 2 ** 21, `${waits} bytes`)
  } finally {
    await p.stop()
  }
  assert.equal(aside, [], 'it stopped within its deadline')
})

test.run()
