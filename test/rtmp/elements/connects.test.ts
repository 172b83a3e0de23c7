// suite: deep
// RXGST_CONNECTS=1000 npm test -- elements/connects
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import { createServer } from 'node:tls'
import * as assert from 'uvu/assert'
import { exec } from '../../support/child'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import type { Sample } from './connects-program'

const CONNECTS = Number(process.env['RXGST_CONNECTS'] ?? 100)
/** Of GLib's shared pool, which come and go by themselves. */
const SPARE_THREADS = 2
/** A page of noise a connect, and what a heap of that size keeps for itself. */
const MOST_KIB = (connects: number): number => 4096 + 4 * connects

const test = suite('connects over TLS', { timeout: 60_000 + CONNECTS * 250 })

const TLS = path.resolve(__dirname, '../../../../test/support/peers/tls')
const read = (name: string): Buffer => readFileSync(path.join(TLS, name))
/** Whether a process may have its own view of the file system, in which it trusts whom we like. */
const mayTrust = spawnSync('unshare', ['-m', 'true']).status === 0

;(mayTrust ? test : test.skip)(`${CONNECTS} of them, and as many ends: threads, files and memory stay`, async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', duration: 1 })
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  const tls = createServer({ key: read('localhost-key.pem'), cert: read('localhost-cert.pem') }, socket => {
    const beyond = connect(server.port, '127.0.0.1')
    for (const end of [socket, beyond]) end.on('error', () => (socket.destroy(), beyond.destroy()))
    socket.pipe(beyond).pipe(socket)
  })
  tls.on('tlsClientError', () => {})
  await new Promise<void>(resolve => tls.listen(0, '127.0.0.1', resolve))
  const url = `rtmps://localhost:${(tls.address() as AddressInfo).port}/live/key1`
  // What GnuTLS trusts is one file on Debian.
  const trust = `mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && shift && exec "$@"`
  const program = [process.execPath, path.resolve(__dirname, 'connects-program.js'), url, file, String(CONNECTS)]
  const args = ['-m', 'sh', '-c', trust, 'sh', path.join(TLS, 'localhost-cert.pem'), ...program]
  const { stdout } = await exec('unshare', args, {
    timeout: 50_000 + CONNECTS * 250,
    // glibc keeps what is freed in an arena for each thread.
    env: { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' },
  }).finally(() => tls.close())
  const samples = JSON.parse(stdout.toString()) as Sample[]
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
  assert.is(server.connections.filter(({ role }) => role !== null).length, CONNECTS)
})

test.run()
