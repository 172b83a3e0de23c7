// suite: deep
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { exec, start } from '../child'
import { decodeFrames, makeFile, probe, publish, publishFile, record } from './ffmpeg'
import { startNginx, type Nginx } from './nginx'
import { startNms2, startNms4 } from './nms'
import { accepts, freePort } from './ports'
import { suite } from '../suite'
import { tempDir, tempFile } from '../temp'
import { sleep, until } from '../until'
import { openFiles, usage } from '../usage'

const test = suite('peers', { timeout: 60_000 })

const small = { size: '320x180', fps: 25 }
let nginx: Nginx

test.before(async () => {
  nginx = await startNginx()
})
test.after(() => nginx.stop())

const servers = { nginx: startNginx, 'node-media-server 2': startNms2, 'node-media-server 4': startNms4 }
for (const [name, startServer] of Object.entries(servers)) {
  test(`publish to and probe from ${name}`, async () => {
    await using server = await startServer()
    await using publisher = await publish(server.url('one'), { ...small, audio: { rate: 48000, channels: 1 } })
    const { video, audio, packets } = await probe(server.url('one'), { seconds: 2 })
    assert.equal([video?.codec_name, video?.width, video?.height], ['h264', 320, 180])
    assert.equal([audio?.codec_name, audio?.sample_rate, audio?.channels], ['aac', '48000', 1])
    assert.ok(packets.length > 50, String(packets.length))
    assert.ok(publisher.sent() > 0)
    assert.is(publisher.running, true)
  })
}

test('nginx counts streams and their clients', async () => {
  await using first = await publish(nginx.url('counted'), small)
  assert.equal((await nginx.published('counted')).clients, 1)
  const player = start('ffmpeg', ['-v', 'error', '-i', nginx.url('counted'), '-f', 'null', '-'])
  const two = () => nginx.stat().then(all => all.find(stream => stream.name === 'counted' && stream.clients === 2))
  const stream = await until(two, { what: 'a player in the statistics' })
  assert.ok(stream.bytesIn > 0)
  await player.stop()
  await first.stop()
  await until(async () => !(await nginx.stat()).some(stream => stream.name === 'counted' && stream.publishing))
})

test('nginx refuses a second publisher, and those of deny_publish', async () => {
  await using first = await publish(nginx.url('taken'), small)
  await nginx.published('taken')
  assert.match(await publish(nginx.url('taken'), small).then(() => '', String), 'Already publishing')
  assert.is(first.running, true)
  // It may have sent its first media before it hears of the refusal.
  const denied = publish(nginx.url('taken', 'deny_publish'), small).then(
    ({ exited }) => exited,
    () => ({ code: 1 }),
  )
  assert.is.not((await denied).code, 0)
  assert.match(nginx.errors(), 'access forbidden')
})

test('nginx lets nobody play from deny_play', async () => {
  await using publisher = await publish(nginx.url('secret', 'deny_play'), small)
  await nginx.published('secret', 'deny_play')
  assert.match(await probe(nginx.url('secret', 'deny_play')).then(() => 'played', String), 'ffprobe')
  assert.is(publisher.running, true)
})

test('nginx drops a frozen publisher of idle, and the key is free again', async () => {
  await using frozen = await publish(nginx.url('key', 'idle'), small)
  await nginx.published('key', 'idle')
  frozen.kill('SIGSTOP')
  await until(async () => !(await nginx.stat()).some(stream => stream.app === 'idle' && stream.publishing))
  await using next = await publish(nginx.url('key', 'idle'), small)
  await nginx.published('key', 'idle')
  assert.is(next.running, true)
})

test('nginx drops a publisher on request', async () => {
  await using publisher = await publish(nginx.url('unwanted'), small)
  await nginx.published('unwanted')
  assert.is(await nginx.drop('publisher', 'unwanted'), 1)
  assert.is.not((await publisher.exited).code, 0)
})

test('nginx killed, and restarted on its port', async () => {
  await using own = await startNginx()
  const { port, pid } = own
  await using publisher = await publish(own.url('a'), small)
  own.kill('SIGKILL')
  assert.is.not((await publisher.exited).code, 0)
  assert.is(await accepts(port), false)
  await own.restart()
  assert.is(own.port, port)
  assert.is.not(own.pid, pid)
  await using again = await publish(own.url('a'), small)
  await own.published('a')
  assert.is(again.running, true)
})

test('nginx frozen takes nothing, and goes on when thawed', async () => {
  await using own = await startNginx()
  await using publisher = await publish(own.url('a'), small)
  const { bytesIn } = await own.published('a')
  own.kill('SIGSTOP')
  await sleep(300)
  assert.is(publisher.running, true)
  own.kill('SIGCONT')
  await until(async () => (await own.published('a')).bytesIn > bytesIn, { what: 'more bytes after SIGCONT' })
})

