import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { Capture } from '../../../src/index'
import { toneLevel } from '../../support/media/audio'
import { suite } from '../../support/suite'
import { keepLog, samePictures, smallFile, take } from '../lib/inputs'
import { codeOf } from '../lib/served'

const test = suite('inputs: files', { timeout: 60_000 })

test('an MP4 is read to its end: every picture and the sound, and then consumers come to an end', async () => {
  const file = await smallFile('in.mp4')
  const taken = await take(pathToFileURL(file).href, { pace: 'none' })
  assert.is(taken.frames.length, 50)
  assert.is(taken.error, null)
  await samePictures(file, taken)
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
  assert.is(taken.info.transport, 'file')
})

test('a file that is not there is ERR_FILE', async () => {
  const { logger } = keepLog()
  await using capture = new Capture('file:///nowhere/at/all.mp4', { logger })
  assert.is(await codeOf(capture.start()), 'ERR_FILE')
  assert.is(capture.state.phase, 'failed')
})

test.run()
