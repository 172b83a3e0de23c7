import * as assert from 'uvu/assert'
import { start } from '../../support/child'
import { suite } from '../../support/suite'

const test = suite('work that comes before GStreamer has started')

// The thread stands still while a worker does the work, then GStreamer starts, then the result is read.
const PROGRAM = `
const { native } = require(${JSON.stringify(require.resolve('../../../src/addon/binding'))})
const addon = native()
const desk = new addon.StillDesk()
const overlay = new addon.OverlayPicture(new Uint8Array(4 * 4 * 4), 4, 4, 0, 0, 1)
const still = { format: 'png', quality: 85, width: 0, height: 0 }
const work = [
  desk.lay(overlay, 64, 36, true),
  desk.encode(new Uint8Array(16 * 16 * 3), 'RGB', 16, 16, 1, 1, 0, still),
]
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
addon.elementNames()
Promise.all(work).then(([laid, png]) => console.log(laid === null, png.length > 50))
`

test('starts it: overlays are laid and stills encoded, without a warning', async () => {
  await using child = start(process.execPath, ['-e', PROGRAM])
  const { code, signal } = await child.exited
  assert.is(code ?? signal, 0, child.output())
  assert.is(child.output(), 'true true\n')
})

test.run()
