// suite: deep
// What a capture of HLS is used for besides frames: recordings, snapshots, logins, TLS.
import path from 'node:path'
import * as assert from 'uvu/assert'
import { Capture, record, type RecordedSegment } from '../../../src/index'
import { exec } from '../../support/child'
import { lyingOrigin, makeHls, nginxOrigin } from '../../support/peers/hls'
import { startTls } from '../../support/peers/tls-server'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { until } from '../../support/until'
import { keepLog, smallFile, take } from '../lib/inputs'
import { codeOf } from '../lib/served'
import { assertPlays, hashes } from '../record/judge'

const test = suite('inputs: uses of HLS', { timeout: 90_000 })

for (const type of ['mpegts', 'fmp4'] as const) {
  test(`a recording without decoding has every picture, ${type}`, async () => {
    const file = await smallFile('in.mp4', { duration: 6 })
    await using origin = await nginxOrigin(await makeHls(file, { type }))
    const { logger } = keepLog()
    await using capture = new Capture(origin.url(), { decode: false, pace: 'none', logger, connectTimeout: 30_000 })
    const recording = capture.record(record(tempDir()))
    const told: RecordedSegment[] = []
    recording.recording$.subscribe(segment => told.push(segment))
    await until(() => recording.state.phase === 'live')
    await capture.start()
    await until(() => recording.state.phase === 'stopped', { timeout: 60_000 })
    assert.is(recording.stats().dropped, 0)
    assert.ok(told.length > 0)
    for (const { path: made } of told) await assertPlays(made)
    const recorded = (await Promise.all(told.map(one => hashes(one.path, 'pictures')))).flat()
    assert.equal(recorded, await hashes(file, 'pictures'))
  })
}

test('a snapshot, with decoding and without', async () => {
  await using origin = await nginxOrigin(await makeHls(await smallFile('in.mp4', { duration: 6 })))
  for (const decode of [true, false]) {
    const { logger } = keepLog()
    await using capture = new Capture(origin.url(), { decode, logger, connectTimeout: 30_000 })
    await capture.start()
    const bytes = await capture.snapshot({ format: 'png', timeout: 20_000 })
    assert.is(Buffer.from(bytes.subarray(1, 4)).toString(), 'PNG')
  }
})

test('user and password, which no text shows', async () => {
  const folder = await makeHls(await smallFile('in.mp4'))
  const login = `Basic ${Buffer.from('camera:geheimnis').toString('base64')}`
  await using origin = await lyingOrigin(folder, (_, response, { headers }) => {
    if (headers.authorization === login) return false
    response.writeHead(401).end()
    return true
  })
  const at = (userinfo: string): string => origin.url().replace('//', `//${userinfo}@`)
  const { frames, log } = await take(at('camera:geheimnis'), { pace: 'none' })
  assert.is(frames.length, 50)
  assert.not.match(log, /geheimnis/)
  const { logger, text } = keepLog()
  await using capture = new Capture(at('camera:falschwort'), { logger })
  assert.is(await codeOf(capture.start()), 'ERR_AUTHENTICATION')
  assert.not.match(text(), /falschwort/)
})

test('https: an unknown certificate is refused, a known one is taken', async () => {
  await using origin = await nginxOrigin(await makeHls(await smallFile('in.mp4')))
  await using tls = await startTls(origin.port)
  const url = `https://localhost:${tls.port}/live.m3u8`
  const { logger } = keepLog()
  await using capture = new Capture(url, { logger })
  assert.is(await codeOf(capture.start()), 'ERR_TLS')
  const certificate = path.resolve(__dirname, '../../../../test/support/peers/tls/localhost-cert.pem')
  const index = path.resolve(__dirname, '../../../src/index.js')
  const program = `
    const { Capture } = require(${JSON.stringify(index)})
    const capture = new Capture(${JSON.stringify(url)}, { pace: 'none', connectTimeout: 30000 })
    let frames = 0
    capture.frames$.subscribe({ next: frame => { frames++; frame.close() }, complete: () => console.log(frames) })
    capture.start()`
  const env = { NODE_EXTRA_CA_CERTS: certificate }
  const { stdout } = await exec(process.execPath, ['-e', program], { env, timeout: 60_000 })
  assert.match(stdout.toString(), /^50$/m)
})

test.run()
