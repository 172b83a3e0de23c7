import * as assert from 'uvu/assert'
import { Capture } from '../../../src/index'
import { toneLevel } from '../../support/media/audio'
import { bindsUdp, freeUdpPort } from '../../support/peers/ports'
import { sendSrt } from '../../support/peers/srt'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { samePictures, smallFile, take } from '../lib/inputs'
import { codeOf } from '../lib/served'

const test = suite('inputs: SRT', { timeout: 60_000 })

const PASSPHRASE = 'long.enough-good'

test('as a caller with a passphrase: pictures, sound, statistics, and no secret anywhere', async () => {
  const file = await smallFile('in.ts', { duration: 4 })
  const port = await freeUdpPort()
  await using peer = sendSrt(`srt://127.0.0.1:${port}?mode=listener&passphrase=${PASSPHRASE}`, file, { loop: true })
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  assert.ok(peer.running, peer.errors())
  const url = `srt://127.0.0.1:${port}?passphrase=${PASSPHRASE}&streamid=secretname&latency=200`
  const taken = await take(url, { reconnect: false, dropPolicy: 'block' }, { count: 60 })
  assert.is(taken.info.transport, 'srt')
  await samePictures(file, { ...taken, frames: taken.frames.slice(0, 50) })
  assert.ok(toneLevel(taken.samples, 48_000, 440) > 0.1)
  assert.not.match(`${taken.log} ${JSON.stringify(taken.states)}`, /long.{1,3}enough|secretname/)
})

test('a wrong passphrase is ERR_AUTHENTICATION', async () => {
  const file = await smallFile('in.ts')
  const port = await freeUdpPort()
  await using peer = sendSrt(`srt://127.0.0.1:${port}?mode=listener&passphrase=${PASSPHRASE}`, file, { loop: true })
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  assert.ok(peer.running, peer.errors())
  await using capture = new Capture(`srt://127.0.0.1:${port}?passphrase=anotherwrongone`, { reconnect: false })
  assert.is(await codeOf(capture.start()), 'ERR_AUTHENTICATION')
})

test.run()