test('a prepared file is published without encoding, and recorded again', async () => {
  const source = { ...small, duration: 2, gop: 10, bframes: 2, colorspace: 'bt709' } as const
  const file = await makeFile(tempFile('source.flv'), source)
  const { video, packets } = await probe(file, { seconds: 10 })
  assert.equal([video?.color_space, video?.color_range, video?.has_b_frames], ['bt709', 'tv', 2])
  const keyframes = packets.filter(packet => packet.codec_type === 'video').map(packet => packet.flags.startsWith('K'))
  assert.equal(
    keyframes,
    Array.from({ length: 50 }, (_, i) => i % 10 === 0),
  )

  await using publisher = await publishFile(nginx.url('looped'), file, { loop: true })
  const copy = await record(nginx.url('looped'), tempFile('copy.flv'), 1)
  const frames = await decodeFrames(copy, 'rgb24', { frames: 5 })
  assert.is(frames.length, 5)
  assert.equal([frames[0]!.width, frames[0]!.height, frames[0]!.data.length], [320, 180, 320 * 180 * 3])
  assert.ok(frames.every((frame, i) => i === 0 || frame.pts > frames[i - 1]!.pts))
  assert.is(publisher.running, true)
})

test('streams of sound alone and of picture alone, and sound that comes late', async () => {
  await using sound = await publish(nginx.url('sound'), { video: false })
  await using picture = await publish(nginx.url('picture'), { ...small, audio: null })
  assert.equal(
    (await probe(nginx.url('sound'), { analyze: 1 })).streams.map(stream => stream.codec_type),
    ['audio'],
  )
  assert.equal(
    (await probe(nginx.url('picture'), { analyze: 1 })).streams.map(stream => stream.codec_type),
    ['video'],
  )
  assert.is(sound.running && picture.running, true)

  const late = await makeFile(tempFile('late.flv'), { ...small, duration: 2, audioDelay: 1 })
  const { packets } = await probe(late, { seconds: 9 })
  const first = (type: string) => Number(packets.find(packet => packet.codec_type === type)!.pts_time)
  assert.ok(Math.abs(first('audio') - first('video') - 1) < 0.05, `${first('audio')} ${first('video')}`)
})

test('a publisher that cannot connect is an error', async () => {
  const port = await freePort()
  assert.match(await publish(`rtmp://127.0.0.1:${port}/live/x`, small).then(() => '', String), 'refused')
})

test('a program that fails is an error with its words', async () => {
  assert.match(await exec('ffprobe', ['-v', 'error', '/not/there']).then(() => '', String), 'No such file')
  assert.match(await exec('sleep', ['60'], { timeout: 100 }).then(() => '', String), 'SIGKILL')
  assert.is((await start('not-a-program').exited).code, 127)
})

test('a child that ignores SIGTERM is killed, with its own children', async () => {
  const script = tempFile('pid')
  const child = start('sh', ['-c', `trap '' TERM; sleep 1000 & echo $! > ${script}; while :; do wait; done`])
  const pid = await until(() => Number(exists(script) && readFileSync(script, 'utf8')))
  assert.equal(await child.stop(300), { code: null, signal: 'SIGKILL' })
  await until(() => !exists(`/proc/${pid}/cmdline`) || readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '')
})

test('children die with a process that is killed', async () => {
  const file = tempFile('pid')
  const path = JSON.stringify(require.resolve('../child'))
  const code = `
    const { pid } = require(${path}).start('sleep', ['1000'])
    require('fs').writeFileSync(${JSON.stringify(file)}, String(pid))
    setInterval(() => {}, 1000)`
  const parent = start(process.execPath, ['-e', code], { cwd: tempDir() })
  const pid = await until(() => Number(exists(file) && readFileSync(file, 'utf8')))
  // The child must have told the kernel by then whose death it follows.
  await until(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep'))
  process.kill(parent.pid, 'SIGKILL')
  await until(() => !exists(`/proc/${pid}/cmdline`) || readFileSync(`/proc/${pid}/cmdline`, 'utf8') === '')
})

test('usage sees descriptors and threads', async () => {
  const before = usage()
  assert.ok(before.threads > 1 && before.rss > 1e7)
  assert.is(before.fds, openFiles().length)
  const child = start('sleep', ['1000'])
  assert.ok(usage().fds > before.fds)
  await until(() => usage(child.pid).threads === 1)
  await child.stop()
  // Fewer than before: connections of earlier tests may have closed meanwhile.
  await until(() => usage().fds <= before.fds, { what: () => openFiles().join('\n') })
})

function exists(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

test.run()
