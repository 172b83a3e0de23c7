import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { maskSecrets } from '../../src/core/secrets'
import { checkStreamKey, parseRtmpUrl, type RtmpUrl } from '../../src/core/url'
import { suite } from '../support/suite'
import { hostileStrings } from './hostile-strings'

const test = suite('parseRtmpUrl')

function refusal(text: unknown): RxGstError {
  try {
    parseRtmpUrl(text as string)
  } catch (error) {
    assert.instance(error, RxGstError)
    assert.is((error as RxGstError).code, 'ERR_URL')
    return error as RxGstError
  }
  throw new Error(`accepted ${JSON.stringify(text)}`)
}

const GOOD: [text: string, parts: Partial<RtmpUrl>][] = [
  ['rtmp://localhost/live/key1', { scheme: 'rtmp', host: 'localhost', port: 1935 }],
  ['rtmp://localhost/live/key1', { application: 'live', stream: 'key1', display: 'rtmp://localhost:1935/live/***' }],
  ['rtmps://a.example/live/key1', { scheme: 'rtmps', host: 'a.example', port: 443 }],
  ['RTMP://Host.Example:1/a/key1', { scheme: 'rtmp', host: 'Host.Example', port: 1 }],
  ['rtmp://h:65535/a/key1', { port: 65535 }],
  ['rtmp://127.0.0.1:1936/a/key1', { host: '127.0.0.1', port: 1936 }],
  ['rtmp://[::1]/a/key1', { host: '::1', port: 1935, display: 'rtmp://[::1]:1935/a/***' }],
  ['rtmp://[2001:db8::1]:1936/a/key1', { host: '2001:db8::1', port: 1936 }],
  ['rtmp://[fe80::1%25eth0]/a/key1', { host: 'fe80::1%eth0' }],
  ['rtmp://my_container/a/key1', { host: 'my_container' }],
  ['rtmp://host.example./a/key1', { host: 'host.example.' }],
  ['rtmp://bücher.example/a/key1', { host: 'xn--bcher-kva.example' }],
  ['rtmp://h/app/instance/key1', { application: 'app/instance', stream: 'key1' }],
  ['rtmp://h/a/b/c/d/key1', { application: 'a/b', stream: 'c/d/key1', display: 'rtmp://h:1935/a/b/***' }],
  ['rtmp://h/a/b/c/d/ /key1', { application: 'a/b/c/d', stream: 'key1' }],
  ['rtmp://h/a/ /b/key1.flv', { application: 'a', stream: 'b/key1.flv' }],
  ['rtmp://h/key1', { application: 'key1', stream: '', display: 'rtmp://h:1935/***' }],
  ['rtmp://h/key1?user=a@b', { application: 'key1?user=a@b', stream: '', display: 'rtmp://h:1935/***' }],
  ['rtmp://h/a?vhost=x/key1', { application: 'a?vhost=x', stream: 'key1', display: 'rtmp://h:1935/a?***/***' }],
  ['rtmp://h/a?vhost=x/b/key1', { application: 'a?vhost=x/b', stream: 'key1' }],
  ['rtmp://h/a?vhost=x/key1?t=y/z', { application: 'a?vhost=x', stream: 'key1?t=y/z' }],
  ['rtmp://h/a/mp4:b/c', { application: 'a', stream: 'mp4:b/c' }],
  ['rtmp://h/a/b/mp4:c/d', { application: 'a/b', stream: 'mp4:c/d' }],
  ['rtmp://h/a/key1.mp4', { application: 'a', stream: 'mp4:key1.mp4' }],
  ['rtmp://h/a/key1.flv', { application: 'a', stream: 'key1' }],
  ['rtmp://h/ondemand/b/c', { application: 'ondemand', stream: 'b/c' }],
  ['rtmp://h//app/key1', { application: '/app', stream: 'key1' }],
  ['rtmp://h/a/key1?token=x/y/z&e=1', { application: 'a', stream: 'key1?token=x/y/z&e=1' }],
  ['rtmp://h/a/key1?', { stream: 'key1?' }],
  ['rtmp://h/a/key1?a?b', { stream: 'key1?a?b' }],
  ['rtmp://h/a/key1#x', { stream: 'key1#x' }],
  ['rtmp://h/a/stream_1@123456', { stream: 'stream_1@123456' }],
  ['rtmp://h/a/key!one', { stream: 'key!one' }],
  ['rtmp://h/a%2Fb/key%2F1%41', { application: 'a%2Fb', stream: 'key%2F1%41' }],
  ['rtmp://h/a/100%', { stream: '100%' }],
  ['rtmp://h/a/schlüssel', { stream: 'schlüssel' }],
  ['rtmp://user@h/a/key1', { username: 'user', password: null, display: 'rtmp://***@h:1935/a/***' }],
  ['rtmp://user:@h/a/key1', { username: 'user', password: null }],
  ['rtmp://@h/a/key1', { username: null, password: null, display: 'rtmp://h:1935/a/***' }],
  ['rtmp://u%40x:p%2Fw%3A%25@h:1/a/key1', { username: 'u@x', password: 'p/w:%', host: 'h', port: 1 }],
  ['rtmp://u:p:q@h/a/key1', { username: 'u', password: 'p:q' }],
  ['rtmp://u:p@ss@h/a/key1', { username: 'u', password: 'p@ss', host: 'h' }],
  ['rtmp://live/live/live', { host: 'live', application: 'live', stream: 'live', display: 'rtmp://***:1935/***/***' }],
]

