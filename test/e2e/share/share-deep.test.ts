// suite: deep
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { Capture, type CaptureOptions, type ShareOptions } from '../../../src/index'
import { exec, start, type Child } from '../../support/child'
import { makeFile } from '../../support/peers/ffmpeg'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'
import { openFiles, usage } from '../../support/usage'
import { codeOf, keep, type Seen } from '../lib/served'
import { freshName, isShared, pythonWithNumpy, read, shares } from './reader'

const test = suite('share: formats, sizes, names, and processes that die', { timeout: 90_000 })

const source = { size: '320x180', fps: 25, gop: 25, pattern: 'testsrc', duration: 2, audio: null } as const
const OPTIONS = { connectTimeout: 20_000, stallTimeout: 20_000 } as const

async function served(use: (server: RtmpServer, capture: Capture) => Promise<void>, options: CaptureOptions = {}) {
  const file = await makeFile(tempFile('in.flv'), source)
  await using server = await startRtmpServer({ kind: 'serve-file', file, loop: true })
  await using capture = new Capture(server.url(), { ...OPTIONS, ...options })
  await use(server, capture)
}

const writer = (server: RtmpServer, name: string, end = ''): Child =>
  start(process.execPath, [join(__dirname, 'writer-program.js'), server.url(), name, end])

const code = (make: () => unknown): Promise<string> => codeOf((async () => make())())

for (const format of ['RGB', 'BGR', 'GRAY8', 'I420', 'RGBA'] as const) {
  test(`${format}, in another size: what a view of this size shows at these times`, () =>
    served(async (_, capture) => {
      const name = freshName(format)
      const size = { width: 80, height: 46 }
      using share = capture.share(name, { ...size, format, slots: 16 })
      await using reader = read(name, { count: 12 })
      // For as long as the reader takes, which a busy machine starts late.
      const frames: Seen[] = []
      const view = capture.view({ ...size, format: format === 'BGR' ? 'RGB' : format, bufferSize: 100 })
      const watched = view.frames$.subscribe(frame => void frames.push(keep(frame)))
      await capture.start()
      await until(() => reader.ended, { what: () => reader.child.errors() })
      watched.unsubscribe()
      let same = 0
      for (const { data, timestamp, format: told, width, height } of reader.pictures) {
        assert.equal([told, width, height], [format, 80, 46])
        const frame = frames.find(one => one.timestamp === timestamp)
        if (!frame) continue
        same++
        const wanted = Buffer.from(frame.data)
        if (format === 'BGR')
          for (let i = 0; i < wanted.length; i += 3) [wanted[i], wanted[i + 2]] = [wanted[i + 2]!, wanted[i]!]
        assert.ok(wanted.equals(data), `${format} at ${timestamp}`)
      }
      assert.ok(same >= 5, `${same} of ${reader.pictures.length} pictures are in the view`)
      assert.is(share.stats().generation, 1)
    }))
}

test('numpy has them without a copy; at a rate of their own', () =>
  served(async (_, capture) => {
    const python = pythonWithNumpy()
    if (python === undefined) return console.log('skipped: no Python here has numpy')
    const name = freshName('numpy')
    using share = capture.share(name, { fps: 5, format: 'BGR' })
    await using reader = read(name, { count: 5, python })
    await capture.start()
    await until(() => reader.ended, { timeout: 30_000, what: () => reader.child.errors() })
    assert.equal([...new Set(reader.pictures.map(({ kind }) => kind))], ['ndarray'])
    const first = reader.pictures[0]!
    assert.is(first.data.length, 320 * 180 * 3)
    for (const { number, timestamp } of reader.pictures) {
      const rate = ((number - first.number) * 1e6) / (timestamp - first.timestamp)
      if (number !== first.number) assert.ok(rate > 4 && rate < 6.5, `${rate} a second`)
    }
    assert.ok(share.stats().bytes >= 4 * 320 * 180 * 3)
  }))

