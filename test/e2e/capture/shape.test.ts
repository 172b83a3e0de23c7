import { map } from 'rxjs'
import * as assert from 'uvu/assert'
import { gst, type RTMPCaptureOptions } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { OwnFrames } from '../lib/own-frames'
import { all, running } from '../lib/running'
import { capturing } from '../lib/served'

const test = suite('capture: the shape of pictures', { timeout: 60_000 })

const PAL = { size: '720x576', fps: 25, gop: 5, duration: 0.4, audio: null } as const

/** [width, height, n, d] of the first frame, and n/d that info has. */
async function shape(file: string, options: RTMPCaptureOptions): Promise<[number, number, number, number, string]> {
  return await capturing(file, options, async capture => {
    await capture.start()
    const frame = await capture.getFrame()
    const {
      width,
      height,
      pixelAspectRatio: { n, d },
      data,
    } = frame
    assert.is(data.length, width * height * 3)
    frame.close()
    const source = capture.info!.video!.pixelAspectRatio
    return [width, height, n, d, `${source.n}/${source.d}`]
  })
}

test('anamorphic: with one side the other keeps what people see; otherwise the pixels say it', async () => {
  const file = await makeFile(tempFile('pal.flv'), { ...PAL, x264: 'sar=64/45' })
  assert.equal(await shape(file, {}), [720, 576, 64, 45, '64/45'])
  assert.equal(await shape(file, { width: 640 }), [640, 360, 1, 1, '64/45'])
  assert.equal(await shape(file, { height: 360 }), [640, 360, 1, 1, '64/45'])
  assert.equal(await shape(file, { width: 360, height: 288 }), [360, 288, 64, 45, '64/45'])
  assert.equal(await shape(file, { width: 1024, height: 576 }), [1024, 576, 1, 1, '64/45'])
})

test('an aspect ratio that nobody means is none', async () => {
  const file = await makeFile(tempFile('absurd.flv'), { ...PAL, x264: 'sar=65535/1' })
  assert.equal(await shape(file, { width: 360 }), [360, 288, 1, 1, '1/1'])
})

test('a line of pixels is not made as high as a house', async () => {
  const file = await makeFile(tempFile('line.flv'), { ...PAL, size: '16x592' })
  assert.equal(await shape(file, { width: 1280 }), [1280, 4096, 16, 185, '1/1'])
})

test('frames of a graph, and frames that go into one, keep it', async () => {
  const graph = gst`appsrc name=in ! videoconvert ! video/x-raw,format=GRAY8 ! appsink name=out sync=false`
  await running(graph, async p => {
    const shapes = all(
      p.frames$('out').pipe(
        map(frame => {
          frame.close()
          return frame.pixelAspectRatio
        }),
      ),
    )
    await p.start()
    const frame = new OwnFrames(16, 16).make(new Uint8Array(16 * 16 * 3))
    await p.push('in', Object.defineProperty(frame, 'pixelAspectRatio', { value: { n: 12, d: 11 } }))
    frame.close()
    p.endOfStream('in')
    assert.equal(await shapes, [{ n: 12, d: 11 }])
  })
})

test.run()
