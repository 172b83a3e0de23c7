import * as assert from 'uvu/assert'
import { RTMPCapture, RTMPOutput } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type Behaviour } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

// Servers that give their leave to play or to publish in ways of their own.
const test = suite('answers', { timeout: 60_000 })

const size = { width: 64, height: 64 }
const picture = new Uint8Array(64 * 64 * 3)
let file: string
test.before(async () => {
  file = await makeFile(tempFile('answers.flv'), { size: '320x180', fps: 25, gop: 12, duration: 8 })
})

const ANSWERS: readonly Pick<Extract<Behaviour, { kind: 'accept-publish' }>, 'statusStream' | 'first'>[] = [
  { statusStream: 0 },
  { statusStream: 3 },
  { first: 'NetStream.Data.Start' },
]

for (const answer of ANSWERS) {
  const name = JSON.stringify(answer)

  test(`${name}: a capture plays`, async () => {
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true, ...answer })
    await using capture = new RTMPCapture(server.url(), { connectTimeout: 20_000, reconnect: false })
    await capture.start()
    const frame = await capture.getFrame()
    assert.equal([frame.width, frame.height], [320, 180])
    frame.close()
    assert.equal([capture.info?.transport, server.connections.length], ['rxrtmp', 1])
  })

  test(`${name}: an output publishes`, async () => {
    await using server = await startRtmpServer({ kind: 'accept-publish', ...answer })
    await using output = new RTMPOutput(server.url(), { ...size, connectTimeout: 20_000, reconnect: false })
    await output.start()
    await output.writeFrame(picture)
    await until(() => server.connections.some(({ tags }) => tags.length > 5))
    assert.is(server.connections.length, 1)
  })
}

test('rtmp2 does not hear such a leave, and ends with its deadline', async () => {
  // On a busy machine the deadline may come before the server is asked: then that shows nothing.
  for (const connectTimeout of [1000, 4000, 16_000]) {
    await using server = await startRtmpServer({ kind: 'accept-publish', statusStream: 3 })
    await using output = new RTMPOutput(server.url(), { ...size, transport: 'rtmp2', connectTimeout })
    const error = await output.start().then(
      () => null,
      (reason: { code: string }) => reason,
    )
    assert.is(error?.code, 'ERR_CONNECT_TIMEOUT')
    const asked = server.connections.filter(({ role }) => role === 'publisher').length
    if (asked === 0 && connectTimeout < 16_000) continue
    assert.is(asked, 1)
    return
  }
})

test.run()
