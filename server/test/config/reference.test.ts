// docs/server/configuration.md: its example is read, and its reference is that of the schema.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import markdown from '../../../test/docs/markdown.js'
import { suite } from '../../../test/support/suite.js'
import { jsonSchema } from '../../src/config/json-schema.js'
import { Folder, lines } from './folder.js'

const test = suite('reference')

const DOCUMENT = 'docs/server/configuration.md'
const blocks = markdown.codeBlocks(DOCUMENT).filter(({ language }) => language === 'yaml')

test('the reference is what the schema says', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(markdown.repository, 'scripts/generate-config-reference.mjs'), '--check'],
    { encoding: 'utf8' },
  )
  assert.is(status, 0, stdout + stderr)
})

for (const { line, code } of blocks) {
  test(`the example at line ${line} is valid`, async () => {
    const folder = new Folder({ 'rxgst.yaml': code, 'slate.png': '', 'standby.mp4': '' })
    const { config, problems, warnings } = await folder.read({ env: {} })
    assert.equal(lines(problems), [])
    assert.ok(Object.keys(config!.channels).length > 0)
    // Of the machine alone: secrets that are not here.
    for (const { message } of warnings) assert.match(message, /\$\{\w+:/)
  })
}

test('there is an example', () => assert.ok(blocks.length > 0))

test('each field is described', () => {
  const bare: string[] = []
  const look = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    for (const [name, part] of Object.entries(schema)) {
      if (name === 'properties')
        for (const [field, one] of Object.entries(part as Record<string, { description?: string }>))
          if (!one.description) bare.push(`${path}.${field}`)
      look(part, name === 'properties' ? path : `${path}.${name}`)
    }
  }
  look(jsonSchema(), '')
  assert.equal(bare, [])
})

test('its links lead somewhere', () => {
  const anchors = markdown.anchors(DOCUMENT)
  const prose = markdown.textOf(DOCUMENT).replace(/^```[^]*?^```$/gm, '')
  for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    const [path = '', anchor] = target.split('#')
    const linked = path === '' ? DOCUMENT : join(dirname(DOCUMENT), path)
    assert.ok(existsSync(join(markdown.repository, linked)), target)
    if (anchor !== undefined) assert.ok((path === '' ? anchors : markdown.anchors(linked)).includes(anchor), target)
  }
})

test('the schema is one that editors can read', () => {
  const schema = jsonSchema()
  assert.is(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema')
  assert.not.match(JSON.stringify(schema), /"\$ref"|"not":\{\}/)
})

test.run()
