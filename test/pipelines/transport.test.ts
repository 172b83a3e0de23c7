import * as assert from 'uvu/assert'
import { parseRtmpUrl } from '../../src/core/url'
import type { GraphElement } from '../../src/pipelines/graph/graph'
import { pipeline } from '../../src/pipelines/graph/graph'
import { rtmpSink, rtmpSource, type Transport } from '../../src/pipelines/transport'
import { suite } from '../support/suite'

const test = suite('transport')

function source(url: string, transport: Transport = 'rtmp2', timeout = 7): GraphElement {
  return pipeline(rtmpSource(parseRtmpUrl(url), transport, timeout)).elements[0]!
}
function sink(url: string, transport: Transport = 'rtmp2', timeout = 7): GraphElement {
  return pipeline(rtmpSink(parseRtmpUrl(url), transport, timeout)).elements[0]!
}

test('rtmp2 takes the address in parts, never as a location', () => {
  for (const make of [source, sink]) {
    const { factory, props } = make('rtmp://user:p%40ss@host:1936/live/instance/key1')
    assert.is(factory, make === source ? 'rtmp2src' : 'rtmp2sink')
    assert.not('location' in props)
    const { scheme, host, port, application, stream, username, password } = props
    assert.equal(
      { scheme, host, port, application, stream, username, password },
      {
        scheme: 'rtmp',
        host: 'host',
        port: 1936,
        application: 'live/instance',
        stream: 'key1',
        username: 'user',
        password: 'p@ss',
      },
    )
  }
})

test('without credentials there are no credentials', () => {
  for (const make of [source, sink]) {
    const { props } = make('rtmp://host/live/key1')
    assert.not('username' in props)
    assert.not('password' in props)
  }
})

const STREAMS = ['a!b', 'key?token=x/y/z&e=1', 'key"q', "key'q", 'a,b;c', 'a=b', '$(id)', 'ü🔑']

test('a stream name with any character stays one value', () => {
  for (const stream of STREAMS) {
    for (const make of [source, sink]) assert.is(make(`rtmp://host/live/${stream}`).props.stream, stream)
  }
})

test('rtmps and IPv6 go through', () => {
  const { scheme, host, port } = sink('rtmps://[2001:db8::1]/live/key1').props
  assert.equal([scheme, host, port], ['rtmps', '2001:db8::1', 443])
})

test('the time-out reaches the element', () => {
  assert.is(source('rtmp://h/a/key1', 'rtmp2', 3).props.timeout, 3)
  assert.is(sink('rtmp://h/a/key1', 'rtmp2', 3).props.timeout, 3)
  assert.is(source('rtmp://h/a/key1', 'librtmp', 3).props.timeout, 3)
})

test('a sink does not wait for the clock', () => {
  for (const transport of ['rtmp2', 'librtmp'] as const) {
    const { sync, async, qos } = sink('rtmp://h/a/key1', transport).props
    assert.equal([sync, async, qos], [false, false, false])
  }
})

/**
 * As librtmp reads it: options behind blanks, each a name and the rest; backslash and two hex digits are a character.
 */
function readLocation(location: unknown): { url: string; options: Record<string, string> } {
  const [url = '', ...rest] = String(location).split(' ')
  const unescaped = (text: string) =>
    text.replace(/\\([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  const options = rest.map(
    part => [part.slice(0, part.indexOf('=')), unescaped(part.slice(part.indexOf('=') + 1))] as const,
  )
  assert.is(new Set(options.map(([name]) => name)).size, options.length, 'each option once')
  return { url, options: Object.fromEntries(options) }
}

test('librtmp gets application and stream by name', () => {
  for (const make of [source, sink]) {
    const { url, options } = readLocation(make('rtmp://host:1936/app/instance/key?t=x/y', 'librtmp').props.location)
    assert.match(url, /^rtmp:\/\/host:1936\/app\/instance\/key/)
    const { app, playpath, tcUrl, timeout, live } = options
    assert.equal(
      { app, playpath, tcUrl, timeout, live },
      { app: 'app/instance', playpath: 'key?t=x/y', tcUrl: 'rtmp://host:1936/app/instance', timeout: '7', live: '1' },
    )
  }
})

test('one name alone is the application, and the stream is empty', () => {
  for (const make of [source, sink]) {
    const { application, stream } = make('rtmp://host/key1?user=ann').props
    assert.equal({ application, stream }, { application: 'key1?user=ann', stream: '' })
    const { options } = readLocation(make('rtmp://host/key1?user=ann', 'librtmp').props.location)
    const { app, playpath, tcUrl } = options
    assert.equal({ app, playpath, tcUrl }, { app: 'key1?user=ann', playpath: '', tcUrl: 'rtmp://host/key1?user=ann' })
  }
})

test('nothing in a stream name adds an option to librtmp', () => {
  for (const stream of [...STREAMS, 'socks=evil:1', 'a+b', 'x=y=z']) {
    const { options } = readLocation(sink(`rtmp://host/live/${stream}`, 'librtmp').props.location)
    assert.equal(Object.keys(options).sort(), ['app', 'live', 'playpath', 'tcUrl', 'timeout'])
    assert.is(options.playpath, stream)
  }
})

test('credentials reach librtmp unchanged, also with a backslash, which it would read as an escape', () => {
  const { options } = readLocation(sink('rtmp://user:a%5C20b%3Dc@host/live/key1', 'librtmp').props.location)
  assert.equal([options.pubUser, options.pubPasswd], ['user', 'a\\20b=c'])
})

test.run()
