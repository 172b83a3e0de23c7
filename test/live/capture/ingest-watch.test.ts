import * as assert from 'uvu/assert'
import { IngestWatch, type WatchedIngest } from '../../../src/live/capture/ingest-watch'
import { FakeClock } from '../../support/fake-clock'
import { suite } from '../../support/suite'

// What a connection does is a few counters here, and the clock is turned by hand.
const test = suite('ingest watch')

function watchOf(
  given: Partial<Pick<WatchedIngest, 'transport' | 'secure' | 'opening' | 'backlog'>> & {
    readonly device?: boolean
  } = {},
  decode = true,
) {
  const clock = new FakeClock()
  const seen = { flow: 0, video: 0, audio: 0, decoded: 0, ended: false, blocked: false, keyframeWait: 0, width: 0 }
  const bytes = { counted: 0, received: 0 as number | null }
  const heard: string[] = []
  const counter = (name: 'flow' | 'video' | 'audio') =>
    ({ buffers: () => seen[name], ended: () => seen.ended, read: () => ({ keyframes: seen[name] }) }) as never
  const watch: IngestWatch = new IngestWatch(
    {
      transport: given.transport ?? 'rtmp2',
      secure: given.secure ?? false,
      flow: counter('flow'),
      videoPackets: counter('video'),
      audioInput: counter('audio'),
      video: decode ? ({ stats: () => ({ ...seen, incomplete: 7 }) } as never) : null,
      socket: () => ({ inBytes: bytes.counted, received: bytes.received }) as never,
      backlog: given.backlog,
      blocked: () => seen.blocked,
      device: () => given.device ?? false,
      opening: given.opening ?? false,
    },
    {
      onMedia: () => heard.push('media'),
      onStall: () => heard.push(`stall ${clock.now() - 1000}`),
      onFlow: () => heard.push('flow'),
      onEnd: () => (heard.push('end'), watch.stop()),
      onNotUnderstood: () => (heard.push('not understood'), watch.stop()),
      onNoKeyframe: count => heard.push(`no keyframe in ${count}`),
      onDecoderHangs: how => (heard.push(how), watch.stop()),
    },
    { decode, video: decode, audio: decode, stallTimeout: 3000, connectTimeout: 10_000 },
    clock,
  )
  return { clock, seen, bytes, heard, watch }
}

test('a live connection whose bytes stand still is told once, and that they move again', () => {
  const { clock, seen, heard, watch } = watchOf()
  clock.pass(5000)
  assert.equal(heard, [], 'not before it is live')
  seen.flow = 5
  clock.pass(100)
  watch.setLive()
  clock.pass(10_000)
  assert.equal(heard, ['stall 8100'])
  seen.flow++
  clock.pass(100)
  assert.equal(heard, ['stall 8100', 'flow'])
})

test('a process that stood still has not waited: its peer gets the rest of its time', () => {
  const { clock, seen, heard, watch } = watchOf()
  watch.setLive()
  clock.pass(1000)
  clock.block(5000)
  clock.pass(100)
  assert.equal(heard, [], 'after the gap')
  seen.flow++
  clock.pass(1000)
  // However often the thread is blocked, a peer that is gone is told.
  for (let i = 0; i < 20; i++) {
    clock.block(2000)
    clock.pass(100)
  }
  assert.is(heard.length, 1)
  assert.match(heard[0]!, /^stall/)
})

test('a reader that holds the stream back is no stall', () => {
  const { clock, seen, heard, watch } = watchOf()
  watch.setLive()
  seen.blocked = true
  clock.pass(10_000)
  assert.equal(heard, [])
})

test('bytes without a buffer are not understood, whether the source counts them or its socket alone', () => {
  for (const [given, counted, received, expected] of [
    [{}, 2000, 2000, ['not understood']],
    // A server whose answer to `play` the source does not hear.
    [{}, 0, 2000, ['not understood']],
    [{}, 2000, null, ['not understood']],
    // Pings.
    [{}, 20, 20, []],
    [{ transport: 'librtmp' }, 0, 2000, []],
    // Certificates.
    [{ secure: true }, 0, 2000, []],
    [{ secure: true }, 2000, 2500, ['not understood']],
  ] as const) {
    const { clock, bytes, heard } = watchOf(given)
    for (let i = 0; i < 20; i++) {
      bytes.counted += counted
      bytes.received = received === null ? null : (bytes.received ?? 0) + received
      clock.pass(100)
    }
    assert.equal(heard, expected, JSON.stringify([given, counted, received]))
  }
})

