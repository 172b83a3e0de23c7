// What the documents point to is there.
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { anchors, documents, repository, textOf } from './markdown'

const test = suite('links')

for (const file of documents()) {
  test(`${file} links to what is there`, () => {
    const prose = textOf(file).replace(/^```[^]*?^```$/gm, '')
    const broken: string[] = []
    for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue
      const [path = '', anchor] = target!.split('#')
      const linked = path === '' ? file : normalize(join(dirname(file), path))
      if (!existsSync(join(repository, linked))) broken.push(target!)
      else if (anchor && !anchors(linked).includes(anchor)) broken.push(target!)
    }
    assert.equal(broken, [])
  })

  test(`${file} names files that exist`, () => {
    // Drawings name them too.
    const names = [
      ...textOf(file).matchAll(/(?<![\w/.-])(?:src|test|scripts|examples|docs)\/[\w./-]*\w\.(?:ts|mjs|sh|cc|h|md)\b/g),
    ]
    assert.equal(
      names.map(([name]) => name).filter(name => !existsSync(join(repository, name))),
      [],
    )
  })
}

test.run()
