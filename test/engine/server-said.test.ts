import * as assert from 'uvu/assert'
import { withoutDump } from '../../src/engine/server-said'
import { suite } from '../support/suite'

const test = suite('server said')

/** As rtmp2 of GStreamer 1.22 writes it. */
const refused = (command: string, level: string, code: string): string =>
  `Failed to connect: '${command}' cmd failed: onStatus: { "level": "${level}", "code": "${code}", "description": "" }`

test('a line for people has the code once', () => {
  assert.is(
    withoutDump(refused('play', 'error', 'NetStream.Play.Failed')),
    "Failed to connect: 'play' cmd failed: onStatus (NetStream.Play.Failed)",
  )
})

test.run()
