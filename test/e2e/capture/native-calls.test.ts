// What a picture costs at the border to the addon, so that nobody asks for it again what a wake-up tells.
// `node scripts/native-calls.mjs` gives the whole of it.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'

const test = suite('capture: native calls a picture', { timeout: 60_000 })

const repository = join(__dirname, '../../../..')

interface Measured {
  readonly pictures: number
  readonly calls: number
  readonly properties: number
  readonly names: Readonly<Record<string, number>>
}

/** One to take it and one to give its memory back; a look at the bytes ten times a second; with sound one a packet. */
for (const [way, most] of [
  ['frames$', 5],
  ['framesWithAudio$', 7],
] as const) {
  test(`${way}: at most ${most}, and nothing is written property by property`, async () => {
    const file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 30, duration: 2 })
    await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'real', loop: true })
    const script = join(repository, 'bench/lib/native-calls-process.mjs')
    const args = [script, join(repository, 'dist'), server.url('calls'), way, '2', 'count']
    // The looks are a matter of time: where pictures come slowly, since the machine is busy, each costs more of them.
    const tries: Measured[] = []
    while (tries.length < 3 && !tries.some(({ pictures, calls }) => pictures > 5 && calls <= most)) {
      const { stdout } = await exec(process.execPath, args, { timeout: 50_000 })
      tries.push(JSON.parse(String(stdout)) as Measured)
    }
    const { pictures, calls, properties, names } = tries.at(-1)!
    assert.ok(pictures > 5, `${pictures} pictures`)
    assert.ok(calls >= 2 && calls <= most, `${calls} calls: ${JSON.stringify(names)}`)
    assert.is(properties, 0, JSON.stringify(names))
  })
}

test.run()
