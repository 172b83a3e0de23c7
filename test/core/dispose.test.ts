import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import '../../src/core/dispose'
import { suite } from '../support/suite'

const test = suite('dispose')

test('both symbols are there', () => {
  assert.is(typeof Symbol.dispose, 'symbol')
  assert.is(typeof Symbol.asyncDispose, 'symbol')
  assert.is.not(Symbol.dispose, Symbol.asyncDispose)
})

test('fills in what an early Node 20 lacks, and keeps what is there', () => {
  const code = readFileSync(join(__dirname, '../../src/core/dispose.js'), 'utf8')
  // Stands for a global Symbol that has only one of the two.
  const kept = Symbol('kept')
  const bare: { (name: string): symbol; dispose?: symbol; asyncDispose: symbol } = Object.assign(
    (name: string) => Symbol.for(name),
    { asyncDispose: kept },
  )
  runInNewContext(code, { exports: {}, Symbol: bare })
  assert.is(bare.dispose, Symbol.for('nodejs.dispose'))
  assert.is(bare.asyncDispose, kept)
})

test.run()
