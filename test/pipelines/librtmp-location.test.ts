import * as assert from 'uvu/assert'
import { parseLibrtmpLocation } from '../../src/pipelines/librtmp-location'
import { suite } from '../support/suite'

const test = suite('location of librtmp')

function through(location: string): string | undefined {
  return parseLibrtmpLocation(location)?.through(9)
}

/** What follows the server's address; what of it is told to the server. Seen of librtmp without a relay. */
const TOLD: readonly [rest: string, tcUrl: string][] = [
  ['/live/key', '/live'],
  ['/app/instance/key', '/app/instance'],
  ['/a/b/c/key?x=/y', '/a/b/c'],
  ['/ondemand/foo/bar', '/ondemand'],
  ['/ondemander/foo/bar', '/ondemander/foo'],
  ['/live/key?slist=a/b', '/live/key?slist=a/b'],
  ['/live/a\\b/c/d', '/live/a\\5cb/c'],
  ['//key', '//key'],
]
for (const [rest, tcUrl] of TOLD) {
  test(`${rest} tells the server ${tcUrl}`, () => {
    for (const host of ['rtmp://host:1936', 'RTMP://host', 'rtmp://[::1]:1936']) {
      assert.is(through(`${host}${rest}`), `rtmp://127.0.0.1:9${rest} tcUrl=${host}${tcUrl}`)
    }
  })
}

test('options stay behind it, and a tcUrl or an app of the program counts', () => {
  const same = ' live=1 playpath=x y'
  assert.is(through(`rtmp://host/live/key${same}`), `rtmp://127.0.0.1:9/live/key tcUrl=rtmp://host/live${same}`)
  for (const name of ['tcUrl', 'TCURL']) {
    const own = ` live=1  ${name}=rtmp://other/app`
    assert.is(through(`rtmp://host/live/key${own}`), `rtmp://127.0.0.1:9/live/key${own}`)
  }
  const app = ' app=other/app live=1'
  const hosts = { host: 'host:1935', 'host:1936': 'host:1936', '[::1]': '[::1]:1935' }
  for (const [host, whole] of Object.entries(hosts)) {
    assert.is(
      through(`rtmp://${host}/live/key${app}`),
      `rtmp://127.0.0.1:9/live/key tcUrl=rtmp://${whole}/other/app${app}`,
    )
  }
})

const SERVERS: readonly [authority: string, host: string, port: number][] = [
  ['host', 'host', 1935],
  ['host:1936', 'host', 1936],
  ['host:', 'host', 1935],
  ['host:0', 'host', 1935],
  ['host:65536', 'host', 1935],
  ['10.0.0.1:443', '10.0.0.1', 443],
  ['[2001:db8::1]', '2001:db8::1', 1935],
  ['[2001:db8::1]:1936', '2001:db8::1', 1936],
  // As librtmp reads it, which has no users there.
  ['user:word@host:1936', 'user', 1935],
]
for (const [authority, host, port] of SERVERS) {
  test(`the server of rtmp://${authority}`, () => {
    const found = parseLibrtmpLocation(`rtmp://${authority}/live/key`)
    assert.equal([found?.host, found?.port, found?.authority], [host, port, authority])
  })
}

const LEFT = [
  'rtmps://host/live/key',
  'rtmpt://host/live/key',
  'rtmpe://host/live/key',
  'rtmpte://host/live/key',
  'rtmp:/host/live/key',
  'rtmp:///live/key',
  `rtmp://${'h'.repeat(256)}/live/key`,
  'rtmp://host',
  'rtmp://host/',
  'rtmp://host/live',
  'rtmp://host/live/',
  'rtmp://host/live playpath=key',
  'rtmp://host/live/key socks=proxy:1080',
  ' rtmp://host/live/key',
  'file:///tmp/a',
  '',
]
for (const location of LEFT) {
  test(`"${location.slice(0, 50)}" is left as it is`, () => {
    assert.is(parseLibrtmpLocation(location), null)
  })
}

test.run()
