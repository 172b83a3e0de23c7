// suite: deep
import { connect, createServer, type Server, type Socket } from 'node:net'
import * as assert from 'uvu/assert'
import { makeFile, probe } from './ffmpeg'
import { freePort } from './ports'
import { startRtmpServer } from './rtmp-server'
import { suite } from '../suite'
import { startTcpProxy } from './tcp-proxy'
import { tempFile } from '../temp'
import { sleep, until } from '../until'

const test = suite('tcp proxy')

/** A server that keeps what it got; a client of it through the proxy. */
async function peers(host = '127.0.0.1') {
  const port = await freePort()
  const ends: { socket: Socket; got: Buffer; how: string }[] = []
  const watch = (socket: Socket) => {
    const end = { socket, got: Buffer.alloc(0), how: '' }
    socket.on('data', bytes => void (end.got = Buffer.concat([end.got, bytes])))
    socket.on('end', () => void (end.how ||= 'fin'))
    socket.on('error', error => void (end.how ||= (error as NodeJS.ErrnoException).code ?? 'error'))
    return end
  }
  const server: Server = createServer(socket => void ends.push(watch(socket)))
  await new Promise<void>(resolve => server.listen(port, host, resolve))
  const proxy = await startTcpProxy(port)
  const join = async () => {
    const client = watch(connect(proxy.port, '127.0.0.1'))
    const index = ends.length
    await until(() => ends[index])
    return { client, server: ends[index]! }
  }
  const stop = async () => {
    await proxy.stop()
    for (const { socket } of ends) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  return { proxy, join, port, ends, [Symbol.asyncDispose]: stop }
}

const pattern = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255))

test('hands on every byte both ways, and counts', async () => {
  await using all = await peers()
  const { client, server } = await all.join()
  const [up, down] = [pattern(300_000), pattern(1_000_000)]
  client.socket.write(up)
  server.socket.write(down)
  await until(() => server.got.length === up.length && client.got.length === down.length)
  assert.ok(server.got.equals(up) && client.got.equals(down))
  assert.equal({ ...all.proxy.bytes }, { up: up.length, down: down.length })
  await all.join()
  assert.equal([all.proxy.accepted, all.proxy.open], [2, 2])
})

test('an end of either side is handed on behind its last bytes', async () => {
  await using all = await peers()
  const { client, server } = await all.join()
  client.socket.end(pattern(100_000))
  await until(() => server.how)
  assert.equal([server.how, server.got.length], ['fin', 100_000])
  await until(() => all.proxy.open === 0)
  const second = await all.join()
  second.server.socket.resetAndDestroy()
  await until(() => second.client.how)
  assert.is(second.client.how, 'ECONNRESET')
})

for (const [how, seen] of [
  ['fin', 'fin'],
  ['rst', 'ECONNRESET'],
] as const) {
  test(`cut by ${how}: both sides see it, the next connection is taken`, async () => {
    await using all = await peers()
    const { client, server } = await all.join()
    server.socket.write('x')
    await until(() => client.got.length)
    client.socket.write('on its way')
    assert.is(all.proxy.cut(how), 1)
    await until(() => client.how && server.how)
    assert.equal([client.how, server.how], [seen, seen])
    await until(() => all.proxy.open === 0)
    const next = await all.join()
    next.client.socket.write('y')
    await until(() => next.server.got.length)
  })
}

test('frozen in one direction, in both, thawed without a loss; new connections are held too', async () => {
  await using all = await peers()
  const { client, server } = await all.join()
  all.proxy.freeze('up')
  client.socket.write('held')
  server.socket.write('passes')
  await until(() => client.got.length === 6)
  await sleep(100)
  assert.is(server.got.length, 0)
  all.proxy.freeze()
  const late = await all.join()
  late.client.socket.write('also')
  server.socket.write(' and waits')
  await sleep(100)
  assert.equal([client.got.length, server.got.length, late.server.got.length], [6, 0, 0])
  assert.equal([client.how, server.how], ['', ''])
  all.proxy.thaw()
  await until(() => server.got.length === 4 && client.got.length === 16 && late.server.got.length === 4)
  assert.is(`${server.got} ${client.got}`, 'held passes and waits')
})

