import * as assert from 'uvu/assert'
import type { ErrorCode } from '../../src/core/errors'
import { faultCode, faultText, type GstFault } from '../../src/engine/fault'
import { suite } from '../support/suite'

const test = suite('fault')

function code(factory: string, text: string, wasLive = false, debug = ''): ErrorCode {
  const fault: GstFault = { element: factory, factory, domain: 'gst-resource-error-quark', code: 1, text, debug }
  return faultCode(fault, wasLive)
}

// As GStreamer 1.22 writes them.
const BAD_NAME =
  'Failed to connect: publish denied; stream already exists: { "level": "error", "code": ' +
  '"NetStream.Publish.BadName", "description": "NetStream.Publish.BadName" }'
const DENIED =
  'Not authorized to connect: publish denied: { "level": "error", "code": "NetStream.Publish.Denied", ' +
  '"description": "NetStream.Publish.Denied" }'
const REJECTED =
  `Not authorized to connect: 'connect' cmd returned 'NetConnection.Connect.Rejected': No such ` + 'application'
const LIBRTMP =
  'Could not connect to RTMP stream "rtmp://127.0.0.1:1/live/*** app=live playpath=*** ' +
  'tcUrl=rtmp://127.0.0.1:1/live timeout=3 live=1" for writing'

const BEFORE_LIVE: [factory: string, text: string, code: ErrorCode][] = [
  ['rtmp2sink', 'Connection refused: Could not connect to 127.0.0.1: Connection refused', 'ERR_CONNECTION_REFUSED'],
  ['rtmp2src', 'Connection refused: Could not connect to 127.0.0.1: Connection refused', 'ERR_CONNECTION_REFUSED'],
  ['rtmp2src', 'Failed to connect: Could not connect to 10.0.0.1: No route to host', 'ERR_CONNECTION_REFUSED'],
  ['rtmp2src', 'Failed to connect: Could not connect to 10.0.0.1: Network is unreachable', 'ERR_CONNECTION_REFUSED'],
  [
    'rtmp2sink',
    'Failed to connect: Error resolving “no-such-host.invalid”: Name or service not known',
    'ERR_HOST_NOT_FOUND',
  ],
  ['rtmp2src', 'Failed to connect: Error resolving “a.b”: Temporary failure in name resolution', 'ERR_HOST_NOT_FOUND'],
  ['rtmp2sink', BAD_NAME, 'ERR_NAME_IN_USE'],
  ['rtmp2sink', DENIED, 'ERR_PUBLISH_REJECTED'],
  ['rtmp2sink', REJECTED, 'ERR_CONNECT_REJECTED'],
  ['rtmp2src', REJECTED, 'ERR_CONNECT_REJECTED'],
  ['rtmp2sink', `Failed to connect: 'connect' cmd failed: connection closed remotely`, 'ERR_CONNECT_REJECTED'],
  [
    'rtmp2sink',
    `Failed to connect: 'createStream' cmd failed: _error: { "level": "error", "code": "NetConnection.Call.Failed" }`,
    'ERR_CONNECT_REJECTED',
  ],
  ['rtmp2sink', `Failed to connect: 'createStream' cmd failed: connection closed remotely`, 'ERR_CONNECTION_LOST'],
  ['rtmp2sink', 'Failed to connect: Socket I/O timed out', 'ERR_CONNECT_TIMEOUT'],
  ['rtmp2src', 'Failed to connect: Unacceptable TLS certificate', 'ERR_TLS'],
  ['rtmp2src', 'Failed to connect: TLS/SSL support not available; install glib-networking', 'ERR_TLS'],
  ['rtmp2src', `Not authorized to connect: authentication required`, 'ERR_AUTHENTICATION'],
  ['rtmp2sink', `Not authorized to connect: authmod=adobe user name or password wrong`, 'ERR_AUTHENTICATION'],
]

for (const [factory, text, expected] of BEFORE_LIVE) {
  test(`${factory}: ${text.slice(0, 90)} → ${expected}`, () => assert.is(code(factory, text), expected))
}

test('the options that librtmp got say nothing about what happened', () => {
  const found = code('rtmpsink', 'Could not open resource for writing.', false, LIBRTMP)
  assert.is.not(found, 'ERR_CONNECT_TIMEOUT')
})

