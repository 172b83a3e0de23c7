import * as assert from 'uvu/assert'
import { Capture } from '../../../src/index'
import { psnr } from '../../support/media/picture'
import { makeFile } from '../../support/peers/ffmpeg'
import { decodeFrames } from '../../support/peers/ffmpeg-read'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { freshName, isShared, read } from './reader'

const test = suite('share: pictures for another process', { timeout: 60_000 })

const source = { size: '320x180', fps: 25, gop: 25, pattern: 'testsrc', duration: 2, audio: null } as const

test('a reader in Python sees the pictures of the stream, whole and newer each time, and the end', async () => {
  const file = await makeFile(tempFile('in.flv'), source)
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using capture = new Capture(server.url(), { connectTimeout: 20_000, stallTimeout: 20_000 })
  const name = freshName('python')
  const share = capture.share(name)
  await using reader = read(name, { words: ['memoryview'] })
  await capture.start()
  await until(() => reader.pictures.length >= 20, { what: () => reader.child.errors() })
  assert.ok(share.stats().pictures >= 20)
  await capture.stop()
  await until(() => reader.ended, { what: () => reader.child.errors() })
  assert.equal([share.closed, isShared(name)], [true, false])

  const expected = await decodeFrames(file, 'rgb24')
  for (const [i, { data, format, width, height, number, timestamp }] of reader.pictures.entries()) {
    assert.equal([format, width, height], ['RGB', 320, 180])
    const best = Math.max(...expected.map(one => psnr(one.data, data)))
    assert.ok(best >= 40, `picture ${number}: ${best} dB`)
    const before = reader.pictures[i - 1]
    if (before) assert.ok(number > before.number && timestamp > before.timestamp)
  }
})

test.run()
