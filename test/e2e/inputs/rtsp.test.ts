import * as assert from 'uvu/assert'
import { Capture } from '../../../src/index'
import { toneLevel } from '../../support/media/audio'
import { fileMedia, startCamera } from '../../support/peers/rtsp-camera'
import { suite } from '../../support/suite'
import { keepLog, samePictures, smallFile, take } from '../lib/inputs'
import { codeOf } from '../lib/served'

const test = suite('inputs: a camera', { timeout: 60_000 })

const PASSWORD = 'pass:word@1'

test('a camera with a login: pictures and sound, and no password anywhere', async () => {
  const file = await smallFile('in.mp4')
  await using camera = await startCamera({ launch: fileMedia(file), user: 'bob', password: PASSWORD })
  const taken = await take(camera.url(`bob:${encodeURIComponent(PASSWORD)}`), { reconnect: false, dropPolicy: 'block' })
  assert.is(taken.info.transport, 'rtsp-tcp')
  // The camera's goodbye may overtake its last pictures, and a busy machine may be late for the first.
  assert.ok(taken.frames.length > 25, `${taken.frames.length} pictures, ${String(taken.error)}`)
  await samePictures(file, taken)
  assert.ok(toneLevel(taken.samples, 48_000, 440) > 0.1)
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
    assert.not.match(taken.log, new RegExp(secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    assert.not.ok(JSON.stringify(taken.states).includes(secret))
  }

  const { logger, text } = keepLog()
  await using capture = new Capture(camera.url('bob:wrongpassword'), {
    logger,
    reconnect: false,
    connectTimeout: 30_000,
  })
  assert.is(await codeOf(capture.start()), 'ERR_AUTHENTICATION')
  assert.not.match(text(), /wrongpassword/)
})

test.run()
