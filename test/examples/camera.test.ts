// suite: deep
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { start } from '../support/child'
import { probe } from '../support/peers/ffmpeg'
import { startNginx } from '../support/peers/nginx'
import { suite } from '../support/suite'
import { smallFile } from '../e2e/lib/inputs'

const test = suite('examples: camera', { timeout: 60_000 })

test('a file that loops is on air, with pictures and sound, until Ctrl-C', async () => {
  const file = await smallFile('loop.mp4')
  await using nginx = await startNginx()
  const program = join(__dirname, '../../examples/camera.js')
  await using child = start(process.execPath, [program, pathToFileURL(file).href, nginx.url('camera')])
  await nginx.published('camera')
  const { video, audio } = await probe(nginx.url('camera'), { seconds: 4 })
  assert.equal([video?.width, video?.codec_name, audio?.codec_name], [320, 'h264', 'aac'])
  assert.match(child.output(), /^live/m)
  child.kill('SIGINT')
  const { code } = await child.exited
  assert.is(code, 0, child.output())
})

test.run()