test('takes good URLs apart', () => {
  for (const [text, parts] of GOOD) {
    const url = parseRtmpUrl(text)
    for (const name of Object.keys(parts) as (keyof RtmpUrl)[]) assert.is(url[name], parts[name], `${name} of ${text}`)
  }
})

const BAD: [why: string, text: unknown][] = [
  ['no string', undefined],
  ['no string', null],
  ['no string', 1935],
  ['no string', new URL('rtmp://h/a/key1')],
  ['no string', ['rtmp://h/a/key1']],
  ['empty', ''],
  ['a bare key', 'live_123_key'],
  ['other scheme', 'http://h/a/key1'],
  ['other scheme', 'rtmpt://h/a/key1'],
  ['other scheme', 'file:///a/key1'],
  ['no slashes', 'rtmp:h/a/key1'],
  ['no host', 'rtmp:///a/key1'],
  ['no host', 'rtmp://:1935/a/key1'],
  ['no host', 'rtmp://u:p@/a/key1'],
  ['no host', 'rtmp://[]/a/key1'],
  ['no application', 'rtmp://h'],
  ['no application', 'rtmp://h/'],
  ['no application', 'rtmp://h//key1'],
  ['no application', 'rtmp://h///key1'],
  ['no application', 'rtmp://h/?vhost=x'],
  ['no application', 'rtmp://h/?vhost=x/key1'],
  ['no application', 'rtmp://h/ /key1'],
  ['no stream', 'rtmp://h/a/'],
  ['no stream', 'rtmp://h/a/?token=1'],
  ['no stream', 'rtmp://h/a/b/'],
  ['no stream', 'rtmp://h/a/ /'],
  ['a space elsewhere', 'rtmp:// /a/key1'],
  ['a space elsewhere', 'rtmp://h/a/ /b/ /key1'],
  ['a space elsewhere', 'rtmp://h/a /key1'],
  ['a space elsewhere', 'rtmp://h/a/ key1'],
  ['a space elsewhere', 'rtmp://h / /key1'],
  ['port', 'rtmp://h:/a/key1'],
  ['port', 'rtmp://h:0/a/key1'],
  ['port', 'rtmp://h:65536/a/key1'],
  ['port', 'rtmp://h:-1/a/key1'],
  ['port', 'rtmp://h:1e3/a/key1'],
  ['port', 'rtmp://h:999999/a/key1'],
  ['port', 'rtmp://h:１９３５/a/key1'],
  ['IPv6 without brackets', 'rtmp://::1/a/key1'],
  ['IPv6', 'rtmp://[::1/a/key1'],
  ['IPv6', 'rtmp://[1.2.3.4]/a/key1'],
  ['IPv6', 'rtmp://[::1]x/a/key1'],
  ['host name', 'rtmp://a..b/a/key1'],
  ['host name', 'rtmp://./a/key1'],
  ['host name', 'rtmp://a%62c/a/key1'],
  ['host name', 'rtmp://a,b/a/key1'],
  ['host name', 'rtmp://h?x/a/key1'],
  ['host name', 'rtmp://h#x/a/key1'],
  ['host name', `rtmp://${'a'.repeat(64)}/a/key1`],
  ['confused host', 'rtmp://h?@evil/a/key1'],
  ['confused host', 'rtmp://h#@evil/a/key1'],
  ['confused host', 'rtmp://h\\@evil/a/key1'],
  ['password with a plain /', 'rtmp://user:pa/ss@h/a/key1'],
  ['password with a plain /', 'rtmp://user:12/34@h/a/key1'],
  ['password with a plain /', 'rtmp://user:12/34@h/key1'],
  ['password with a plain / and ?', 'rtmp://user:12/3?4@h/key1'],
  ['password without user', 'rtmp://:pw@h/a/key1'],
  ['credentials not encoded', 'rtmp://u:50%@h/a/key1'],
  ['credentials not encoded', 'rtmp://u:%ff@h/a/key1'],
  ['credentials with control characters', 'rtmp://u:p%C2%85@h/a/key1'],
  ['backslash', 'rtmp://h/a\\b/key1'],
  ['librtmp option', 'rtmp://h/a/key1 socks=evil:1080'],
  ['librtmp option', 'rtmp://h/a/key1%20socks=evil:1080'],
  ['lone surrogate', 'rtmp://h/a/key\ud800'],
  ['too long', `rtmp://h/a/${'k'.repeat(9000)}`],
]