test('another size is another generation, which readers follow; a reconnect is told', async () => {
  const files = await Promise.all(
    ['320x180', '160x90', '320x180'].map((size, i) => makeFile(tempFile(`in${i}.flv`), { ...source, size })),
  )
  let seen = (): number => 0
  await using server = await startRtmpServer(index => ({
    kind: 'serve-file',
    file: files[Math.min(index, 2)]!,
    loop: true,
    ...(index < 2 && { until: index === 0 ? 1500 : 4000 }),
    // On a busy machine the reader begins late: the first size lasts until it has seen it.
    before: async (it, { timestamp }) => {
      if (index === 0 && timestamp > 1000) await until(() => seen() > 0 || !it.open, { what: 'a first picture' })
    },
  }))
  await using capture = new Capture(server.url(), { ...OPTIONS, reconnect: { initialDelay: 100, maxDelay: 300 } })
  const name = freshName('sizes')
  using share = capture.share(name)
  await using reader = read(name)
  seen = () => reader.pictures.length
  await capture.start()
  await until(() => share.stats().generation >= 3 && reader.pictures.at(-1)?.width === 320, {
    timeout: 60_000,
    what: () => `${JSON.stringify(share.stats())} ${reader.child.errors()}`,
  })
  const widths = reader.pictures.map(({ width }) => width)
  const changes = widths.filter((width, i) => i === 0 || width !== widths[i - 1])
  assert.equal(changes, [320, 160, 320])
  for (const { width, height, data } of reader.pictures) assert.is(data.length, width * height * 3)
  const numbers = reader.pictures.map(({ number }) => number)
  assert.equal(
    [...numbers].sort((a, b) => a - b),
    numbers,
  )
  assert.ok(reader.pictures.filter(({ discontinuity }) => discontinuity).length >= 1)
  assert.equal(shares(name), [`rxgst-${name}`])
})

test('a reader that is slow sees that its picture is torn; one that stands still or is killed holds nobody up', () =>
  served(async (_, capture) => {
    const name = freshName('slow')
    using share = capture.share(name, { slots: 2 })
    await using slow = read(name, { words: ['hold'] })
    await using still = read(name)
    await using killed = read(name)
    await capture.start()
    await until(() => slow.pictures.length > 0, { what: () => slow.child.errors() })
    assert.equal({ ...slow.pictures[0], data: null }, { before: true, after: false, data: null } as object)
    await until(() => still.pictures.length > 0 && killed.pictures.length > 0)
    still.child.kill('SIGSTOP')
    killed.child.kill('SIGKILL')
    await killed.child.exited
    const { pictures } = share.stats()
    const decoded = capture.stats().decoded
    await until(() => share.stats().pictures >= pictures + 25)
    assert.ok(capture.stats().decoded - decoded <= share.stats().pictures - pictures + 3, 'each picture is shared')
    assert.is(share.stats().dropped, 0)
    assert.ok(share.stats().overwritten >= 20)
    still.child.kill('SIGCONT')
    const last = still.pictures.at(-1)!.number
    await until(() => still.pictures.at(-1)!.number > last + 20)
  }))

test('a writer that is killed: its readers come to an end, and its name and memory are had again', () =>
  served(async (server, capture) => {
    const name = freshName('killed')
    const other = freshName('killed')
    await using first = writer(server, name)
    await using second = writer(server, other)
    await using reader = await (async () => {
      await until(() => isShared(name) && isShared(other), { what: () => first.output() })
      return read(name)
    })()
    await until(() => reader.pictures.length > 3 && /^[1-9]\d* /m.test(second.output()), {
      what: () => first.output() + reader.child.errors(),
    })
    assert.is(statSync(`/dev/shm/rxgst-${name}`).mode & 0o777, 0o600)
    assert.is(await code(() => capture.share(name)), 'ERR_NAME_TAKEN')
    first.kill('SIGKILL')
    second.kill('SIGKILL')
    await until(() => reader.ended, { what: () => reader.child.errors() })
    await Promise.all([first.exited, second.exited])
    assert.ok(isShared(name) && isShared(other), 'who is killed cannot tidy up')
    using share = capture.share(name)
    assert.ok(!isShared(other), 'the next share of anybody removes what the dead left')
    await using again = read(name, { count: 3 })
    await capture.start()
    await until(() => again.ended, { what: () => again.child.errors() })
    assert.ok(share.stats().pictures >= 3)
  }))

