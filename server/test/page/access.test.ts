// suite: deep
// lane: browser
// deadline: 600
// What all views keep: keyboard, phones, contrast and names (axe-core), the content policy, the origin, the first load.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { until } from '../../../test/support/until.js'
import { FakeFleet } from '../api/fake-fleet.js'
import { chromium, closeBrowser, openPage, tileOf } from './open-page.js'

const test = suite('the page for everybody', { timeout: 240_000 })
const check = chromium ? test : test.skip
const TIMEOUT_MS = 60_000
const MOST_BYTES = 300_000

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Each view by its address, and what is there when it is drawn. */
const VIEWS: readonly (readonly [path: string, drawn: string])[] = [
  ['/', '.tile img'],
  ['/channels/studio', '.graph canvas'],
  ['/configuration', '.gutter span'],
  ['/events', '.event'],
  ['/fleet', '[data-fleet-channel=sports]'],
]

/** Serious and critical faults that axe-core finds. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`)
}

for (const colorScheme of ['dark', 'light'] as const) {
  check(`axe-core finds no serious fault in any view, ${colorScheme}`, async () => {
    await using opened = await openPage({ colorScheme, reducedMotion: 'reduce', fleet: new FakeFleet() })
    const { page, port, url } = opened
    port.raise('studio', 'black', 'critical', 'the picture is black')
    port.raise('chapel', 'loudness', 'warning', 'the sound is too loud')
    for (const [path, drawn] of VIEWS) {
      await page.goto(`${url}${path}`)
      await page.locator(drawn).first().waitFor()
      assert.equal(await faultsOf(page), [], path)
    }
    await page.goto(`${url}/channels/studio`)
    await page.getByRole('button', { name: 'Stop', exact: true }).first().click()
    await page.getByRole('dialog').waitFor()
    assert.equal(await faultsOf(page), [], 'a dialog')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Password').waitFor()
    assert.equal(await faultsOf(page), [], 'the login')
  })
}

check('on a phone nothing is wider than the screen, and all that is pressed has 40 pixels', async () => {
  await using opened = await openPage({
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
    fleet: new FakeFleet(),
  })
  const { page, port, url, faults } = opened
  port.raise('studio', 'black', 'critical', 'the picture is black, and this message is longer than the screen is wide')
  for (const [path, drawn] of VIEWS) {
    await page.goto(`${url}${path}`)
    await page.locator(drawn).first().waitFor()
    const seen = await page.evaluate<{ wide: number; small: string[] }>(`({
      wide: document.documentElement.scrollWidth - innerWidth,
      small: [...document.querySelectorAll('a, button, input, select, textarea')].flatMap(element => {
        const { width, height } = element.getBoundingClientRect()
        const shown = element.checkVisibility() && !element.closest('.skip')
        if (!shown || (width >= 40 && height >= 40)) return []
        return [element.outerHTML.slice(0, 100) + ' ' + width + ' ' + height]
      }),
    })`)
    assert.equal(seen, { wide: 0, small: [] }, path)
  }
  assert.equal(faults, [])
})

/** Text or name of what has the focus. */
const focused = (page: Page) =>
  page.evaluate<string>(
    `(({ ariaLabel: name, textContent: text }) => (name ?? text).replaceAll(/\\s+/g, ' ').trim()
    )(document.activeElement)`,
  )

check('by keyboard alone: to a live picture, from tile to tile, to a channel, and a target stopped', async () => {
  await using opened = await openPage()
  const { page, port, faults } = opened
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())
  const tabTo = (name: string) =>
    until(async () => (await press('Tab'), (await focused(page)) === name), {
      timeout: TIMEOUT_MS,
      interval: 0,
      what: name,
    })
  await tileOf(page, 'studio').waitFor()
  await press('Tab')
  assert.is(await focused(page), 'Skip to the content')
  await press('Enter')
  await press('Tab')
  assert.match(await focused(page), /^All ?3$/)
  await tabTo('Studio 1')
  await tabTo('Live picture of Studio 1, Live')
  assert.is(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid')
  await press('Enter')
  await until(() => port.viewersNow === 1, { timeout: TIMEOUT_MS })
  await press('Enter')
  await until(() => port.viewersNow === 0, { timeout: TIMEOUT_MS })
  await press('ArrowRight')
  assert.is(await focused(page), 'Live picture of Chapel, Live')
  await press('ArrowLeft', 'Tab')
  assert.match(await focused(page), /^youtube: Live/)
  await press('ArrowRight')
  assert.match(await focused(page), /^twitch: Live/)
  // The dots are one stop: the next one is the next tile.
  await press('Tab')
  assert.is(await focused(page), 'Chapel')
  await press('Enter')
  await page.getByRole('heading', { name: 'Chapel', level: 1 }).waitFor()
  await tabTo('Stop own')
  await press('Space')
  await page.getByRole('dialog', { name: 'Stop own?' }).waitFor()
  assert.is(await focused(page), 'Cancel')
  await press('Tab', 'Space')
  await until(() => port.channel('chapel').status.targets[0]!.phase === 'stopped', { timeout: TIMEOUT_MS })
  await tabTo('Start own')
  assert.equal(faults, [])
})

check('no request leaves the origin, the policy is never broken, and the first load is small', async () => {
  await using opened = await openPage({ fleet: new FakeFleet() })
  const { page, url, requests, faults } = opened
  await page.locator('.tile img').first().waitFor()
  await until(() => page.evaluate(`document.querySelector('[data-channel=studio] img').complete`), {
    timeout: TIMEOUT_MS,
  })
  const bytes = await page.evaluate<number>(
    'performance.getEntries().reduce((sum, { decodedBodySize = 0 }) => sum + decodedBodySize, 0)',
  )
  // Without compression, with the thumbnails.
  assert.ok(bytes > 20_000 && bytes < MOST_BYTES, `${bytes} bytes`)
  await page.getByRole('button', { name: 'Live picture of Studio 1, Live' }).click()
  await page.locator('video[data-phase=playing]').waitFor()
  for (const [path, drawn] of VIEWS) {
    await page.goto(`${url}${path}`)
    await page.locator(drawn).first().waitFor()
  }
  await page.goto(`${url}/channels/studio`)
  await page.locator('video[data-phase=playing]').first().waitFor()
  const own = [url, url.replace('http', 'ws'), 'blob:', 'data:']
  assert.equal(
    requests.filter(request => !own.some(start => request.startsWith(start))),
    [],
  )
  assert.ok(requests.some(request => request.startsWith('ws')))
  assert.equal(faults, [])
})

test.after(closeBrowser)
test.run()