test('refuses bad URLs with ERR_URL', () => {
  for (const [why, text] of BAD) assert.match(refusal(text).message, /^invalid RTMP URL: /, why)
  // What is missing is named by what is there.
  assert.match(refusal('rtmp://h/live/').message, /the stream name is missing/)
  for (const text of ['rtmp://h', 'rtmp://h/', 'rtmp://h//key1'])
    assert.match(refusal(text).message, /the application is missing/)
})

test('refuses white space and control characters wherever they stand, plain or encoded', () => {
  const plain = [...' \t\n\r\0\x1b\x7f\u0085\u00a0\u2028\ufeff\u200b\u202e']
  const codes = Array.from({ length: 0x21 }, (_, code) => `%${code.toString(16).padStart(2, '0')}`)
  const encoded = [...codes, '%7f', '%7F', '%0A']
  for (const char of [...plain, ...encoded]) {
    for (const place of ['X@rtmp://h/a/key1', 'rtmp://uX@h/a/key1', 'rtmp://u:pX@h/a/key1', 'rtmp://hX/a/key1']) {
      refusal(place.replace('X', char))
    }
    for (const place of ['rtmp://h/aX/key1', 'rtmp://h/a/keyX', 'rtmp://h/a/key1?tX', 'rtmp://h/a/key1X']) {
      refusal(place.replace('X', char))
    }
  }
})

test('a refusal never quotes the URL', () => {
  const planted = 'S3CR3T'
  const texts = [
    planted,
    `http://h/a/${planted}`,
    `rtmp://h/${planted}/`,
    `rtmp://h/a/${planted} x`,
    `rtmp://h:0/a/${planted}`,
    `rtmp://u:${planted}/x@h/a/k`,
    `rtmp://u:1/${planted}@h/a/k`,
    `rtmp://u:${planted}%@h/a/k`,
    `rtmp://:${planted}@h/a/k`,
  ]
  for (const text of texts) assert.not.match(`${refusal(text).stack}${JSON.stringify(refusal(text))}`, planted, text)
})

test('masks key, query and password in every spelling, and its own display', () => {
  const url = parseRtmpUrl('rtmp://op%40x:pa%2Fss%22w@h:1/app/key%2Done?token=abcdefgh&e=1')
  assert.is(url.display, 'rtmp://***@h:1/app/***')
  const spelled = [
    ...['key%2Done', 'key-one', 'key%252Done', 'key\\%2Done\\?token\\=abcdefgh\\&e\\=1'],
    ...['token=abcdefgh&e=1', 'token%3Dabcdefgh%26e%3D1', 'abcdefgh'],
    ...['pa/ss"w', 'pa%2Fss%22w', 'pa%2fss%22w', 'pa/ss\\"w', 'op@x:pa/ss"w', 'op%40x:pa%2Fss%22w'],
  ]
  for (const text of spelled) assert.is(maskSecrets(`<${text}>`, url.secrets), '<***>', text)
})

test('masks a name that stands alone, the query of an application, and the names of files as they were written', () => {
  const masks = (text: string, spelt: string): void =>
    assert.is(maskSecrets(`<${spelt}>`, parseRtmpUrl(text).secrets), '<***>', `${spelt} of ${text}`)
  masks('rtmp://h/stream1?user=ann&pass=secret12', 'stream1')
  masks('rtmp://h/stream1?user=ann&pass=secret12', 'secret12')
  masks('rtmp://h/stream1?user=ann&pass=secret12', 'user%3Dann%26pass%3Dsecret12')
  masks('rtmp://h/live?vhost=v&key=secret12/key1', 'secret12')
  masks('rtmp://h/live?vhost=v&key=secret12/key1', 'vhost=v&key=secret12')
  masks('rtmp://h/live/key1.flv', 'key1.flv')
  masks('rtmp://h/live/key1.mp4', 'key1.mp4')
  const { secrets, tcUrl } = parseRtmpUrl('rtmp://h:1/ab')
  assert.is(maskSecrets(tcUrl, secrets), 'rtmp://h***')
})

