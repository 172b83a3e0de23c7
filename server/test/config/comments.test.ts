// Secrets in comments: whatever form they have, and in a time that grows with the text alone.
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { redactComments } from '../../src/config/redact-comments.js'
import { redactText, restoreText } from '../../src/config/redact-text.js'

const test = suite('secrets in comments')

const DOCUMENT = 'channels: {}\n'
const MIB = 1024 * 1024

for (const [comment, shown] of [
  ['# password: correct horse hunter2', '# password: ***'],
  ['# token: abc,hunter2', '# token: ***'],
  ['# passphrase: "ab\\"hunter2"', '# passphrase: ***'],
  ["# passphrase: 'it''s-hunter2'", '# passphrase: ***'],
  ['# passphrase: "ab" hunter2', '# passphrase: ***'],
  ['# botToken: hunter2', '# botToken: ***'],
  ['# signing_secret: hunter2', '# signing_secret: ***'],
  ['# { secret: "hunter2", mode: caller }', '# { secret: ***, mode: caller }'],
  ['# streamKey: ${env:KEY}', '# streamKey: ${env:KEY}'],
  ['# streamKey: ${env:KEY} hunter2', '# streamKey: ***'],
  ["# streamKey: '${env:KEY}''hunter2'", '# streamKey: ***'],
  ['# streamKey: >-\n#   hunter2\n#   hunter2\n# title: x', '# streamKey: ***\n# ***\n# ***\n# title: x'],
  ['# streamKey: | # a note\n#hunter2\n# title: x', '# streamKey: ***\n# ***\n# title: x'],
  ['# streamKey:\n#   hunter2\n# title: x', '# streamKey:\n# ***\n# title: x'],
  ['# token: "one\n# hunter2"\n# title: x', '# token: ***\n# ***\n# title: x'],
  ['# 1rtmp://h/live/hunter2', '# 1rtmp://h/live/***'],
  ['# see (rtmp://h/live/hunter2).', '# see (rtmp://h/live/***).'],
  ['# rtmp://h/live/${env:KEY}', '# rtmp://h/live/${env:KEY}'],
  ['# the old one is hunter2-hunter2-hunter2', '# the old one is ***'],
  ['# a-name-of-many-parts-without-digits', '# a-name-of-many-parts-without-digits'],
  [`# ${'no secret '.repeat(300)}`, '# ***'],
] as const)
  test(`${comment.slice(0, 50).replaceAll('\n', '\\n')}`, () => {
    const text = `${comment}\n${DOCUMENT}`
    assert.is(redactText(text), `${shown}\n${DOCUMENT}`)
    assert.is(restoreText(redactText(text)!, text), text)
  })

const lines = (line: string): string => `# ${line}\n`.repeat(Math.ceil(MIB / (line.length + 3)))

/** Parts that an expression might look through again and again. */
const PARTS = ['a', 'a-', 'aaaa-', '_', '.', 'key', 'key ', 'key: ', '${', '"', "'", '://', 'a://', 'a://.', 'url: ']

for (const part of PARTS)
  test(`a mebibyte of ${part} takes a moment`, () => {
    const long = part.repeat(Math.floor(1990 / part.length))
    for (const text of [`# ${part.repeat(MIB / part.length)}\n`, lines(long), lines(`${long}!`)]) {
      const before = process.cpuUsage()
      redactComments(text + DOCUMENT, [])
      const { user, system } = process.cpuUsage(before)
      assert.ok(user + system < 5_000_000, `${(user + system) / 1000} ms`)
    }
  })

test('many secrets beside many comments take a moment', () => {
  const secrets = Array.from({ length: 3000 }, (_, n) => `hunter2-${n}`)
  const text = '# hunter2-17, and hunter2-hunter2-18\n'.repeat(10_000)
  const before = process.cpuUsage()
  const shown = redactComments(text, secrets)
  const { user, system } = process.cpuUsage(before)
  assert.not.match(shown, /hunter2-1/)
  assert.ok(user + system < 10_000_000, `${(user + system) / 1000} ms`)
})

test.run()