test('frozen, the sender is stopped in the end', async () => {
  await using all = await peers()
  const { client, server } = await all.join()
  all.proxy.freeze('up')
  const block = pattern(1_000_000)
  let written = 0
  // Until a block stays in the sender's own buffer: the kernels' are full.
  await until(async () => {
    if (client.socket.writableLength > 0) return written > 0
    client.socket.write(block)
    written += block.length
    await sleep(50)
    return false
  })
  assert.ok(written < 64e6, `${written} bytes were swallowed`)
  all.proxy.thaw()
  await until(() => server.got.length === written)
})

test('throttled: no faster than that, and all of it comes; then at full speed', async () => {
  await using all = await peers()
  const { client, server } = await all.join()
  all.proxy.throttle(100_000, 'down')
  server.socket.write(pattern(50_000))
  const from = performance.now()
  await until(() => client.got.length === 50_000)
  const took = performance.now() - from
  assert.ok(took > 400, `${took} ms`)
  assert.ok(client.got.equals(pattern(50_000)))
  client.socket.write(pattern(100_000))
  await until(() => server.got.length === 100_000)
  all.proxy.throttle(Infinity)
  server.socket.write(pattern(3_000_000))
  await until(() => client.got.length === 3_050_000)
})

test('delayed: in order, and not before its time', async () => {
  await using all = await peers()
  const { client, server } = await all.join()
  all.proxy.delay(300, 'up')
  const from = performance.now()
  client.socket.write('a')
  await sleep(50)
  client.socket.write('b')
  await until(() => server.got.length === 2, { interval: 5 })
  assert.ok(performance.now() - from >= 345, `${performance.now() - from} ms`)
  assert.is(String(server.got), 'ab')
})

test('refuses, keeps what is connected, and accepts again', async () => {
  await using all = await peers()
  const { client, server } = await all.join()
  await all.proxy.refuse()
  const refused = await new Promise(resolve => connect(all.proxy.port, '127.0.0.1').on('error', resolve))
  assert.is((refused as NodeJS.ErrnoException).code, 'ECONNREFUSED')
  client.socket.write('still')
  await until(() => server.got.length === 5)
  await all.proxy.accept()
  await all.join()
  assert.is(all.proxy.accepted, 2)
})

test('redirected, what is connected stays and the next one goes elsewhere', async () => {
  await using all = await peers()
  await using others = await peers()
  const { client, server } = await all.join()
  all.proxy.redirect(others.port)
  const elsewhere = connect(all.proxy.port, '127.0.0.1')
  await until(() => others.ends.length === 1)
  elsewhere.write('there')
  client.socket.write('here')
  await until(() => others.ends[0]!.got.length === 5 && server.got.length === 4)
  elsewhere.destroy()
})

test('with no server behind it a connection is reset', async () => {
  await using proxy = await startTcpProxy(await freePort())
  const error = await new Promise(resolve => connect(proxy.port, '127.0.0.1').on('error', resolve))
  assert.is((error as NodeJS.ErrnoException).code, 'ECONNRESET')
  await until(() => proxy.open === 0)
})

test('RTMP goes through it', async () => {
  const file = await makeFile(tempFile('in.flv'), { size: '320x180', fps: 25, duration: 2 })
  await using server = await startRtmpServer({ kind: 'serve-file', file })
  await using proxy = await startTcpProxy(server.port)
  const { video, audio, packets } = await probe(proxy.url('test'), { seconds: 1 })
  assert.equal([video?.width, audio?.codec_name], [320, 'aac'])
  assert.ok(packets.length > 30)
})

test.run()
