import * as assert from 'uvu/assert'
import { gst, run } from '../../../src/index'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { until } from '../../support/until'
import { refusal, playing } from './graphs'

const test = suite('rxrtmpsrc: addresses in one piece', { timeout: 60_000 })

/** As docs/addresses.md has them. */
const places: [path: string, application: string, stream: string][] = [
  ['live/cam', 'live', 'cam'],
  ['cam', 'cam', ''],
  ['live/cam?key=a/b', 'live', 'cam?key=a/b'],
  ['live?vhost=x&key=y/livestream', 'live?vhost=x&key=y', 'livestream'],
  ['live?vhost=a&key=b/c/cam', 'live?vhost=a&key=b/c', 'cam'],
  ['live?vhost=a/cam?token=b/c', 'live?vhost=a', 'cam?token=b/c'],
  ['app/one/two/cam', 'app/one', 'two/cam'],
  ['app/one/two/ /cam', 'app/one/two', 'cam'],
  ['vod/mp4:dir/film.mp4', 'vod', 'mp4:dir/film.mp4'],
  ['vod/film.mp4', 'vod', 'mp4:film.mp4'],
  ['live/cam.flv', 'live', 'cam'],
]

test('are divided into application and stream', async () => {
  await using server = await startRtmpServer({ kind: 'play-then-nothing' })
  for (const [i, [path, application, stream]] of places.entries()) {
    const location = server.url().replace(/(rtmp:\/\/[^/]*\/).*/, `$1${path}`)
    const p = run(gst`rxrtmpsrc name=source location=${location} source.video ! fakesink`)
    p.start().catch(() => {})
    await until(() => server.connections[i]?.role === 'player', { what: () => path })
    assert.equal([server.connections[i]!.app, server.connections[i]!.stream], [application, stream])
    assert.is(p.get('source', 'application'), application.split('?')[0])
    await p.stop()
  }
})

test('no value of a query is shown when a server repeats it', async () => {
  const key = 'verysecretvalue'
  const description = `live?token=${key} is unknown`
  await using server = await startRtmpServer({ kind: 'reject-connect', description })
  const error = await refusal(playing(server.url().replace('/live', `/live?token=${key}`)))
  assert.match(error.message, /is unknown/)
  assert.not.match(error.message, new RegExp(key))
})

test.run()
