// suite: deep
// lane: browser
// deadline: 400
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium as driver, type Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { chromium } from '../../../test/e2e/player/chromium.js'
import { type Child, start } from '../../../test/support/child.js'
import { accepts, freePort } from '../../../test/support/peers/ports.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { until } from '../../../test/support/until.js'
import { textOf, tileOf, untilMoves } from '../page/open-page.js'

// The guide of docs/server/install.md, word by word, on ports that are free: it ends with a picture in Chromium.
const test = suite('server: the guide', { timeout: 300_000 })
const check = chromium ? test : test.skip

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const GUIDE = readFileSync(join(root, 'docs/server/install.md'), 'utf8')
const PATIENCE_MS = 90_000

/** The block of this language that holds these words. */
function block(language: string, words: string): string {
  const blocks = GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))
  return [...blocks].map(([, text]) => text!).find(text => text.includes(words))!
}

/** Of an installed package, or of this checkout. */
const PROGRAM = process.env['RXGST_GUIDE_PROGRAM'] ?? join(root, 'scripts/rxgst.mjs')
const rxgst = (cwd: string, ...args: string[]): Child => start(process.execPath, [PROGRAM, ...args], { cwd })

check('a configuration, a server, a stream: its picture moves in Chromium; when it stops, an alert comes', async () => {
  const [folder, rtmpPort, httpPort] = [tempDir(), await freePort(), await freePort()]
  const config = block('yaml', 'streamKeys: false')
    .replace('127.0.0.1:1935', `127.0.0.1:${rtmpPort}`)
    .replace('server:\n', `server:\n  listen: 127.0.0.1:${httpPort}\n`)
  writeFileSync(join(folder, 'rxgst.yaml'), config)
  await using checked = rxgst(folder, 'config', 'check')
  assert.is((await checked.exited).code, 0, checked.output())

  await using server = rxgst(folder, 'serve')
  const link = await until(() => /http:\/\/\S+\/login\?token=\S+/.exec(server.output())?.[0], {
    timeout: PATIENCE_MS,
    what: () => `the link in ${server.output()}`,
  })
  await until(() => accepts(rtmpPort), { timeout: PATIENCE_MS, what: () => server.output() })
  const [, ...arguments_] = block('sh', 'testsrc2').replaceAll('\\\n', ' ').trim().split(/\s+/)
  const asked = arguments_.map(text => text.replace('rtmp://127.0.0.1/', `rtmp://127.0.0.1:${rtmpPort}/`))
  // A smaller picture: the machine of a test encodes beside other tests.
  await using encoder = start(
    'ffmpeg',
    asked.map(text => text.replace('1280x720', '640x360')),
  )

  const browser = await driver.launch({
    executablePath: chromium!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--mute-audio'],
  })
  try {
    const page: Page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(PATIENCE_MS)
    await page.goto(link)
    const tile = tileOf(page, 'studio')
    await until(async () => /Live/.test(await textOf(tile)), { timeout: PATIENCE_MS, what: () => server.output() })
    await page.getByRole('button', { name: /^Live picture of studio/i }).click()
    await untilMoves(page, '[data-channel=studio] video')

    encoder.kill('SIGKILL')
    await until(async () => !/ Live /.test(await textOf(tile)), { timeout: PATIENCE_MS })
    await page.getByRole('link', { name: /^Events/ }).click()
    await until(async () => /noData/.test(await textOf(page.locator('main'))), {
      timeout: PATIENCE_MS,
      what: 'an alert on the page',
    })
  } finally {
    await browser.close()
  }
  process.kill(server.pid, 'SIGTERM')
  assert.is((await server.exited).code, 0, server.output())
})

test('the target that the guide adds is taken as it is written, with its key in a file', async () => {
  const folder = tempDir()
  const more = block('yaml', 'platform: youtube')
  const [targets, archive] = more.split('\n')
  const before = block('yaml', 'streamKeys: false')
  assert.ok(before.includes(`${targets}\n${archive}\n`))
  const config = before.replace(`${targets}\n${archive}\n`, more).replace('/etc/rxgst/', `${folder}/`)
  assert.match(config, folder)
  writeFileSync(join(folder, 'rxgst.yaml'), config)
  writeFileSync(join(folder, 'youtube.key'), 'abcd-efgh-ijkl\n', { mode: 0o600 })
  await using checked = rxgst(folder, 'config', 'check')
  assert.is((await checked.exited).code, 0, checked.output())
  assert.not.match(checked.output(), /warning|secret|abcd-efgh/i)
})

test.run()
