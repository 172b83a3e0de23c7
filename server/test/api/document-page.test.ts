// suite: deep
// lane: browser
import { chromium as driver } from 'playwright-core'
import * as assert from 'uvu/assert'
import { chromium } from '../../../test/e2e/player/chromium.js'
import { suite } from '../../../test/support/suite.js'
import { fakeApi } from './support.js'

const test = suite('the page of the document', { timeout: 240_000 })
const PATIENCE_MS = 120_000

const body = async () => {
  await using fake = await fakeApi({ users: false })
  const browser = await driver.launch({ executablePath: chromium!, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage()
    const faults: string[] = []
    const hosts = new Set<string>()
    page.on('console', message => message.type() === 'error' && faults.push(message.text()))
    page.on('pageerror', error => faults.push(String(error)))
    page.on('request', request => {
      if (/^https?:/.test(request.url())) hosts.add(new URL(request.url()).host)
    })
    await page.goto(`${fake.base}/api`, { timeout: PATIENCE_MS })
    await page.getByText('/api/v1/channels/{id}:restart').waitFor({ timeout: PATIENCE_MS })
    assert.equal(faults, [])
    assert.equal([...hosts], [`127.0.0.1:${fake.tcpPort}`])
  } finally {
    await browser.close()
  }
}
if (chromium) test('shows the routes under the content policy, with nothing from elsewhere', body)
else test.skip('shows the routes under the content policy, with nothing from elsewhere')

test.run()
