import { writeFileSync } from 'node:fs'
import { filter, firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { el, gst, pipeline as graphOf, run, type Graph, type Part, type RunningPipeline } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { encodeAmf } from '../../support/peers/rtmp/amf0'
import { startRtmpServer, type Behaviour, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { bounded } from '../lib/flooded'

const test = suite('run: floods and deep metadata', { timeout: 40_000 })

/** Ends by itself, or fails. */
async function over(pipeline: RunningPipeline): Promise<string> {
  await pipeline.start().catch(() => {})
  await until(() => ['stopped', 'failed'].includes(pipeline.state.phase))
  return pipeline.state.phase
}

/** A file with metadata of so many levels. */
function deepFile(): string {
  const content = Buffer.concat([encodeAmf('onMetaData'), Buffer.of(3), Buffer.alloc(600_000, Buffer.from([0, 0, 3]))])
  const tag = Buffer.alloc(11)
  tag[0] = 18
  tag.writeUIntBE(content.length, 1, 3)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(content.length + 11)
  const file = tempFile('deep.flv')
  writeFileSync(file, Buffer.concat([Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0', 'latin1'), tag, content, size]))
  return file
}

const READERS: readonly [what: string, graph: (file: string) => Graph][] = [
  ['pulled', file => gst`filesrc location=${file} ! flvdemux ! fakesink`],
  ['pushed in odd pieces', file => gst`filesrc location=${file} blocksize=777 ! queue ! flvdemux ! fakesink`],
  ['in an element that decodebin picks', file => gst`filesrc location=${file} ! decodebin ! fakesink`],
]
for (const [what, graph] of READERS) {
  test(`deep metadata of a file, ${what}`, async () => {
    const warnings: string[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => void warnings.push(text) }
    await using pipeline = run(graph(deepFile()), { logger, startTimeout: 5000 })
    void pipeline.start().catch(() => {})
    await until(() => warnings.some(text => text.includes('more than 32 levels deep is left out')))
  })
}

const PLAYERS: readonly [what: string, graph: (url: string) => Graph][] = [
  ['rtmp2src', url => gst`rtmp2src location=${url} ! flvdemux ! fakesink async=false`],
  ['an rtmp2src that uridecodebin makes', url => gst`uridecodebin uri=${url} ! fakesink async=false`],
  ['rtmpsrc', url => gst`rtmpsrc location=${url} ! flvdemux ! fakesink async=false`],
]
for (const [what, graph] of PLAYERS) {
  test(`a flood of pings to ${what}`, async () => {
    await using server = await startRtmpServer({ kind: 'flood', what: 'short-pings' })
    const pipeline = run(graph(server.url()))
    await bounded(
      async () => {
        assert.is(await over(pipeline), 'failed')
        assert.is(pipeline.state.reason, 'ERR_BAD_STREAM')
      },
      () => pipeline.stop(),
    )
  })
}

for (const sink of ['rtmp2sink', 'rtmpsink']) {
  test(`a flood of pings to ${sink}`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish', flood: 'short-pings' })
    const to = el(sink, { location: server.url() })
    const from = [el('videotestsrc', { isLive: true }), el('x264enc', { tune: 'zerolatency' }), el('flvmux')]
    const pipeline = run(graphOf(...from, to))
    await bounded(
      async () => {
        assert.is(await over(pipeline), 'failed')
        if (sink === 'rtmpsink') assert.is(pipeline.state.reason, 'ERR_BAD_STREAM')
      },
      () => pipeline.stop(),
    )
  })
}

/** Of stop(), ms; what a stuck one takes is 4800. A busy machine may stand still for some of it. */
const PROMPT = 4000

async function prompt(pipeline: RunningPipeline): Promise<void> {
  const from = performance.now()
  await pipeline.stop()
  const took = performance.now() - from
  assert.ok(took < PROMPT, `stop() took ${took.toFixed(0)} ms`)
}

const BEFORE_MEDIA: readonly [what: string, behaviour: Behaviour, code: string][] = [
  ['pings in place of the first answer', { kind: 'flood-connect', what: 'short-pings' }, 'ERR_BAD_STREAM'],
  ['garbage in place of a handshake', { kind: 'garbage' }, 'ERR_HANDSHAKE'],
]
for (const [what, behaviour, code] of BEFORE_MEDIA) {
  test(`${what} to rtmpsrc`, async () => {
    await using server = await startRtmpServer(behaviour)
    const pipeline = run(gst`rtmpsrc location=${server.url()} ! flvdemux ! fakesink`)
    assert.is(await over(pipeline), 'failed')
    assert.is(pipeline.state.reason, code)
    await prompt(pipeline)
  })
}

test('metadata of 200,000 levels to rtmpsrc is left out, and the stream plays', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, gop: 25, duration: 1, audio: null })
  const levels = Buffer.alloc(800_000, Buffer.from([0, 1, 0x6b, 3]))
  const data = Buffer.concat([encodeAmf('onMetaData'), Buffer.of(3), levels])
  const edit = (tag: FlvTag, index: number): FlvTag[] =>
    index % 10 === 0 ? [{ type: 'script', timestamp: tag.timestamp, data }, tag] : [tag]
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true, edit })
  const pipeline = run(gst`rtmpsrc location=${server.url()} ! flvdemux ! fakesink name=out`)
  const pictures = firstValueFrom(pipeline.probe$('out.sink', 50).pipe(filter(({ buffers }) => buffers > 30)))
  await pipeline.start()
  await pictures
  await prompt(pipeline)
})

const HELD: readonly [what: string, behaviour: Behaviour, rest: Part][] = [
  ['never accepts', { kind: 'accept-silent' }, el('fakesink')],
  ['says nothing', { kind: 'handshake-silent' }, el('fakesink')],
  ['brings nothing', { kind: 'play-then-nothing' }, el('fakesink')],
  ['brings what nobody takes', { kind: 'flood', what: 'cue-points', bytes: 10_000 }, el('appsink', { maxBuffers: 1 })],
]
for (const [what, behaviour, rest] of HELD) {
  test(`stop() does not wait for a server that ${what}, nor break off a read of rtmpsrc`, async () => {
    await using server = await startRtmpServer(behaviour)
    const queue = el('queue', { maxSizeBuffers: 2 })
    const pipeline = run(graphOf(el('rtmpsrc', { location: server.url() }), queue, rest))
    void pipeline.start().catch(() => {})
    await server.connection(0)
    await sleep(300)
    await prompt(pipeline)
    await until(() => server.connections.every(({ open }) => !open))
  })
}

test.run()
