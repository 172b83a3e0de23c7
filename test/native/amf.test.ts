import { writeFileSync } from 'node:fs'
import path from 'node:path'
import * as assert from 'uvu/assert'
import { exec } from '../support/child'
import fc, { runs } from '../support/fast-check'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'

const test = suite('AMF of strangers', { timeout: 270_000 })

/** A compile of 7 s takes over a minute beside five others. */
const PATIENT = { timeout: 130_000 }
const ROOT = path.resolve(__dirname, '../../..')

type Bytes = import('fast-check').Arbitrary<Buffer>
const u16 = (value: number): Buffer => Buffer.of((value >> 8) & 255, value & 255)
const u32 = (value: number): Buffer => Buffer.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255)
const text = (value: string): Buffer => Buffer.concat([u16(value.length), Buffer.from(value, 'latin1')])

const key = fc.oneof(fc.constantFrom('', 'width', 'times', 'filepositions', 'onMetaData'), fc.string({ maxLength: 5 }))
/** Wrong counts: flvdemux and the specification both read them. */
const count = fc.oneof(fc.nat(5), fc.constantFrom(0, 0xffffffff, 0x7fffffff))

/** Nested values of every kind; objects that end, and objects that do not. */
const value: Bytes = fc.letrec<{ value: Buffer }>(tie => {
  const fields = fc
    .array(fc.tuple(key, tie('value')), { maxLength: 4 })
    .map(all => Buffer.concat(all.flatMap(([name, it]) => [text(name), it])))
  const end = fc.boolean().map(ends => (ends ? Buffer.of(0, 0, 9) : Buffer.alloc(0)))
  return {
    value: fc.oneof(
      { depthSize: 'large', withCrossShrink: true },
      fc.double().map(it => {
        const bytes = Buffer.alloc(9)
        bytes.writeDoubleBE(it, 1)
        return bytes
      }),
      fc.boolean().map(it => Buffer.of(1, Number(it))),
      fc.string({ maxLength: 20 }).map(it => Buffer.concat([Buffer.of(2), text(it)])),
      fc.constantFrom(
        Buffer.of(5),
        Buffer.of(6),
        Buffer.of(13),
        Buffer.of(17, 10, 11, 1),
        Buffer.concat([Buffer.of(7), u16(1)]),
      ),
      fc.tuple(fields, end).map(all => Buffer.concat([Buffer.of(3), ...all])),
      fc.tuple(count, fields, end).map(([n, ...all]) => Buffer.concat([Buffer.of(8), u32(n), ...all])),
      fc
        .tuple(count, fc.array(tie('value'), { maxLength: 4 }))
        .map(([n, all]) => Buffer.concat([Buffer.of(10), u32(n), ...all])),
      fc.constant(Buffer.concat([Buffer.of(11), Buffer.alloc(10)])),
      fc.string({ maxLength: 20 }).map(it => Buffer.concat([Buffer.of(12), u32(it.length), Buffer.from(it, 'latin1')])),
      fc.tuple(key, fields, end).map(([name, ...all]) => Buffer.concat([Buffer.of(16), text(name), ...all])),
    ),
  }
}).value

/** Many levels of one kind, which crash a recursive parser, behind data that the two grammars read differently. */
const deep: Bytes = fc
  .tuple(
    fc.constantFrom(0, 20, 31, 32, 33, 500, 5000),
    fc.constantFrom(3, 8, 10, 16),
    fc.option(value, { nil: Buffer.alloc(0) }),
  )
  .map(([levels, type, before]) => {
    const level = Buffer.concat([
      text('k'),
      Buffer.of(type),
      type === 3 ? Buffer.alloc(0) : type === 16 ? text('c') : u32(1),
    ])
    return Buffer.concat([Buffer.of(3), text('first'), before, ...Array.from({ length: levels }, () => level)])
  })

const tag: Bytes = fc
  .tuple(fc.constantFrom('onMetaData', 'onMetaData', 'onCuePoint'), fc.oneof(value, deep))
  .map(([name, content]) => Buffer.concat([Buffer.of(2), text(name), content]))

/** Changes, cuts or doubles bytes. */
const mutated: Bytes = fc
  .tuple(tag, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat(), fc.boolean())
  .map(([bytes, changes, end, cut]) => {
    const copy = Buffer.from(bytes)
    for (const [at, byte] of changes) copy[at % copy.length] = byte
    return cut ? copy.subarray(0, end % (copy.length + 1)) : copy
  })

test('is read without recursion, in pieces as at once, and what is too deep never reaches flvdemux', async () => {
  const dir = tempDir()
  const program = path.join(dir, 'amf')
  const sanitize = ['-fsanitize=undefined', '-fno-sanitize-recover=all']
  const source = path.join(ROOT, 'test/native/amf.cc')
  const flags = ['-std=c++20', '-O1', '-Wall', '-Wextra', '-Werror', ...sanitize, `-I${ROOT}/native`]
  await exec('g++', [...flags, source, '-o', program], PATIENT)
  const kinds = fc.oneof(
    tag,
    mutated,
    mutated,
    fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
  )
  const cases = fc.sample(kinds, runs(3000))
  const file = path.join(dir, 'cases')
  writeFileSync(file, Buffer.concat(cases.flatMap(it => [u32(it.length), it])))
  const { stdout } = await exec(program, [file], PATIENT)
  assert.is(stdout.toString(), `amf: ${cases.length + 16} cases, all well\n`)
})

test.run()