test('with a key apart the whole path is the application, as in OBS', () => {
  const parts = (url: string, key: string) => {
    const { application, stream, tcUrl, display } = parseRtmpUrl(url, key)
    return { application, stream, tcUrl, display }
  }
  assert.equal(parts('rtmp://h/a/b/c?vhost=x/', 'd/key1.flv?t=y/z'), {
    application: 'a/b/c?vhost=x',
    stream: 'd/key1.flv?t=y/z',
    tcUrl: 'rtmp://h/a/b/c?vhost=x',
    display: 'rtmp://h:1935/a/b/c?***/***',
  })
  for (const server of ['rtmp://h', 'rtmp://h/']) {
    const expected = { application: '', stream: 'key1', tcUrl: 'rtmp://h', display: 'rtmp://h:1935/***' }
    assert.equal(parts(server, 'key1'), expected)
  }
  const both = parseRtmpUrl('rtmp://h/live', 'planted/key%21')
  for (const spelt of ['planted/key%21', 'planted/key!', 'planted%2Fkey%2521'])
    assert.is(maskSecrets(`<${spelt}>`, both.secrets), '<***>', spelt)
  assert.throws(() => parseRtmpUrl('rtmp://h/a/ /b', 'key1'), /ERR_URL|beside it/)
})

test('a key that is none is refused without being quoted', () => {
  assert.is(checkStreamKey('streamKey', undefined), null)
  assert.is(checkStreamKey('streamKey', 'live_1-2?a=b/c'), 'live_1-2?a=b/c')
  for (const bad of [
    null,
    7,
    ['planted'],
    '',
    'planted key',
    'planted\n',
    'planted%0a',
    'planted\\',
    'p'.repeat(9000),
  ]) {
    try {
      checkStreamKey('streamKey', bad)
      assert.unreachable(String(bad))
    } catch (error) {
      assert.is((error as RxGstError).code, 'ERR_OPTION')
      assert.match((error as RxGstError).message, 'streamKey')
      assert.not.match(`${(error as RxGstError).message} ${JSON.stringify(error)}`, 'planted')
    }
  }
})

test('short keys are masked in their place, not in every word', () => {
  const { secrets, display } = parseRtmpUrl('rtmp://u:p@h/app/a')
  assert.is(maskSecrets('a path to app/a for u:p', secrets), 'a path to *** for ***')
  assert.is(display, 'rtmp://***@h:1935/app/***')
  assert.ok(secrets.every(secret => secret.length >= 3))
})

/** How its path may have been written. */
function ways({ application, stream }: RtmpUrl): string[] {
  if (stream === '') return [`/${application}`]
  const file = `/${application}/${stream}`
  return [file, `${file}.flv`, `/${application}/ /${stream}`, `/${application}/${stream.replace(/^mp4:/, '')}`]
}

test('hostile strings are refused with ERR_URL, or split without loss and without showing a secret', () => {
  let accepted = 0
  for (const text of hostileStrings(4000)) {
    const places = ['X', 'rtmp://X', 'rtmp://h/app/X', 'rtmp://h/X/key1', 'rtmp://u:X@h/app/key1']
    for (const whole of places.map(place => place.replace('X', () => text))) {
      let url: RtmpUrl
      try {
        url = parseRtmpUrl(whole)
      } catch (error) {
        assert.is((error as RxGstError).code, 'ERR_URL', JSON.stringify(whole))
        continue
      }
      accepted++
      assert.ok(
        ways(url).some(path => whole.endsWith(path)),
        whole,
      )
      assert.not.match(whole.replace('/ /', '//'), /[\s\p{Cc}\\]/u)
      assert.ok(url.port >= 1 && url.port <= 65535)
      const shown = url.display.replace(/^rtmps?:\/\//, '').replaceAll('***', '')
      for (const secret of url.secrets) assert.not.ok(shown.includes(secret), `${url.display} shows ${secret}`)
    }
  }
  assert.ok(accepted > 500, `${accepted} were accepted`)
})

test.run()
