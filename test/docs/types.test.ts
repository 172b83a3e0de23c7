// Every block of code in the documents has the types that it uses.
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { codeBlocks, documents } from './markdown'
import { compile, makeProject } from './workspace'

const test = suite('code in the documents', { timeout: 240_000 })

test('is well typed', async () => {
  const blocks = documents()
    .flatMap(codeBlocks)
    .filter(({ language }) => language === 'js' || language === 'ts')
  assert.ok(blocks.length > 20, `${blocks.length} blocks`)
  await compile(makeProject(), blocks)
})

test.run()
