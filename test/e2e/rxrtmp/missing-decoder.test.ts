// suite: deep
import { readdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { AV1, encoded, fileOf } from '../lib/encoded'
import { serveWhole } from '../lib/served'

const test = suite('captures without a decoder', { timeout: 90_000 })

/** GStreamer's plugins on this machine. */
async function pluginFolder(): Promise<string> {
  const { stdout } = await exec('pkg-config', ['--variable=pluginsdir', 'gstreamer-1.0'])
  return stdout.toString().trim()
}

test('AV1 where no element decodes it: ERR_MISSING_PLUGIN names the package', async () => {
  const [folder, kept] = [await pluginFolder(), tempDir()]
  const decodesAv1 = /^libgst(aom|dav1d|rsdav1d|svtav1|nvcodec|va|vaapi)\b/
  for (const file of readdirSync(folder))
    if (!decodesAv1.test(file)) symlinkSync(path.join(folder, file), path.join(kept, file))
  await using server = await startRtmpServer(serveWhole(fileOf((await encoded(AV1)).tags), { then: 'silence' }))
  const { stdout } = await exec(process.execPath, [path.join(__dirname, 'missing-decoder-program.js'), server.url()], {
    timeout: 60_000,
    env: {
      ...process.env,
      GST_PLUGIN_SYSTEM_PATH_1_0: kept,
      GST_PLUGIN_PATH: '',
      GST_PLUGIN_PATH_1_0: '',
      GST_REGISTRY_1_0: path.join(tempDir(), 'registry.bin'),
      XDG_CACHE_HOME: tempDir(),
    },
  })
  const said = JSON.parse(stdout.toString().trim().split('\n').at(-1)!) as Record<string, unknown>
  assert.equal([said.code, said.retryable], ['ERR_MISSING_PLUGIN', false], String(said.message))
  assert.match(
    String(said.message),
    /pictures in AV1, and GStreamer has no element av1dec: .* gstreamer1\.0-plugins-bad/,
  )
})

test.run()
