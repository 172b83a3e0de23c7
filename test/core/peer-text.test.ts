import * as assert from 'uvu/assert'
import { maskText, MOST_PEER_TEXT, peerText } from '../../src/core/peer-text'
import { secretForms } from '../../src/core/secrets'
import fc, { runs } from '../support/fast-check'
import { suite } from '../support/suite'

const test = suite('what a peer says')

const SECRET = 'topsecretkey'

/** Spellings of a text in which some characters are escaped, and some escapes too. */
const escaped = (text: string): import('fast-check').Arbitrary<string> =>
  fc.array(fc.nat(7), { minLength: text.length, maxLength: text.length }).map(ways =>
    [...text]
      .map((char, i) => {
        const code = char.charCodeAt(0)
        const hex = code.toString(16).padStart(2, '0')
        const bytes = [char, `%${hex}`, `%${hex.toUpperCase()}`, `%25${hex}`, `\\x${hex}`]
        return [...bytes, `\\u00${hex}`, `&#${code};`, `&#x${hex};`][ways[i]!]!
      })
      .join(''),
  )

test('is masked however it is escaped, and bounded, and in one line', () => {
  const forms = secretForms(SECRET)
  const around = fc.string({ unit: 'binary', maxLength: 30 })
  fc.assert(
    fc.property(around, escaped(SECRET), fc.string({ maxLength: 300 }), (before, secret, after) => {
      const shown = peerText(`${before}<${secret}>${after}`, forms)
      if (`${before}<${secret}>${after}`.length < MOST_PEER_TEXT / 6) assert.match(shown, '<***>')
      assert.not.match(shown, SECRET)
      assert.not.match(shown, secret.length > 0 ? `<${secret}>` : 'never')
      assert.not.match(shown, /[\p{Cc}\p{Zl}\p{Zp}]|\p{Surrogate}/u)
      assert.ok(shown.length < MOST_PEER_TEXT + 40, String(shown.length))
    }),
    { numRuns: runs(100) },
  )
})

test('nothing of a secret is left where the text is cut', () => {
  const forms = secretForms(SECRET)
  for (let ahead = 0; ahead < 400; ahead += 3) {
    const shown = peerText(`${'x'.repeat(ahead)}${SECRET}${'y'.repeat(60_000)}`, forms)
    assert.not.match(shown, /tops/)
    assert.match(shown, /… \(\d+ characters\)$/)
  }
})

/** Every character of a text, escaped in one way. */
const ESCAPES: Readonly<Record<string, (char: string) => string>> = {
  plain: char => char,
  percent: char => `%${hex(char)}`,
  twice: char => `%25${hex(char)}`,
  thrice: char => `%2525${hex(char)}`,
  json: char => `\\u00${hex(char)}`,
  html: char => `&#x${hex(char)};`,
  long: char => `&#x0000${hex(char)};`,
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16)
}

/** What people could read of it, all escapes undone. */
function read(shown: string): string {
  const code = /%(?:25)*([0-9a-f]{2})|\\u00([0-9a-f]{2})|&#x0*([0-9a-f]{2});/g
  return shown.replace(code, (_, a?: string, b?: string, c?: string) => {
    return String.fromCharCode(parseInt(a ?? b ?? c ?? '', 16))
  })
}

test('a text full of a key shows none of it, however it is escaped', () => {
  for (const length of [12, 40, 305]) {
    const key = Array.from({ length }, (_, i) => 'abcdefghijklmnopqrstuvwxyz0123456789'[(i * 7 + i * i) % 36]).join('')
    for (const [name, spell] of Object.entries(ESCAPES)) {
      const once = [...key].map(spell).join('')
      const text = once.repeat(Math.ceil(60_000 / once.length))
      // As the addon cuts what it tells.
      const told = `${text.slice(0, 8192)}…`
      const forms = secretForms(key)
      for (const shown of [
        peerText(text, forms),
        peerText(told, forms),
        peerText(told, forms, 1000),
        maskText(told, forms),
      ]) {
        for (let at = 0; at + 6 <= length; at++) {
          assert.not.ok(read(shown).includes(key.slice(at, at + 6)), `${name}, ${length}: ${shown.slice(0, 300)}`)
        }
      }
    }
  }
})

test('only what the addon has cut loses its end', () => {
  const forms = secretForms(SECRET)
  assert.is(peerText('Loading…', forms), 'Loading…')
  assert.is(maskText('Loading…', forms), 'Loading…')
  const shown = maskText(`${'x'.repeat(8192 - 8)}${SECRET.slice(0, 8)}…`, forms)
  assert.match(shown, /^x{6000,}…$/)
})

test('base64 and hexadecimal are spellings, too', () => {
  const forms = secretForms(SECRET)
  for (const around of ['', 'a', 'ab', 'abc', 'live/']) {
    const bytes = Buffer.from(`${around}${SECRET}${around}`)
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      assert.match(peerText(bytes.toString(encoding), forms), /\*\*\*/, encoding)
    }
  }
})

test('leaves an ordinary text as it is', () => {
  for (const text of ['', 'No such application', 'NetStream.Publish.BadName: “é” 日本 100% \\o/ & more']) {
    assert.is(peerText(text, []), text)
  }
})

test('a long text costs little', () => {
  // Processor time: on a busy machine the other one is longer.
  const before = process.cpuUsage()
  for (let i = 0; i < 20; i++) peerText('%25'.repeat(1_000_000), secretForms(SECRET))
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 2e6, `${user + system} µs`)
})

test.run()
