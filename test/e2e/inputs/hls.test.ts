import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Capture } from '../../../src/index'
import { toneLevel } from '../../support/media/audio'
import { lyingOrigin, makeHls, nginxOrigin } from '../../support/peers/hls'
import { suite } from '../../support/suite'
import { keepLog, samePictures, smallFile, take } from '../lib/inputs'
import { codeOf } from '../lib/served'

const test = suite('inputs: HLS', { timeout: 60_000 })

test('a playlist of nginx is read to its end: every picture and the sound', async () => {
  const file = await smallFile('in.mp4')
  await using origin = await nginxOrigin(await makeHls(file))
  const taken = await take(`${origin.url()}?token=geheimnis`, { pace: 'none' })
  assert.is(taken.frames.length, 50)
  assert.is(taken.error, null)
  await samePictures(file, taken, { from: 0 })
  assert.ok(toneLevel(taken.samples, 48_000, 440) > 0.1)
  assert.equal(
    taken.states.map(({ phase, reason }) => [phase, reason]),
    [
      ['idle', null],
      ['connecting', null],
      ['live', null],
      ['stopped', 'ERR_STREAM_ENDED'],
    ],
  )
  assert.is(taken.info.transport, 'hls')
  assert.not.match(taken.log, /geheimnis/)
})

test('a playlist cannot have a file of this machine read', async () => {
  const folder = await makeHls(await smallFile('in.mp4'))
  const playlist = await readFile(join(folder, 'live.m3u8'), 'utf8')
  await writeFile(join(folder, 'live.m3u8'), playlist.replace('live0.ts', `file://${folder}/live0.ts`))
  await using origin = await lyingOrigin(folder)
  const { logger } = keepLog()
  await using capture = new Capture(origin.url(), { logger })
  assert.is(await codeOf(capture.start()), 'ERR_ADDRESS_REFUSED')
  assert.is(capture.state.phase, 'failed')
})

test('blocking iterators are refused, since they block what fetches', async () => {
  const { logger } = keepLog()
  await using capture = new Capture('http://localhost/live.m3u8', { logger })
  assert.throws(() => capture.iterFrames(), /async iterators/)
})

test.run()
