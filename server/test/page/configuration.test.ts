// suite: deep
// lane: browser
// deadline: 600
// The configuration in Chromium: mistakes at their lines, the plan, restarts by name, conflicts.
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { chromium, closeBrowser, openPage, textOf } from './open-page.js'

const test = suite('the configuration on the page', { timeout: 150_000 })
const check = chromium ? test : test.skip
const path = '/configuration'

async function replace(page: Page, from: string, to: string): Promise<void> {
  const field = page.getByLabel('Configuration, YAML')
  const text = await field.inputValue()
  assert.ok(text.includes(from))
  await field.fill(text.replace(from, to))
}
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length
const review = (page: Page) => page.getByRole('button', { name: 'Review and apply' })

check('a mistake is shown at its line, and cannot be applied', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  await page.getByText('Valid, and applied.').waitFor()
  await replace(page, 'title: Chapel', 'title: "Chapel')
  const line = lineOf(port.configText().text!, 'title: Chapel')
  const problem = page.locator('.problem').first()
  await problem.waitFor()
  const [found] = (await port.checkConfig(await page.getByLabel('Configuration, YAML').inputValue())).problems
  assert.ok(found!.line! >= line)
  assert.match(await textOf(problem), new RegExp(`^Line ${found!.line}`))
  assert.is(await textOf(page.locator('.gutter .wrong').first()), String(found!.line))
  assert.match(await textOf(page.locator('.line.wrong .told').first()), /quote|Missing/i)
  await problem.click()
  const caret = await page.evaluate<number>(
    `(({ value, selectionStart }) => value.slice(0, selectionStart).split('\\n').length)(document.activeElement)`,
  )
  assert.is(caret, found!.line)
  assert.is(await review(page).getAttribute('aria-disabled'), 'true')
  await replace(page, 'title: "Chapel', 'title: Chapel')
  await page.getByText('Valid, and applied.').waitFor()
  assert.is(await page.locator('.gutter .wrong').count(), 0)
  assert.equal(faults, [])
})

check('the plan is shown before it is applied', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  await page.getByText('Valid, and applied.').waitFor()
  await replace(page, 'title: Studio 1', 'title: Studio One')
  await page.getByText('Valid. Nothing is applied yet.').waitFor()
  await review(page).click()
  await page.getByText('Live, without a break').waitFor()
  await page.getByText('studio changes on air').waitFor()
  assert.is(port.config.channels['studio']!.title, 'Studio 1')
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByText('Applied.').waitFor()
  assert.is(port.config.channels['studio']!.title, 'Studio One')
  await page.getByRole('link', { name: 'Wall', exact: true }).click()
  await page.getByRole('link', { name: 'Studio One' }).waitFor()
  assert.equal(faults, [])
})

check('a restart of a channel on air is asked for by its name', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  await page.getByText('Valid, and applied.').waitFor()
  await replace(page, 'width: 1280', 'width: 1920')
  await page.getByText('Valid. Nothing is applied yet.').waitFor()
  await review(page).click()
  const allow = page.getByRole('checkbox', { name: /Restart chapel: it is on air now/ })
  const apply = page.getByRole('button', { name: 'Apply', exact: true })
  await allow.waitFor()
  assert.is(await apply.getAttribute('aria-disabled'), 'true')
  await allow.check()
  await apply.click()
  await page.getByText('Applied.').waitFor()
  assert.equal(port.config.channels['chapel']!.mode, {
    encode: { width: 1920, height: 720, fps: 30, bitrate: 4e6, keyframeInterval: 2, codec: 'h264' },
  })
  assert.equal(faults, [])
})

check('a change by somebody else is told, and nobody loses a text', async () => {
  await using opened = await openPage({ path })
  const { page, port, faults } = opened
  await page.getByText('Valid, and applied.').waitFor()
  await replace(page, 'title: Studio 1', 'title: Mine')
  await port.putConfig(port.configText().text!.replace('title: Chapel', 'title: Theirs'), { user: 'other' })
  await page.getByText('The configuration on the server has changed').waitFor()
  const field = page.getByLabel('Configuration, YAML')
  assert.match(await field.inputValue(), /title: Mine/)
  // A look at the wall keeps the text as well.
  await page.getByRole('link', { name: 'Wall', exact: true }).click()
  await page.getByRole('link', { name: 'Configuration' }).click()
  assert.match(await field.inputValue(), /title: Mine/)
  await page.getByRole('button', { name: 'Show the server’s text, discard mine' }).click()
  assert.match(await field.inputValue(), /title: Theirs/)
  await page.getByText('Valid, and applied.').waitFor()
  assert.equal(faults, [])
})

test.after(closeBrowser)
test.run()
