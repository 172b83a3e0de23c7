import * as assert from 'uvu/assert'
import { isNews, withoutDump } from '../../src/engine/server-said'
import { suite } from '../support/suite'

const test = suite('server said')

/** As rtmp2 of GStreamer 1.22 writes it. */
const refused = (command: string, level: string, code: string): string =>
  `Failed to connect: '${command}' cmd failed: onStatus: { "level": "${level}", "code": "${code}", "description": "" }`

const isNewsOf = (text: string): boolean => isNews({ gst: { text } as never })

test('a status that refuses nothing is news, whatever it tells', () => {
  for (const code of ['NetStream.Data.Start', 'NetStream.Play.Transition', 'NetStream.Record.Start', 'Any.Thing'])
    for (const command of ['play', 'publish']) assert.ok(isNewsOf(refused(command, 'status', code)), code)
})

test('errors, and what ends the stream at any level, are none', () => {
  for (const code of ['NetStream.Play.Failed', 'NetConnection.Connect.Closed', 'NetStream.Play.UnpublishNotify'])
    assert.not.ok(isNewsOf(refused('play', 'status', code)), code)
  assert.not.ok(isNewsOf(refused('publish', 'error', 'NetStream.Data.Start')))
  assert.not.ok(isNewsOf(refused('connect', 'status', 'NetStream.Data.Start')))
  assert.not.ok(isNewsOf("Failed to connect: 'play' cmd failed: connection closed remotely"))
  assert.not.ok(isNews({ gst: null }))
})

test('a line for people has the code once', () => {
  assert.is(
    withoutDump(refused('play', 'error', 'NetStream.Play.Failed')),
    "Failed to connect: 'play' cmd failed: onStatus (NetStream.Play.Failed)",
  )
})

test.run()
