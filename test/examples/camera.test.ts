// suite: deep
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { start } from '../support/child'
import { probe } from '../support/peers/ffmpeg'
import { liveHls, nginxOrigin } from '../support/peers/hls'
import { startNginx } from '../support/peers/nginx'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { until } from '../support/until'
import { smallFile } from '../e2e/lib/inputs'

const test = suite('examples: camera', { timeout: 90_000 })

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

test('HLS of a partner is on air', async () => {
  const folder = tempDir()
  await using _ffmpeg = liveHls(await smallFile('in.mp4', { duration: 10 }), folder)
  const playlist = (): Promise<string> => readFile(join(folder, 'live.m3u8'), 'utf8').catch(() => '')
  await until(async () => (await playlist()).includes('live3'), { what: 'segments', timeout: 40_000 })
  await using origin = await nginxOrigin(folder)
  await using nginx = await startNginx()
  const program = join(__dirname, '../../examples/camera.js')
  await using child = start(process.execPath, [program, origin.url(), nginx.url('camera')])
  await nginx.published('camera')
  const { video, audio } = await probe(nginx.url('camera'), { seconds: 4 })
  assert.equal([video?.width, video?.codec_name, audio?.codec_name], [320, 'h264', 'aac'])
  child.kill('SIGINT')
  const { code } = await child.exited
  assert.is(code, 0, child.output())
})

test.run()
