import { record, RTMPOutput } from '../../../src/index'
import { pattern } from '../lib/pattern'

// Records until somebody kills it: folder, format.
const [, , folder = '', format = 'mp4'] = process.argv
const [width, height] = [320, 180]

void (async () => {
  const output = new RTMPOutput(record(folder, { segment: '3s', format: format as 'mp4' }), {
    width,
    height,
    fps: 25,
    keyframeInterval: 1,
    bitrate: '400k',
  })
  await output.start()
  console.log('live')
  for (let i = 0; ; i++) {
    await output.writeFrame(pattern(width, height, i))
    console.log(`encoded ${output.stats().packets}`)
  }
})()