test('pictures of a live connection without one to begin with are told once', () => {
  const { clock, seen, heard, watch } = watchOf()
  watch.setLive()
  seen.blocked = true
  seen.keyframeWait = 10_000_000
  clock.pass(1000)
  assert.equal(heard, ['no keyframe in 7'])
})

test('so are pictures of which the parser gives none on, and not those of which one was shown', () => {
  for (const [width, expected] of [
    [0, ['no keyframe in 300']],
    [320, []],
  ] as const) {
    const { clock, seen, heard, watch } = watchOf()
    watch.setLive()
    seen.width = width
    for (let i = 0; i < 150; i++) {
      seen.flow++
      seen.video = Math.min(300, seen.video + 3)
      clock.pass(100)
    }
    assert.equal(heard, expected, String(width))
  }
})

test('a device that is not open in time, and one that gives no pictures, are given up', () => {
  const opening = watchOf({ device: true, opening: true })
  opening.clock.pass(2900)
  assert.equal(opening.heard, [])
  opening.clock.pass(200)
  assert.equal(opening.heard, ['cannot be opened: its driver does not return'])

  const opened = watchOf({ device: true, opening: true })
  opened.watch.opened()
  for (let i = 0; i < 60; i++) {
    opened.seen.video += 3
    opened.bytes.counted += 100
    opened.bytes.received = opened.bytes.counted
    opened.clock.pass(100)
  }
  assert.equal(opened.heard, ['gives no pictures any more'])

  // rxrtmpsrc reads on: its queue is longer than a quiet stream fills in that time.
  for (const [behind, expected] of [
    [0, ['gives no pictures any more']],
    [1, []],
  ] as const) {
    const { clock, seen, bytes, heard, watch } = watchOf({ transport: 'rxrtmp', device: true })
    seen.video = 5
    for (let i = 0; i < 60; i++) {
      if (i < 10 || behind > 0) seen.flow++
      bytes.counted += 1000
      clock.pass(100)
    }
    assert.equal(heard, expected, String(behind))
    watch.stop()
  }
})

test('a device that holds up the thread of its input is given up, where more waits for it', () => {
  for (const [transport, grows, endless, expected] of [
    // Packets in libsrt, or in the jitter buffer.
    ['srt', 200, false, ['gives no pictures any more']],
    ['rtsp-tcp', 200, false, ['gives no pictures any more']],
    // The peer is silent.
    ['srt', 0, false, ['stall 4100']],
    ['file', 0, true, ['gives no pictures any more']],
  ] as const) {
    let received = 0
    const backlog = () => ({ taken: seen.flow, received, endless })
    const { clock, seen, heard, watch } = watchOf({ transport, device: true, backlog })
    seen.video = 5
    seen.decoded = 3
    clock.pass(100)
    watch.setLive()
    for (let i = 0; i < 60 && heard.length === 0; i++) {
      received += grows
      clock.pass(100)
    }
    assert.equal(
      heard.map(text => text.replace(/^stall \d+$/, 'stall')),
      expected.map(text => text.replace(/^stall \d+$/, 'stall')),
      transport,
    )
    watch.stop()
  }
})

test('a file that stands still is a stall, and not while its pace or a reader holds it', () => {
  const { clock, seen, heard, watch } = watchOf({ transport: 'file' })
  watch.setLive()
  seen.blocked = true
  clock.pass(10_000)
  assert.equal(heard, [])
  seen.blocked = false
  clock.pass(5000)
  assert.is(heard.length, 1)
  assert.match(heard[0]!, /^stall/)
})

test('where nothing is decoded: a first kind waits a little for the other, and the end of both is the end', () => {
  const { clock, seen, heard } = watchOf({}, false)
  seen.video = 1
  clock.pass(200)
  assert.equal(heard, [])
  clock.pass(100)
  assert.equal(heard, ['media'])
  seen.audio = 1
  clock.pass(100)
  assert.equal(heard, ['media', 'media'])
  seen.ended = true
  clock.pass(1000)
  assert.equal(heard, ['media', 'media', 'end'])
  assert.is(clock.timers, 0)
})

test.run()
