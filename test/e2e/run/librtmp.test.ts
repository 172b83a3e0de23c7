import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { filter, firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { gst, run, type RunningPipeline } from '../../../src/index'
import { makeFile, probe } from '../../support/peers/ffmpeg'
import { startNginx } from '../../support/peers/nginx'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { sleep, until } from '../../support/until'
import { timed } from '../lib/timed'

// rtmpsrc and rtmpsink of a graph go through a relay, of which neither the server nor the program sees anything.
const test = suite('run: librtmp', { timeout: 40_000 })

const KEY = 'planted-key-7f3a'

function playing(location: string): RunningPipeline {
  return run(gst`rtmpsrc name=source location=${location} ! fakesink`)
}

async function toldTo(server: RtmpServer, index: number): Promise<string> {
  const { connectArguments } = await server.connection(index, ({ commands }) => commands.length > 0)
  return (connectArguments as { tcUrl: string }).tcUrl
}

/** Ports of the loopback in a text. */
function ports(text: string): readonly number[] {
  return [...text.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port))
}

test('a graph publishes by rtmpsink, another plays it by rtmpsrc, and its file is whole', async () => {
  await using nginx = await startNginx()
  const url = nginx.url('stream')
  await using publisher = run(gst`videotestsrc is-live=true ! video/x-raw,width=160,height=90,framerate=25/1 !
    x264enc tune=zerolatency key-int-max=25 ! flvmux streamable=true ! rtmpsink name=sink location=${url}`)
  await publisher.start()
  await nginx.published('stream')
  const file = tempFile('a.mp4')
  const live = `${url} live=1`
  await using player = run(gst`rtmpsrc name=source location=${live} ! flvdemux ! queue ! h264parse name=parse !
    mp4mux ! filesink location=${file}`)
  const errors: unknown[] = []
  player.bus$.subscribe(message => message.type === 'error' && errors.push(message))
  const pictures = firstValueFrom(player.probe$('parse.src', 50).pipe(filter(({ buffers }) => buffers > 25)))
  await player.start()
  await pictures
  assert.is(player.get('source', 'location'), live)
  assert.is(publisher.get('sink', 'location'), url)
  const took = await timed(() => player.stop())
  assert.ok(took < 2000, `${took} ms`)
  assert.equal(errors, [])
  assert.is(publisher.state.phase, 'live')
  await publisher.stop()
  await until(async () => (await nginx.stat()).every(({ publishing }) => !publishing))
  const { streams } = await probe(file)
  assert.equal(
    streams.map(({ codec_type }) => codec_type),
    ['video'],
  )
})

test('the server has its own address, the program its own location', async () => {
  await using server = await startRtmpServer({ kind: 'play-then-nothing' })
  const location =
    `rtmp://127.0.0.1:${server.port}/app/instance/${KEY} ` + `live=1 playpath=${KEY} pageUrl=${'x'.repeat(60)}`
  const graph = gst`rtmpsrc name=source location=${location} ! fakesink`
  await using pipeline = run(graph)
  void pipeline.start().catch(() => {})
  assert.is(await toldTo(server, 0), `rtmp://127.0.0.1:${server.port}/app/instance`)
  const { app, stream } = await server.connection(0, it => it.stream !== '')
  assert.equal([app, stream], ['app/instance', KEY])
  assert.is(pipeline.get('source', 'location'), location)
  const dot = pipeline.toDot()
  assert.equal(ports(dot), [server.port])
  assert.not.match(dot, KEY)
  assert.match(dot, `rtmp://127.0.0.1:${server.port}/app/instance/*** live=1 playpath=***`)
  assert.match(graph.toLaunch(), location)
})

test('an error names the location of the program, without its key', async () => {
  const location = `rtmp://127.0.0.1:1/live/${KEY}`
  const graphs = [
    gst`rtmpsrc location=${location} ! fakesink`,
    gst`audiotestsrc ! avenc_aac ! flvmux ! rtmpsink location=${location}`,
  ]
  for (const graph of graphs) {
    const texts: string[] = []
    const log = (text: unknown): void => void texts.push(String(text))
    const pipeline = run(graph, { logger: { debug: log, info: log, warn: log, error: log } })
    pipeline.bus$.subscribe(message => texts.push(JSON.stringify(message)))
    await pipeline.start().catch((error: unknown) => texts.push(String(error), JSON.stringify(error)))
    await until(() => pipeline.state.phase === 'failed')
    await pipeline.stop()
    const said = texts.join('\n')
    assert.match(said, 'rtmp://127.0.0.1:1/live/***')
    assert.ok(
      ports(said).every(port => port === 1),
      said,
    )
    assert.not.match(said, KEY)
  }
})

test('a location that is set before the start leads there; while it runs it stays', async () => {
  await using first = await startRtmpServer({ kind: 'play-then-nothing' })
  await using second = await startRtmpServer({ kind: 'play-then-nothing' })
  await using pipeline = playing(first.url())
  for (let count = 0; count < 50; count++) pipeline.set('source', { location: first.url(`s${count}`) })
  pipeline.set('source', { location: second.url() })
  assert.is(pipeline.get('source', 'location'), second.url())
  void pipeline.start().catch(() => {})
  assert.is(await toldTo(second, 0), `rtmp://127.0.0.1:${second.port}/live`)
  await second.connection(0, ({ stream }) => stream !== '')
  await until(() => {
    pipeline.set('source', { location: first.url('other') })
    return pipeline.get('source', 'location') === second.url()
  })
  assert.is(first.connections.length, 0)
})

test('a connection that is cut is the end, though the server would take the next one', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '160x90', fps: 25, duration: 2 })
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using pipeline = playing(server.url())
  await pipeline.start()
  await sleep(300)
  server.cut('rst')
  await until(() => pipeline.state.phase === 'failed', { what: () => JSON.stringify(pipeline.state) })
  assert.is(pipeline.state.reason, 'ERR_CONNECTION_LOST')
  assert.is(server.connections.length, 1)
})

test('what cannot go through a relay is left to librtmp', async () => {
  for (const location of ['rtmpt://127.0.0.1:1/live/key', 'rtmp://127.0.0.1:1/live']) {
    await using pipeline = playing(location)
    const failed = await pipeline.start().then(
      () => false,
      () => true,
    )
    assert.ok(failed)
  }
})

function descriptors(): number {
  return readdirSync('/proc/self/fd').length
}

test('a relay goes with its pipeline: stopped, failed or dropped', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  await using server = await startRtmpServer({ kind: 'play-then-nothing' })
  const once = async (end: 'stop' | 'fail' | 'drop'): Promise<void> => {
    const pipeline = playing(end === 'fail' ? `rtmp://127.0.0.1:1/live/${KEY}` : server.url())
    assert.type(pipeline.get('source', 'location'), 'string')
    if (end === 'drop') return
    const index = server.connections.length
    const started = pipeline.start().catch(() => {})
    if (end === 'fail') return void (await started)
    await server.connection(index)
    await pipeline.stop()
  }
  await once('stop')
  await until(() => server.connections.every(({ open }) => !open))
  const before = descriptors()
  for (const end of ['stop', 'fail', 'drop'] as const) {
    for (let count = 0; count < 5; count++) await once(end)
  }
  await until(async () => {
    gc()
    await sleep(20)
    return descriptors() <= before + 2
  })
})

test.run()
