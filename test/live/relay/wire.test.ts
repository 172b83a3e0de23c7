import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import type { RelayFailure } from '../../../src/addon/relay'
import { parseRtmpUrl } from '../../../src/core/url'
import { relayInfo } from '../../../src/live/relay/info'
import { errorOf } from '../../../src/live/relay/wire'
import { suite } from '../../support/suite'

const test = suite('what a relay tells of its connections')

const url = parseRtmpUrl('rtmp://user:planted-password@host/live/planted-key')
const FAILURE: RelayFailure = {
  code: 'ERR_PUBLISH_REJECTED',
  text: 'The server refused the publication',
  phase: 'publish',
  serverCode: '',
  serverText: '',
  silent: false,
  acceptedMs: 0,
}

test('an error has the code, the server’s own words, and nothing of a key', () => {
  const said = { serverCode: 'NetStream.Publish.Denied', serverText: 'planted-key is no key\nfor planted-password' }
  const error = errorOf({ ...FAILURE, ...said }, url, false)
  assert.is(error.code, 'ERR_PUBLISH_REJECTED')
  assert.match(error.message, 'NetStream.Publish.Denied')
  assert.match(error.message, '*** is no key')
  assert.not.match(inspect(error), 'planted')
  assert.not.match(error.message, '\n')
})

test('a server that closes silently refuses before it has taken the stream, and loses it afterwards', () => {
  const silent = { ...FAILURE, silent: true, acceptedMs: 100 }
  assert.is(errorOf(silent, url, false).code, 'ERR_PUBLISH_REJECTED')
  assert.is(errorOf(silent, url, true).code, 'ERR_CONNECTION_LOST')
  assert.is(errorOf({ ...silent, acceptedMs: 0 }, url, true).code, 'ERR_PUBLISH_REJECTED')
  assert.is(errorOf({ ...silent, silent: false }, url, true).code, 'ERR_PUBLISH_REJECTED')
})

test('a certificate that is wrong stays wrong; a handshake that breaks off does not; an unknown code is a loss', () => {
  const tls = (text: string): boolean => errorOf({ ...FAILURE, code: 'ERR_TLS', text }, url, false).retryable
  assert.not(tls('Unacceptable TLS certificate'))
  assert.ok(tls('Error performing TLS handshake'))
  assert.is(errorOf({ ...FAILURE, code: 'ERR_NEW' }, url, false).code, 'ERR_CONNECTION_LOST')
})

test('what is copied: usual names, tracks in order, null for what nobody says', () => {
  const none = { width: 0, height: 0, fps: 0, sampleRate: 0, channels: 0 }
  assert.is(relayInfo(null), null)
  assert.is(relayInfo({ ...none, tracks: [] }), null)
  const info = relayInfo({
    ...none,
    width: 640,
    sampleRate: 48000,
    tracks: [
      { kind: 'audio', id: 0, codec: '10' },
      { kind: 'video', id: 1, codec: 'av01' },
      { kind: 'video', id: 0, codec: '7' },
    ],
  })
  assert.equal(info, {
    tracks: [
      { kind: 'video', id: 0, codec: 'h264' },
      { kind: 'video', id: 1, codec: 'av1' },
      { kind: 'audio', id: 0, codec: 'aac' },
    ],
    video: { codec: 'h264', width: 640, height: null, fps: null },
    audio: { codec: 'aac', sampleRate: 48000, channels: null, madeOf: null },
  })
})

test.run()
