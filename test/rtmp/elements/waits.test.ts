// suite: deep
import * as assert from 'uvu/assert'
import { gst, run, type Graph, type RxGstError } from '../../../src/index'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { Runner } from '../../../src/engine/runner'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type FlvTag } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { running } from '../../e2e/lib/running'
import { playing, publishing, refusal } from './graphs'

const test = suite('rxrtmpsrc and rxrtmpsink: what waits, and for how long', { timeout: 60_000 })

function runner(graph: Graph, errors: RxGstError[]): Runner {
  const quiet = (): void => {}
  return new Runner(graph, {
    secrets: [],
    logger: SILENT_LOGGER,
    wasLive: () => false,
    onError: error => errors.push(error),
    onEos: quiet,
  })
}

/** The longest time between two calls of note(), ms. */
function longestPause(): { note(): void; reset(): void; longest(): number } {
  let [last, longest] = [performance.now(), 0]
  const note = (): void => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  return { note, reset: () => void ([last, longest] = [performance.now(), 0]), longest: () => longest }
}

test('accepted, and then nothing: a deadline for who wants one', async () => {
  await using server = await startRtmpServer({ kind: 'play-then-nothing' })
  const waits = gst`rxrtmpsrc name=source location=${server.url()} media-timeout=1 source.video ! fakesink`
  const error = await refusal(waits)
  assert.is(error.code, 'ERR_CONNECT_TIMEOUT')
  assert.match(error.message, /accepted the stream, and sent nothing/)
  // A player may come before its publisher. What it waits for here ends in time on a machine that stands still, too.
  const patient = run(gst`rxrtmpsrc name=source location=${server.url()} timeout=4 source.video ! fakesink`)
  patient.start().catch(() => {})
  await sleep(5500)
  assert.is(patient.state.phase, 'connecting')
  await patient.stop()
})

test('a sound that stops holds nobody up who waits for both', async () => {
  const file = await makeFile(tempFile('stops.flv'), { size: '160x90', duration: 6 })
  const edit = (tag: FlvTag): FlvTag[] => (tag.type === 'audio' && tag.timestamp > 1500 ? [] : [tag])
  await using server = await startRtmpServer({ kind: 'serve-file', file, edit, then: 'silence' })
  await running(
    gst`rxrtmpsrc name=source location=${server.url()}
      source.video ! h264parse ! queue ! mux.  source.audio ! aacparse ! queue ! mux.
      mpegtsmux name=mux ! appsink name=out sync=false max-buffers=0`,
    async p => {
      let last = 0
      p.packets$('out').subscribe({
        next: ({ timestamp }) => void (last = Math.max(last, (timestamp ?? 0) / 1e6)),
        error: () => {},
      })
      await p.start()
      await until(() => last > 4.5, { timeout: 15_000, what: () => `4.5 s of both, ${last} s so far` })
    },
  )
})

test('an error in a pause is told in the pause', async () => {
  const file = await makeFile(tempFile('paused.flv'), { size: '160x90', duration: 4 })
  for (const direct of [false, true]) {
    await using server = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', then: 'silence' })
    const errors: RxGstError[] = []
    const it = runner(
      gst`rxrtmpsrc name=source location=${server.url()} direct=${direct} source.video ! fakesink sync=false`,
      errors,
    )
    await it.setState('PAUSED')
    const connection = await server.connection(0, ({ sent }) => sent > 10)
    await sleep(300)
    const ended = performance.now()
    connection.end('fin')
    // A graph that is on the way to PLAYING gets what came before.
    await sleep(300)
    if (performance.now() - ended < 900) assert.is(errors.length, 0, `told at once, direct: ${direct}`)
    await until(() => errors.length > 0, { what: 'the error' })
    assert.match(errors[0]!.message, /The server closed the connection/)
    await it.stop()
  }
})

