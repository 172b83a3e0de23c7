// suite: deep
// deadline: 600
import * as assert from 'uvu/assert'
import { RTMPOutput, type RTMPOutputOptions } from '../../../src/index'
import { startNginx } from '../../support/peers/nginx'
import { startRtmpServer, type AcceptPublish } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { sleep, until } from '../../support/until'
import { codeOf } from '../lib/served'
import { timed } from '../lib/timed'
import { TRANSPORTS } from '../lib/transports'

// Servers that take the stream and then do not: the target fails with a code, in time, and stop() is quick all the
// same.
const test = suite('output: lost', { timeout: 120_000 })

const [width, height] = [320, 180]
// Much, so that a server that reads nothing is noticed when the buffers of both systems are full.
const OPTIONS: RTMPOutputOptions = {
  width,
  height,
  fps: 30,
  bitrate: '40M',
  reconnect: false,
  stallTimeout: 1500,
  connectTimeout: 20_000,
}
const STOP = 5500
const QUIET: RTMPOutputOptions = { ...OPTIONS, bitrate: '500k', stallTimeout: 10_000 }

let state = 1
/** A new picture of noise each time: nothing of it can be left out. */
function noise(into: Uint8Array): Uint8Array {
  for (let i = 0; i < into.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    into[i] = state >>> 24
  }
  return into
}

/**
 * Writes noise until a write is refused; resolves with the code of that. A busy machine needs long for as much noise as
 * the buffers of both systems take.
 */
async function writeUntilRefused(output: RTMPOutput): Promise<string> {
  const buffer = new Uint8Array(width * height * 3)
  const from = performance.now()
  while (performance.now() - from < 90_000) {
    const code = await codeOf(output.writeFrame(noise(buffer)))
    if (code !== 'resolved') return code
  }
  return 'never refused'
}

async function stopped(output: RTMPOutput): Promise<void> {
  const took = await timed(() => Promise.all([output.stop(), output.stop(), output.close()]))
  assert.ok(took < STOP, `stop() took ${Math.round(took)} ms`)
  assert.is(output.state.phase, 'stopped')
  assert.is(await codeOf(output.writeFrame(new Uint8Array(width * height * 3))), 'ERR_NOT_RUNNING')
  await output.stop()
}

const CUTS: [then: AcceptPublish['then'], after: number, codes: string[]][] = [
  ['fin', 200_000, ['ERR_CONNECTION_LOST']],
  ['rst', 200_000, ['ERR_CONNECTION_LOST']],
  ['freeze', 200_000, ['ERR_STALLED']],
  ['freeze', 1, ['ERR_STALLED']],
  ['fin', 1, ['ERR_CONNECTION_LOST']],
]
for (const transport of TRANSPORTS) {
  for (const [then, after, codes] of CUTS) {
    // librtmp does not read while it writes: a server that only says FIN and takes everything is a good one to it.
    if (transport === 'librtmp' && then === 'fin') continue
    test(`${transport}: ${then} after ${after} bytes: ${codes[0]}`, async () => {
      await using server = await startRtmpServer({ kind: 'accept-publish', after, then })
      const stallTimeout = then === 'freeze' ? 1500 : 10_000
      const output = new RTMPOutput(server.url(), { ...OPTIONS, transport, stallTimeout })
      const phases: string[] = []
      output.targets[0]!.state$.subscribe(({ phase, reason }) => phases.push(reason ? `${phase} ${reason}` : phase))
      await output.start()
      const code = await writeUntilRefused(output)
      assert.ok(codes.includes(code), code)
      assert.equal([output.state.phase, output.state.reason], ['failed', code])
      assert.is(await codeOf(output.writeAudio(new Float32Array(2))), code)
      await stopped(output)
      assert.equal(phases, ['idle', 'connecting', 'live', `failed ${code}`, `stopping ${code}`, `stopped ${code}`])
    })
  }
}

for (const then of ['fin', 'rst'] as const) {
  test(`${then} while nobody writes: found all the same`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish', after: 5000, then })
    const output = new RTMPOutput(server.url(), QUIET)
    await output.start()
    await until(() => output.state.phase === 'failed', { what: () => `a failure; it is ${output.state.phase}` })
    assert.is(output.state.reason, 'ERR_CONNECTION_LOST')
    await stopped(output)
  })
}

test('writes that wait when the connection is lost are refused with its code', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { ...QUIET, bufferSize: 2 })
  await output.start()
  const buffer = new Uint8Array(width * height * 3)
  const waiting = Array.from({ length: 200 }, () => codeOf(output.writeFrame(buffer)))
  await sleep(300)
  server.cut('rst')
  const codes = await Promise.all(waiting)
  const refused = codes.filter(code => code !== 'resolved')
  assert.ok(refused.length > 50, `${refused.length} of 200`)
  assert.equal([...new Set(refused)], ['ERR_CONNECTION_LOST'])
  await stopped(output)
})

test('writes that wait when stop() is called are sent or refused, none hangs', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { ...QUIET, bufferSize: 2 })
  await output.start()
  const buffer = new Uint8Array(width * height * 3)
  const waiting = Array.from({ length: 100 }, () => codeOf(output.writeFrame(buffer)))
  await sleep(200)
  await stopped(output)
  for (const code of await Promise.all(waiting)) assert.ok(['resolved', 'ERR_NOT_RUNNING'].includes(code), code)
})

const ENDS = { killed: 'the server is killed', dropped: 'the server drops the publisher' } as const
for (const transport of TRANSPORTS) {
  for (const [how, what] of Object.entries(ENDS)) {
    test(`${transport}, nginx: ${what}`, async () => {
      await using nginx = await startNginx()
      const output = new RTMPOutput(nginx.url('a'), { ...QUIET, transport })
      await output.start()
      await nginx.published('a')
      if (how === 'killed') nginx.kill('SIGKILL')
      else assert.is(await nginx.drop('publisher', 'a'), 1)
      await until(() => output.state.phase === 'failed', { what: () => `a failure; it is ${output.state.phase}` })
      assert.is(output.state.reason, 'ERR_CONNECTION_LOST')
      await stopped(output)
    })
  }
}

for (const transport of TRANSPORTS) {
  test(`${transport}: stop() while the server is frozen`, async () => {
    await using nginx = await startNginx()
    const output = new RTMPOutput(nginx.url('a'), { ...OPTIONS, transport, stallTimeout: 30_000 })
    await output.start()
    const writing = writeUntilRefused(output)
    await nginx.published('a')
    nginx.kill('SIGSTOP')
    await sleep(2500)
    await stopped(output)
    assert.is(await writing, 'ERR_NOT_RUNNING')
    nginx.kill('SIGCONT')
  })
}

test('stop() of a healthy stream says goodbye, and nothing that was written is missing', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const output = new RTMPOutput(server.url(), { ...QUIET, fill: 'none' })
  await output.start()
  for (let i = 0; i < 50; i++) await output.writeFrame(new Uint8Array(width * height * 3))
  await stopped(output)
  const connection = await server.connection(0, ({ open }) => !open)
  assert.is(connection.goodbye, true)
  assert.is(connection.tags.filter(({ type, data }) => type === 'video' && data[1] === 1).length, 50)
})

test.run()
