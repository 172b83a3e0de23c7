import * as assert from 'uvu/assert'
import { parseNetworkAddress } from '../../src/core/addresses/network-address'
import { parseSrtUrl } from '../../src/core/addresses/srt'
import { maskSecrets } from '../../src/core/secrets'
import { suite } from '../support/suite'

const test = suite('addresses of other inputs')

/** The code and the text of what parsing throws. */
function refused(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code} ${message}`
  }
  return 'taken'
}

test('a camera’s address in parts', () => {
  const { scheme, host, port, path, username, password, display } = parseNetworkAddress(
    'RTSP://ann:p%40ss%3aword@[fe80::1%25eth0]:8554/Streaming/Channels/101?transportmode=unicast',
    'RTSP',
  )
  assert.equal(
    [scheme, host, port, path, username, password],
    ['rtsp', 'fe80::1%25eth0', 8554, '/Streaming/Channels/101?transportmode=unicast', 'ann', 'p@ss:word'],
  )
  assert.is(display, 'rtsp://***@[fe80::1%25eth0]:8554/Streaming/Channels/101?***')
})

for (const [url, secrets] of [
  ['rtsp://ann:hunter22@host/s', ['hunter22', 'ann:hunter22']],
  ['rtsp://host/user=admin_password=hunter22_channel=1', ['hunter22']],
  ['https://host/a/exp=1700000000~acl=%2f*~hmac=abcdef/list', ['hmac=abcdef']],
  ['rtsp://host/live?token=abcdefgh12345', ['abcdefgh12345', 'token=abcdefgh12345']],
  ['rtsp://host/0123456789abcdef0123456789abcdef', ['0123456789abcdef0123456789abcdef']],
] as const) {
  test(`what is secret in ${url} is masked, and not shown`, () => {
    const address = parseNetworkAddress(url, 'RTSP')
    for (const secret of secrets) {
      assert.not.ok(address.display.includes(secret), address.display)
      for (const said of [secret, encodeURIComponent(secret)])
        assert.not.ok(maskSecrets(`said ${said} to all`, address.secrets).includes(said), said)
    }
  })
}

for (const url of [
  'rtsp://ann:hunter/22@host/s',
  'rtsp://host:99999/hunter22',
  'rtsp://ann:hunter22%@host/s',
  'rtsp://host/hunter 22',
  'rtsp://host/a#hunter22',
  'rtsp://ho<st/hunter22',
  `rtsp://host/${'hunter22'.repeat(2000)}`,
]) {
  test(`${url.slice(0, 40)} is ERR_URL, and not quoted`, () => {
    const said = refused(() => parseNetworkAddress(url, 'RTSP'))
    assert.match(said, /^ERR_URL /)
    assert.not.match(said, /hunter/)
  })
}

test('SRT as ffmpeg and as libsrt write it', () => {
  const given = 'srt://host:9000?mode=caller&passphrase=long+enough%26good&pbkeylen=32&streamid=#!::u=ann,r=live'
  const { mode, passphrase, keyLength, streamId, latencyMs, display, secrets } = parseSrtUrl(given)
  assert.equal([mode, passphrase, keyLength, streamId], ['caller', 'long+enough&good', 32, '#!::u=ann,r=live'])
  assert.equal([latencyMs, display], [120, 'srt://host:9000?***'])
  for (const secret of ['long+enough&good', '#!::u=ann,r=live'])
    assert.not.ok(maskSecrets(`it says ${secret}.`, secrets).includes(secret))
  // Short ones too: their names say that they are secret.
  assert.is(maskSecrets('the id cam1', parseSrtUrl('srt://host:9000?streamid=cam1').secrets), 'the id ***')
})

test('a latency in ms, and in ffmpeg’s µs', () => {
  const latency = (text: string): number => parseSrtUrl(`srt://host:9000?latency=${text}`).latencyMs
  assert.equal(['80', '10000', '80000', '2000000'].map(latency), [80, 10_000, 80, 2000])
  assert.match(
    refused(() => latency('99999999')),
    /^ERR_URL/,
  )
})

test('an empty host listens', () => {
  assert.equal([parseSrtUrl('srt://:9000').mode, parseSrtUrl('srt://:9000?mode=listener').host], ['listener', ''])
})

test.run()