test('the example is short, and says what it sees', () =>
  served(async (_, capture) => {
    const example = join(__dirname, '../../../../examples/read_shared.py')
    const code = readFileSync(example, 'utf8').split('\n').slice(4)
    assert.ok(code.filter(line => !/^\s*($|#|""")/.test(line)).length < 60)
    const name = freshName('example')
    using share = capture.share(name, { width: 160 })
    await using child = start('/usr/bin/python3', [example, name])
    await capture.start()
    await until(() => /^\d+ 160x90 \d+ \d+\.\d$/m.test(child.output()), { what: () => child.output() })
    share.close()
    assert.is((await child.exited).code, 0, child.errors())
  }))

test('process.exit() leaves nothing', () =>
  served(async server => {
    const name = freshName('exit')
    await using program = writer(server, name, 'exit')
    assert.is((await program.exited).code, 0, program.output())
    assert.ok(!isShared(name))
  }))

test('names', async () => {
  const name = freshName('names')
  const [capture, other] = [new Capture('rtmp://localhost/live/a'), new Capture('rtmp://localhost/live/b')]
  const share = capture.share(name)
  assert.is(share.path, `/dev/shm/rxgst-${name}`)
  assert.is(await code(() => capture.share(name)), 'ERR_NAME_TAKEN')
  assert.is(await code(() => other.share(name)), 'ERR_NAME_TAKEN')
  share.close()
  share.close()
  const again = other.share(name)
  assert.equal([share.closed, again.closed, isShared(name)], [true, false, true])
  for (const bad of ['', 'a b', '../x', 'a/b', 'a.b', 'x'.repeat(65), 'ä', 7, null])
    assert.is(await code(() => capture.share(bad as string)), 'ERR_OPTION', String(bad))
  for (const bad of [{ slots: 1 }, { slots: 17 }, { format: 'NV12' }, { width: 0 }, { fps: 0 }, { size: 1 }])
    assert.is(await code(() => capture.share(`${name}-x`, bad as ShareOptions)), 'ERR_OPTION', JSON.stringify(bad))
  const blind = new Capture('rtmp://localhost/live/a', { decode: false })
  assert.is(await code(() => blind.share(`${name}-x`)), 'ERR_NOT_DECODED')
  await other.stop()
  assert.equal([again.closed, isShared(name)], [true, false])
  assert.is(await code(() => other.share(name)), 'ERR_NOT_RUNNING')
  assert.equal(shares(name), [])
  await capture.stop()
})

test('1000 shares that come and go leave no descriptor and no memory', () =>
  served(async (_, capture) => {
    await capture.start()
    const name = freshName('many')
    const round = async (i: number): Promise<void> => {
      using share = capture.share(name)
      if (i % 20 === 0) await until(() => share.stats().pictures > 0, { interval: 5 })
    }
    for (let i = 0; i <= 20; i++) await round(i)
    const before = usage()
    for (let i = 0; i < 1000; i++) await round(i)
    const after = usage()
    assert.ok(after.fds <= before.fds + 1, `${before.fds} ${after.fds} ${openFiles().join()}`)
    assert.ok(after.rss < before.rss + 40e6, `${before.rss} ${after.rss}`)
    assert.equal(shares(name), [])
  }))

test('shared memory that is full: it is told, and the capture goes on', () =>
  served(async server => {
    const name = freshName('full')
    const program = [process.execPath, join(__dirname, 'writer-program.js'), server.url(), name].join(' ')
    const mount = 'mount -t tmpfs -o size=300k tmpfs /dev/shm'
    if ((await exec('unshare', ['-m', 'sh', '-c', mount]).catch(() => null)) === null)
      return console.log('skipped: no tmpfs can be mounted here')
    await using child = start('unshare', ['-m', 'sh', '-c', `${mount} && exec ${program}`])
    await until(() => /^0 pictures, No space left/m.test(child.output()), { what: () => child.output() })
    await until(() => /are not shared: No space left/.test(child.output()), { what: () => child.output() })
    assert.ok(child.running, child.output())
  }))

test.run()
