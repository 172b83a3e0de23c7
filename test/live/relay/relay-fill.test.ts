import * as assert from 'uvu/assert'
import type { PacketRelay } from '../../../src/addon/relay'
import { systemClock } from '../../../src/core/clock'
import { resolveRelayOptions } from '../../../src/live/relay/options'
import { RelayFiller } from '../../../src/live/relay/relay-fill'
import { suite } from '../../support/suite'

const test = suite('relay: the beginning of a fill')

for (const [what, codec] of [
  ['no slate is made in the codec of the pictures', 'other'],
  ['the slate cannot be encoded', null],
] as const) {
  test(`${what}: it begins with none`, async () => {
    let begun = 0
    const packets = {
      fillPicture() {
        if (codec === null) throw new Error('nothing to encode with')
        return { serial: 0, picture: { codec, record: new Uint8Array(8), picture: new Uint8Array(8) } }
      },
      setSlate: () => true,
      startFill: () => void begun++,
    } as unknown as PacketRelay
    const said: string[] = []
    const note = (text: string): void => void said.push(text)
    const logger = { debug: note, info: note, warn: note, error: note }
    const options = resolveRelayOptions({ fill: 'slate', reconnect: { first: true }, logger }, 1)
    assert.is(await new RelayFiller(options, packets, systemClock).begin(), false)
    assert.equal([begun, said.length], [0, 1], said.join())
  })
}

test.run()