test('sound without a configuration is told of, once', async () => {
  const file = await makeFile(tempFile('bare.flv'), { size: '160x90', duration: 5 })
  const edit = (tag: FlvTag): FlvTag[] => (tag.type === 'audio' && tag.data[1] === 0 ? [] : [tag])
  await using server = await startRtmpServer({ kind: 'serve-file', file, edit, then: 'silence' })
  await running(gst`rxrtmpsrc name=source location=${server.url()} source.video ! fakesink`, async p => {
    const warnings: string[] = []
    p.bus$.subscribe(({ type, detail }) => void (type === 'warning' && warnings.push(String(detail.text))))
    await p.start()
    await server.connection(0, ({ ended }) => ended === 'silence')
    const told = (): number => warnings.filter(text => /sound cannot be read: no configuration/.test(text)).length
    await until(() => told() > 0)
    assert.is(told(), 1)
  })
})

test('what is slow behind one connection is not slow for the others', async () => {
  const file = await makeFile(tempFile('slow.flv'), { size: '160x90', duration: 5 })
  await using burst = await startRtmpServer({ kind: 'serve-file', file, pace: 'full', then: 'silence' })
  await using steady = await startRtmpServer({ kind: 'serve-file', file, then: 'silence' })
  // All of the first stream comes at once, and takes two seconds of the one thread.
  const slow = gst`rxrtmpsrc name=source location=${burst.url()} direct=true
    source.video ! identity sleep-time=15000 ! fakesink`
  await running(
    gst`rxrtmpsrc name=source location=${steady.url()} source.video ! appsink name=video sync=false`,
    async p => {
      const pictures = longestPause()
      // How long this thread stood still, which sends and hears them: no picture comes meanwhile.
      const turns = longestPause()
      p.packets$('video').subscribe({ next: pictures.note, error: () => {} })
      const turning = setInterval(turns.note, 20)
      await p.start()
      for (const each of [pictures, turns]) each.reset()
      await running(slow, async q => {
        await q.start()
        await sleep(2500)
      }).finally(() => clearInterval(turning))
      const [longest, still] = [pictures.longest(), turns.longest()]
      assert.ok(longest - still < 1000, `${longest} ms without a picture, ${still} ms without a turn`)
    },
  )
})

test('a server whose stream nobody takes any more is left', async () => {
  const file = await makeFile(tempFile('left.flv'), { size: '160x90', duration: 5 })
  for (const direct of [false, true]) {
    await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
    const graph = gst`rxrtmpsrc name=source location=${server.url()} direct=${direct}
      source.video ! fakesink num-buffers=10  source.audio ! fakesink num-buffers=10`
    await running(graph, async p => {
      await p.start().catch(() => {})
      await server.connection(0, ({ open }) => !open)
    })
  }
})

test('rxrtmpsink: each way from READY to PLAYING is a publication', async () => {
  await using server = await startRtmpServer({ kind: 'accept-publish' })
  const errors: RxGstError[] = []
  const it = runner(publishing(server.url()), errors)
  await it.setState('READY')
  await sleep(200)
  assert.is(server.connections.length, 0)
  for (const turn of [0, 1]) {
    await it.setState('PLAYING')
    await server.connection(turn, ({ tags }) => tags.length > 10)
    await it.setState('READY')
    await server.connection(turn, ({ open }) => !open)
  }
  assert.equal(errors, [])
  await it.stop()
})

test('another host than the one that was named gets no password', async () => {
  const description = '[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : '
  await using there = await startRtmpServer({ kind: 'reject-connect', description })
  await using first = await startRtmpServer({ kind: 'redirect', to: there.url('x').replace(/\/x$/, '') })
  const url = first.url().replace('rtmp://', 'rtmp://someone:secret@')
  for (const graph of [playing, publishing]) assert.is((await refusal(graph(url))).code, 'ERR_AUTHENTICATION')
  // Neither a user nor an answer to a challenge: it was asked once.
  assert.is(there.connections.length, 2)
  for (const { app } of there.connections) assert.is(app, 'live')
})

test.run()
