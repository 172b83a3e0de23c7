import * as assert from 'uvu/assert'
import { Relay } from '../../../src/index'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { openFiles, usage } from '../../support/usage'

const CYCLES = process.env.RXGST_RELAY_CYCLES === undefined ? 40 : Number(process.env.RXGST_RELAY_CYCLES)

const test = suite('relay: nothing stays behind', { timeout: 60_000 + CYCLES * 500 })

/** ms after which a relay is stopped, in turn: in each of its phases. */
const MOMENTS = [0, 1, 3, 10, 30, 100]

test(`${CYCLES} relays, stopped at any moment: threads, files and memory are as before`, async () => {
  const file = await makeFile(tempFile('many.flv'), { size: '160x90', gop: 5, duration: 2 })
  await using input = await startRtmpServer(index =>
    index % 5 === 4 ? { kind: 'handshake-silent' } : { kind: 'serve-file', file, loop: true },
  )
  await using output = await startRtmpServer(index =>
    index % 7 === 6 ? { kind: 'reject-publish' } : { kind: 'accept-publish' },
  )
  const cycle = async (i: number): Promise<void> => {
    const relay = new Relay(input.url(), [output.url('a'), output.url('b')])
    relay.start().catch(() => {})
    await sleep(MOMENTS[i % MOMENTS.length]!)
    await relay.stop()
    assert.is(relay.state.phase, 'stopped')
  }
  const closed = (): boolean => [input, output].every(({ connections }) => connections.every(({ open }) => !open))
  for (let i = 0; i < 12; i++) await cycle(i)
  await until(closed, { what: 'all connections to end' })
  const warm = usage()
  for (let i = 0; i < CYCLES; i++) await cycle(i)
  await until(closed, { what: 'all connections to end' })
  let now = usage()
  const back = (): boolean => ((now = usage()), now.threads <= warm.threads && now.fds <= warm.fds)
  const what = (): string =>
    `threads ${warm.threads} → ${now.threads}, files ${warm.fds} → ${now.fds}\n${openFiles().join('\n')}`
  await until(back, { what, timeout: 30_000, interval: 250 })
  const grown = (now.rss - warm.rss) / 1e6
  // The servers of this process remember what they got, and a sanitizer keeps what is given back for a while.
  assert.ok(grown < (process.env.ASAN_OPTIONS === undefined ? 60 : 500), `${grown} MB more`)
})

test.run()
