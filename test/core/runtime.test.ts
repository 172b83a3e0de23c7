import * as assert from 'uvu/assert'
import type { RxGstError } from '../../src/core/errors'
import { checkRuntime } from '../../src/core/runtime'
import { suite } from '../support/suite'

const test = suite('runtime')

test('Bun and Deno are told that they are not supported, although they call themselves Node.js', () => {
  checkRuntime()
  checkRuntime({ node: '24.0.0' }, {})
  const told = (versions: Record<string, string>, global: object): string => {
    try {
      checkRuntime(versions, global)
      return 'taken'
    } catch (error) {
      return `${(error as RxGstError).code} ${(error as RxGstError).message}`
    }
  }
  assert.is(
    told({ node: '24.3.0', bun: '1.4.5' }, {}),
    'ERR_RUNTIME rxgst runs on Node.js; this is Bun, which is not supported',
  )
  assert.is(
    told({ node: '24.3.0', deno: '2.4.0' }, { Deno: {} }),
    'ERR_RUNTIME rxgst runs on Node.js; this is Deno, which is not supported',
  )
})

test.run()