const LIVE: [factory: string, text: string][] = [
  ['rtmp2sink', 'Connection error: connection closed remotely'],
  ['rtmp2sink', 'Connection error: Error sending data: Connection reset by peer'],
  ['rtmp2sink', 'Connection error: Error sending data: Broken pipe'],
  ['rtmp2src', 'Internal data stream error.'],
  ['rtmp2src', 'Socket I/O timed out'],
  ['rtmpsink', 'Could not write to resource.'],
]
for (const [factory, text] of LIVE) {
  test(`${factory}, live: ${text} → ERR_CONNECTION_LOST`, () =>
    assert.is(code(factory, text, true), 'ERR_CONNECTION_LOST'))
}

test('what the other end refuses is named by what was asked of it', () => {
  assert.is(code('rtmp2src', 'Failed to connect: NetStream.Play.StreamNotFound'), 'ERR_PLAY_REJECTED')
  assert.is(code('rtmp2sink', 'Failed to connect: publish failed'), 'ERR_PUBLISH_REJECTED')
})

test('a text that nobody knows is still an error of the transport', () => {
  // librtmp has but one text for every refusal: the host is known to answer by then, so what is new is a refusal too.
  const unknown = {
    rtmp2src: 'ERR_CONNECTION_LOST',
    rtmp2sink: 'ERR_CONNECTION_LOST',
    rtmpsrc: 'ERR_PLAY_REJECTED',
    rtmpsink: 'ERR_PUBLISH_REJECTED',
  }
  for (const [factory, expected] of Object.entries(unknown)) {
    assert.is(code(factory, 'something new'), expected)
    assert.is(code(factory, 'something new', true), 'ERR_CONNECTION_LOST')
  }
})

test('a line for people: what the server said, without the object that says it again', () => {
  const line = (text: string, debug = ''): string => faultText({ element: 'rtmp://h:1935/live/***', text, debug })
  const status = (code: string, description: string): string =>
    `{ "level": "error", "code": "${code}", "description": "${description}" }`
  const denied = 'Failed to connect: play denied; stream not found'
  assert.is(
    line(
      `${denied}: ${status('NetStream.Play.StreamNotFound', 'NetStream.Play.StreamNotFound')} (domain ` +
        'g-io-error-quark, code 1)',
    ),
    `rtmp://h:1935/live/***: ${denied} (NetStream.Play.StreamNotFound)`,
  )
  assert.is(
    line(`Not authorized to connect: publish denied: ${status('NetStream.Publish.Denied', 'the event begins at 8')}`),
    'rtmp://h:1935/live/***: Not authorized to connect: publish denied (NetStream.Publish.Denied: the ' +
      'event begins at 8)',
  )
  assert.is(
    line('Connection refused: Could not connect to h'),
    'rtmp://h:1935/live/***: Connection refused: Could not connect to h',
  )
})

const ELEMENTS: [factory: string, code: ErrorCode][] = [
  ['flvdemux', 'ERR_BAD_STREAM'],
  ['h264parse', 'ERR_BAD_STREAM'],
  ['aacparse', 'ERR_BAD_STREAM'],
  ['avdec_h264', 'ERR_DECODE'],
  ['avdec_aac', 'ERR_DECODE'],
  ['nvh264dec', 'ERR_DECODE'],
  ['x264enc', 'ERR_ENCODE'],
  ['avenc_aac', 'ERR_ENCODE'],
  ['nvh264enc', 'ERR_ENCODE'],
  ['videoconvert', 'ERR_PIPELINE'],
  ['appsrc', 'ERR_PIPELINE'],
  ['', 'ERR_PIPELINE'],
]
for (const [factory, expected] of ELEMENTS) {
  test(`${factory || 'nobody'} → ${expected}, whatever it says`, () => {
    for (const text of ['Internal data stream error.', 'connection refused', 'timed out'])
      assert.is(code(factory, text), expected)
  })
}

test('rxrtmpsink: a server that closes without a word refuses the stream, or ends one that was live', () => {
  const closed = {
    element: 'sink',
    factory: 'rxrtmpsink',
    domain: 'gst-resource-error-quark',
    code: 5,
    text: 'The server closed the connection instead of accepting the stream',
    debug: 'ERR_PUBLISH_REJECTED',
    detail: { details: { silent: true, 'accepted-ms': 40n } },
  }
  assert.is(faultCode(closed, false), 'ERR_PUBLISH_REJECTED')
  assert.is(faultCode(closed, true), 'ERR_CONNECTION_LOST')
  // What it said counts, and not our words for it.
  const told = { ...closed, detail: { details: { silent: false, 'accepted-ms': 40n } } }
  assert.is(faultCode(told, true), 'ERR_PUBLISH_REJECTED')
  const never = { ...closed, detail: { details: { silent: true, 'accepted-ms': 0n } } }
  assert.is(faultCode(never, true), 'ERR_PUBLISH_REJECTED')
})

test.run()
