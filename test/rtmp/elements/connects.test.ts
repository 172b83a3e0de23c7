// suite: deep
// RXGST_CONNECTS=1000 npm test -- elements/connects
import path from 'node:path'
import * as assert from 'uvu/assert'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { mayTrust, runTrusting, startTls } from '../../support/peers/tls-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import type { Sample } from './connects-program'

const CONNECTS = Number(process.env['RXGST_CONNECTS'] ?? 100)
/** Of GLib's shared pool, which come and go by themselves. */
const SPARE_THREADS = 2
/** A page of noise a connect, and what a heap of that size keeps for itself. */
const MOST_KIB = (connects: number): number => 4096 + 4 * connects

const test = suite('connects over TLS', { timeout: 60_000 + CONNECTS * 250 })

;(mayTrust ? test : test.skip)(`${CONNECTS} of them, and as many ends: threads, files and memory stay`, async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', duration: 1 })
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using tls = await startTls(server.port)
  const url = `rtmps://localhost:${tls.port}/live/key1`
  const program = path.resolve(__dirname, 'connects-program.js')
  const said = await runTrusting(program, [url, file, String(CONNECTS)], {
    timeout: 50_000 + CONNECTS * 250,
    // glibc keeps what is freed in an arena for each thread.
    env: { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' },
  })
  const samples = JSON.parse(said) as Sample[]
  const [warm, last] = [samples[1]!, samples.at(-1)!]
  const what = samples
    .map(({ connects, threads, fds, rss, each }) =>
      [connects, threads, fds, `${(rss / 2 ** 20).toFixed(1)} MiB`, `${each.toFixed(1)} ms`].join(', '),
    )
    .join('\n')
  if (process.env['RXGST_CONNECTS']) console.log(what)
  assert.ok(last.threads <= warm.threads + SPARE_THREADS, `threads\n${what}`)
  assert.ok(last.fds <= warm.fds, `files\n${what}`)
  const grown = (last.rss - warm.rss) / 1024
  assert.ok(grown <= MOST_KIB(last.connects - warm.connects), `${grown} KiB\n${what}`)
  // One that is stopped while the machine stands still may not get so far.
  const came = server.connections.filter(({ role }) => role !== null).length
  assert.ok(came >= 0.95 * CONNECTS, `${came} played or published`)
})

test.run()
