import * as assert from 'uvu/assert'
import { Output } from '../../../src/index'
import { start } from '../../support/child'
import { bindsUdp, freePort } from '../../support/peers/ports'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { pattern } from '../lib/pattern'
import { assertPlays, hashes } from '../record/judge'

// The shortest way from pictures to a peer of SRT.
const test = suite('output: an SRT stream', { timeout: 60_000 })

test('ffmpeg gets it as a transport stream that plays', async () => {
  const port = await freePort()
  const file = tempFile('srt.ts')
  const args = ['-y', '-i', `srt://127.0.0.1:${port}?mode=listener`, '-c', 'copy', file]
  await using peer = start('ffmpeg', ['-nostdin', '-v', 'error', ...args])
  await until(() => bindsUdp(port), { what: () => peer.errors() })
  const [width, height] = [320, 180]
  // SRT drops what comes later than its latency, 120 ms by default: a busy machine stands still for longer.
  const output = new Output(`srt://127.0.0.1:${port}?latency=2000`, { width, height, fps: 25, keyframeInterval: 1 })
  await output.start()
  for (let i = 0; i < 75; i++) await output.writeFrame(pattern(width, height, i))
  await output.stop()
  await peer.exited
  await assertPlays(file)
  assert.ok((await hashes(file, 'pictures')).length > 40)
})

test.run()
