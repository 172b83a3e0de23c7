import { writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { gst, run, type Graph, type RunningPipeline } from '../../src/index'
import { encodeAmf } from '../support/rtmp/amf0'
import { startRtmpServer } from '../support/rtmp-server'
import { suite } from '../support/suite'
import { tempFile } from '../support/temp'
import { until } from '../support/until'
import { bounded } from './flooded'

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
  ['pulled', (file) => gst`filesrc location=${file} ! flvdemux ! fakesink`],
  ['pushed in odd pieces', (file) => gst`filesrc location=${file} blocksize=777 ! queue ! flvdemux ! fakesink`],
  ['in an element that decodebin picks', (file) => gst`filesrc location=${file} ! decodebin ! fakesink`],
]
for (const [what, graph] of READERS) {
  test(`deep metadata of a file, ${what}`, async () => {
    const warnings: string[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => void warnings.push(text) }
    await using pipeline = run(graph(deepFile()), { logger, startTimeout: 5000 })
    void pipeline.start().catch(() => {})
    await until(() => warnings.some((text) => text.includes('more than 32 levels deep is left out')))
  })
}

const PLAYERS: readonly [what: string, graph: (url: string) => Graph][] = [
  ['rtmp2src', (url) => gst`rtmp2src location=${url} ! flvdemux ! fakesink async=false`],
  ['an rtmp2src that uridecodebin makes', (url) => gst`uridecodebin uri=${url} ! fakesink async=false`],
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

test('a flood of pings to rtmp2sink', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish', flood: 'short-pings' })
  const pipeline = run(
    gst`videotestsrc is-live=true ! x264enc tune=zerolatency ! flvmux streamable=true ! rtmp2sink location=${server.url()}`,
  )
  await bounded(
    async () => assert.is(await over(pipeline), 'failed'),
    () => pipeline.stop(),
  )
})

test.run()
