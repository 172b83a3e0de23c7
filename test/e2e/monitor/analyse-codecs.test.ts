// suite: deep
// What `analyse: 'keyframes'` sees of other codecs, containers and groups of pictures.
import * as assert from 'uvu/assert'
import { Capture, StreamMonitor } from '../../../src/index'
import { exec } from '../../support/child'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('analyse, codecs', { timeout: 60_000 })

const LENGTH = 8

/** Black with sound; a keyframe each half second. */
async function black(name: string, codec: readonly string[]): Promise<string> {
  const file = tempFile(name)
  const inputs = ['-f', 'lavfi', '-i', 'color=black:s=320x180:r=20', '-f', 'lavfi', '-i', 'sine=440:r=44100']
  const args = ['-y', '-v', 'error', ...inputs, '-c:v', ...codec, '-g', '10', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
  await exec('ffmpeg', [...args, '-t', String(LENGTH), file], { timeout: 60_000 })
  return file
}

const STREAMS = [
  ['H.264 in a transport stream', 'black.ts', ['libx264', '-bf', '3']],
  ['H.264 with open groups', 'black.mp4', ['libx264', '-bf', '3', '-x264-params', 'open-gop=1:keyint=10']],
  ['HEVC', 'hevc.mp4', ['libx265', '-x265-params', 'log-level=error:keyint=10:open-gop=1:bframes=3', '-tag:v', 'hvc1']],
  ['AV1', 'av1.mkv', ['libaom-av1', '-cpu-used', '8', '-lag-in-frames', '0']],
] as const

for (const [what, name, codec] of STREAMS) {
  test(what, async () => {
    const file = await black(name, codec)
    using monitor = new StreamMonitor(['black', 'freeze', 'silence'], { rules: [], interval: 50 })
    const options = { decode: false, analyse: 'keyframes', connectTimeout: 20_000 } as const
    await using capture = new Capture(`file:${file}`, options)
    monitor.attachStream(capture, 'black')
    await capture.start()
    const value = (metric: 'black' | 'freeze' | 'silence') => monitor.getMetric(metric, 'black')
    await until(() => (value('black') ?? 0) > 2 && (value('freeze') ?? 0) > 2, {
      timeout: 30_000,
      what: () => `black ${value('black')} s, frozen ${value('freeze')} s`,
    })
    assert.is(value('silence'), 0)
    assert.is(capture.state.phase, 'live')
  })
}

test.run()
