import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { type FakeApi, fakeApi } from './support.js'

const test = suite('page')

const SCRIPT = `import { h } from '/vendor/preact.js'\n${'// a comment that compresses well\n'.repeat(100)}`
const VENDOR = ['preact.js', 'preact-hooks.js', 'htm.js', 'uplot.js', 'uplot.css', 'mpegts.js'].map(
  name => `/vendor/${name}`,
)

let fake: FakeApi
let page: string
test.before(async () => {
  page = tempDir()
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>rxgst</title>')
  writeFileSync(join(page, 'app.js'), SCRIPT)
  writeFileSync(join(page, 'notes.secret'), 'not served')
  mkdirSync(join(page, 'parts'))
  writeFileSync(join(page, 'parts', 'wall.css'), 'body { color: red }')
  symlinkSync('/etc/passwd', join(page, 'link.js'))
  fake = await fakeApi({ page })
})
test.after(() => fake.api.close())

test('the page and its parts are served to everybody, nothing else is', async () => {
  const index = await fake.request('GET', '/')
  assert.is(index.status, 200)
  assert.is(index.headers['content-type'], 'text/html; charset=utf-8')
  assert.match(index.text, 'rxgst')
  assert.is((await fake.request('GET', '/parts/wall.css')).headers['content-type'], 'text/css; charset=utf-8')
  assert.is((await fake.request('GET', '/app.js?version=1')).text, SCRIPT)
  for (const path of ['/notes.secret', '/link.js', '/parts', '/parts/', '/index', '/nothing.js']) {
    assert.is((await fake.request('GET', path)).status, 404, path)
  }
  const head = await fake.request('HEAD', '/app.js')
  assert.is(head.status, 200)
  assert.is(head.headers['content-length'], String(SCRIPT.length))
  assert.is(head.text, '')
})

test('a browser that has a file is not sent it again, until it changes', async () => {
  const file = join(page, 'changing.js')
  writeFileSync(file, SCRIPT)
  await using own = await fakeApi({ page })
  const first = await own.request('GET', '/changing.js')
  const etag = first.headers.etag!
  assert.is(first.headers['cache-control'], 'no-cache')
  const again = () => own.request('GET', '/changing.js', { headers: { 'if-none-match': etag } })
  const unchanged = await again()
  assert.is(unchanged.status, 304)
  assert.is(unchanged.bytes.length, 0)
  writeFileSync(file, `${SCRIPT}// changed`)
  const changed = await again()
  assert.is(changed.status, 200)
  assert.match(changed.text, '// changed')
  assert.is.not(changed.headers.etag, etag)
})

test('files are compressed as the browser takes it', async () => {
  const as = (encoding: string) => fake.request('GET', '/app.js', { headers: { 'accept-encoding': encoding } })
  const brotli = await as('gzip, deflate, br')
  assert.is(brotli.headers['content-encoding'], 'br')
  assert.is(brotliDecompressSync(brotli.bytes).toString(), SCRIPT)
  const gzip = await as('gzip;q=1.0, br;q=0')
  assert.is(gzip.headers['content-encoding'], 'gzip')
  assert.is(gunzipSync(gzip.bytes).toString(), SCRIPT)
  const plain = await as('identity')
  assert.is(plain.headers['content-encoding'], undefined)
  assert.is(new Set([brotli, gzip, plain].map(({ headers }) => headers.etag)).size, 3)
  assert.is(brotli.headers.vary, 'accept-encoding')
})

test("others' modules are small, and import each other by paths", async () => {
  let bytes = 0
  for (const path of VENDOR) {
    const reply = await fake.request('GET', path, { headers: { 'accept-encoding': 'br' } })
    assert.is(reply.status, 200, path)
    bytes += reply.bytes.length
    const text = (await fake.request('GET', path)).text
    if (path.endsWith('.js')) assert.not.match(text, /\b(?:from|import)\s*["']preact/, path)
  }
  console.log(`all of /vendor: ${Math.round(bytes / 1024)} KiB`)
  assert.ok(bytes < 200 * 1024)
})

test('the page of the API brings its own script and style', async () => {
  const { text, headers } = await fake.request('GET', '/api')
  assert.match(headers['content-type']!, 'text/html')
  assert.not.match(text, /<script>|https?:\/\//)
  for (const [, path] of text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    assert.is((await fake.request('GET', path!)).status, 200, path)
  }
})

test.run()
