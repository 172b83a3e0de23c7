// suite: deep
import path from 'node:path'
import * as assert from 'uvu/assert'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { mayTrust, runTrusting, startTls } from '../../support/peers/tls-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'

const test = suite('redirects over TLS', { timeout: 60_000 })
const trusted = mayTrust ? test : test.skip

/** What a player and a publisher say whom a server behind TLS sends to this address. */
async function sentTo(to: string): Promise<string[]> {
  await using first = await startRtmpServer({ kind: 'redirect', to })
  await using tls = await startTls(first.port)
  const program = path.resolve(__dirname, 'tls-redirect-program.js')
  const said = await runTrusting(program, [`rtmps://ann:secretword@localhost:${tls.port}/live/secretkey`])
  assert.not.match(said, /secret/)
  return said.trim().split('\n')
}

const heard = ({ connections }: RtmpServer): string[] => connections.map(({ stream }) => stream)

trusted('to a plain address: not followed, so no key leaves without TLS', async () => {
  await using next = await startRtmpServer({ kind: 'accept-publish' })
  const said = await sentTo(`rtmp://localhost:${next.port}/live`)
  assert.is(said.length, 2)
  for (const one of said) assert.match(one, /^ERR_CONNECT_REJECTED .*another address, without TLS/)
  assert.equal(heard(next), [])
})

trusted('to another address with TLS: followed, and its certificate is checked', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', duration: 2 })
  await using next = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using tls = await startTls(next.port)
  assert.equal(await sentTo(`rtmps://localhost:${tls.port}/live`), ['live', 'live'])
  assert.equal(heard(next), ['secretkey', 'secretkey'])
  const said = await sentTo(`rtmps://127.0.0.1:${tls.port}/live`)
  for (const one of said) assert.match(one, /^ERR_TLS .*another host/)
  assert.equal(heard(next), ['secretkey', 'secretkey'])
})

test.run()
