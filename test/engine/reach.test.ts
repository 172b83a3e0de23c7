import { Worker } from 'node:worker_threads'
import * as assert from 'uvu/assert'
import { RxGstError } from '../../src/core/errors'
import { parseRtmpUrl } from '../../src/core/url'
import { explainTimeout, reach } from '../../src/engine/reach'
import { suite } from '../support/suite'

// Looks at a peer by a connection of their own, in a process that stands still meanwhile.
const test = suite('reach')

/** A peer that goes on while this thread stands still: it answers what it is sent with text that is no RTMP. */
async function startStranger(): Promise<{ readonly url: string } & AsyncDisposable> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
    const server = require('node:net').createServer(socket => {
      socket.on('error', () => {})
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request'))
    })
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
    { eval: true },
  )
  const port = await new Promise<number>(resolve => worker.once('message', resolve))
  return {
    url: `rtmp://127.0.0.1:${port}/live/x`,
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  }
}

/** Stands still `ms` after the sockets of this turn have begun. */
async function standStill(ms: number): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
  for (const end = performance.now() + ms; performance.now() < end; );
}

const late = new RxGstError('ERR_CONNECT_TIMEOUT', 'late')

for (const stands of [0, 700, 3000]) {
  test(`a peer that does not speak RTMP is found out by a process that stands still for ${stands} ms`, async () => {
    await using stranger = await startStranger()
    const found = explainTimeout(late, parseRtmpUrl(stranger.url), 'rtmp2')
    await standStill(stands)
    assert.is((await found)?.code, 'ERR_HANDSHAKE')
  })
}

test('a server is reached, although this process stands still for longer than the time-out', async () => {
  await using stranger = await startStranger()
  const reached = reach(parseRtmpUrl(stranger.url), 200)
  await standStill(700)
  await reached
})

test('an abort ends the wait for a peer that does not answer', async () => {
  const stop = new AbortController()
  // An address for documentation, to which no packet finds a way: it may be refused at once, too.
  const reached = reach(parseRtmpUrl('rtmp://192.0.2.1/live/x'), 60_000, stop.signal)
  stop.abort()
  const error = await reached.then(
    () => null,
    (reason: RxGstError) => reason,
  )
  assert.is(error?.code, 'ERR_ABORTED')
})

test('nobody listens: ERR_CONNECTION_REFUSED; a silent peer proves nothing', async () => {
  const stranger = await startStranger()
  await stranger[Symbol.asyncDispose]()
  const error = await reach(parseRtmpUrl(stranger.url), 5000).then(
    () => null,
    (reason: RxGstError) => reason,
  )
  assert.is(error?.code, 'ERR_CONNECTION_REFUSED')
  assert.is(await explainTimeout(late, parseRtmpUrl(stranger.url), 'rtmp2'), null)
})

test.run()
