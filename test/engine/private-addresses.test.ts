import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import * as assert from 'uvu/assert'
import { Capture, Output, refusePrivateAddresses, Relay, RxGstError } from '../../src/index'
import { startRtmpServer } from '../support/peers/rtmp-server'
import { suite } from '../support/suite'

// A process that takes addresses from others, where private ones are refused: what counts is whether anybody came.
const test = suite('private addresses', { timeout: 60_000 })

test.before.each(() => refusePrivateAddresses(true))
test.after(() => refusePrivateAddresses(false))

/** Counts who comes, by TCP on all loopback addresses, or by UDP. */
async function door(kind: 'tcp' | 'udp' = 'tcp', answer: (socket: Socket) => void = () => {}) {
  let visits = 0
  if (kind === 'udp') {
    const socket = createSocket('udp4').on('message', () => void visits++)
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const dispose = async (): Promise<void> => void socket.close()
    return { port: socket.address().port, visits: () => visits, [Symbol.asyncDispose]: dispose }
  }
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    visits++
    sockets.add(socket.on('error', () => {}))
    answer(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const dispose = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  return { port: (server.address() as AddressInfo).port, visits: () => visits, [Symbol.asyncDispose]: dispose }
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it came in',
    (error: unknown) => (error instanceof RxGstError ? error.code : String(error)),
  )

const OPTIONS = { reconnect: false, connectTimeout: 4000 } as const

async function captured(url: string): Promise<string> {
  const capture = new Capture(url, OPTIONS)
  const code = await codeOf(capture.start())
  await capture.stop()
  return code
}

for (const host of ['localhost', '127.0.0.1', '127.1', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]']) {
  test(`no capture comes to ${host}`, async () => {
    await using tcp = await door()
    await using udp = await door('udp')
    // GLib takes some spellings for no name at all.
    assert.match(await captured(`rtmp://${host}:${tcp.port}/live/x`), /^ERR_(ADDRESS_REFUSED|HOST_NOT_FOUND)$/)
    assert.is(await captured(`rtsp://${host}:${tcp.port}/x`), 'ERR_ADDRESS_REFUSED')
    assert.is(await captured(`http://${host}:${tcp.port}/x.m3u8`), 'ERR_ADDRESS_REFUSED')
    assert.is(await captured(`srt://${host}:${udp.port}`), 'ERR_ADDRESS_REFUSED')
    assert.is(tcp.visits() + udp.visits(), 0)
  })
}

test('no capture comes there by TLS, by another transport, or by UDP of RTSP', async () => {
  await using tcp = await door()
  assert.is(await captured(`rtmps://localhost:${tcp.port}/live/x`), 'ERR_ADDRESS_REFUSED')
  assert.is(await captured(`rtsps://localhost:${tcp.port}/x`), 'ERR_ADDRESS_REFUSED')
  assert.is(await captured(`https://localhost:${tcp.port}/x.m3u8`), 'ERR_ADDRESS_REFUSED')
  for (const transport of ['rtmp2', 'librtmp'] as const) {
    const capture = new Capture(`rtmp://localhost:${tcp.port}/live/x`, { ...OPTIONS, transport })
    assert.is.not(await codeOf(capture.start()), 'it came in')
    await capture.stop()
  }
  // UDP is refused before anybody looks for the host.
  const udp = new Capture('rtsp://camera.invalid/x', { ...OPTIONS, rtspTransport: 'udp' })
  assert.is(await codeOf(udp.start()), 'ERR_ADDRESS_REFUSED')
  await udp.stop()
  assert.is(tcp.visits(), 0)
})

test('an address that is excepted is open, and no name that leads to it', async () => {
  await using server = await startRtmpServer({ kind: 'play-then-nothing' })
  const { port } = new URL(server.url())
  refusePrivateAddresses(true, { except: [`127.0.0.1:${port}`] })
  assert.is.not(await captured(server.url()), 'ERR_ADDRESS_REFUSED')
  assert.is(server.connections.length, 1)
  assert.is(await captured(server.url().replace('127.0.0.1', 'localhost')), 'ERR_ADDRESS_REFUSED')
  assert.is(server.connections.length, 1)
  refusePrivateAddresses(false)
  assert.is.not(await captured(server.url().replace('127.0.0.1', 'localhost')), 'ERR_ADDRESS_REFUSED')
  assert.is(server.connections.length, 2)
})

test('a server sends nobody there', async () => {
  await using inner = await startRtmpServer({ kind: 'play-then-nothing' })
  for (const to of [inner.url('x').replace(/\/x$/, ''), inner.url('x').replace('127.0.0.1', 'localhost')]) {
    await using first = await startRtmpServer({ kind: 'redirect', to })
    const places = [first, inner].map(({ url }) => `127.0.0.1:${new URL(url()).port}`)
    // Excepted is what the program itself names.
    refusePrivateAddresses(true, { except: places })
    assert.is(await captured(first.url()), 'ERR_ADDRESS_REFUSED')
    assert.is(first.connections.length, 1)
  }
  assert.is(inner.connections.length, 0)
})

test('a server of RTSP sends nobody there, by whatever spelling', async () => {
  await using inner = await door()
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
    let redirects = 0
    await using first = await door('tcp', socket =>
      socket.on('data', bytes => {
        redirects++
        const number = /cseq: *(\d+)/i.exec(bytes.toString('latin1'))?.[1] ?? '0'
        const to = `rtsp://${host}:${inner.port}/x`
        socket.write(`RTSP/1.0 302 Found\r\nCSeq: ${number}\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`)
      }),
    )
    refusePrivateAddresses(true, { except: [`127.0.0.1:${first.port}`] })
    assert.is.not(await captured(`rtsp://127.0.0.1:${first.port}/x`), 'it came in')
    assert.ok(redirects > 0)
  }
  assert.is(inner.visits(), 0)
})

/** Answers the request for each of the methods, and SETUP with `transport`. */
function camera(transport: string, setups: () => void) {
  const sdp = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'
  const body = `${sdp}a=fmtp:96 packetization-mode=1\r\na=control:one\r\n`
  return (socket: Socket): void => {
    let request = ''
    socket.on('data', bytes => {
      request += bytes.toString('latin1')
      for (let end = request.indexOf('\r\n\r\n'); end >= 0; end = request.indexOf('\r\n\r\n')) {
        const head = request.slice(0, end)
        request = request.slice(end + 4)
        const method = /^\w+/.exec(head)?.[0]
        if (method === 'SETUP') setups()
        const more =
          method === 'DESCRIBE'
            ? `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`
            : `${method === 'SETUP' ? `Transport: ${transport}\r\n` : ''}Public: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n`
        const number = /cseq: *(\d+)/i.exec(head)?.[1] ?? '0'
        socket.write(`RTSP/1.0 200 OK\r\nCSeq: ${number}\r\nSession: 1\r\n${more}`)
      }
    })
  }
}

test('a server of RTSP that was asked for TCP has no packets sent, and no group joined', async () => {
  await using udp = await door('udp')
  for (const transport of [
    `RTP/AVP;unicast;source=127.0.0.1;server_port=${udp.port}-${udp.port};client_port=40000-40001`,
    'RTP/AVP;multicast;destination=239.255.7.7;port=40000-40001;ttl=0',
  ]) {
    let setups = 0
    await using server = await door(
      'tcp',
      camera(transport, () => setups++),
    )
    refusePrivateAddresses(true, { except: [`127.0.0.1:${server.port}`] })
    assert.is(await captured(`rtsp://127.0.0.1:${server.port}/x`), 'ERR_ADDRESS_REFUSED', transport)
    assert.is(setups, 1)
  }
  assert.is(udp.visits(), 0)
})

test('no target is there, of an output or of a relay', async () => {
  await using tcp = await door()
  await using udp = await door('udp')
  const places = [`rtmp://localhost:${tcp.port}/live/x`, `srt://localhost:${udp.port}`]
  for (const place of places) {
    const output = new Output(place, { ...OPTIONS, width: 64, height: 48, fps: 10, fill: 'repeat' })
    const failed = codeOf(output.start())
    await output.writeFrame(new Uint8Array(64 * 48 * 3)).catch(() => {})
    assert.is(await failed, 'ERR_ADDRESS_REFUSED', place)
    await output.stop()
  }
  await using source = await startRtmpServer({ kind: 'play-then-nothing' })
  refusePrivateAddresses(true, { except: [`127.0.0.1:${new URL(source.url()).port}`] })
  const relay = new Relay(`rtmp://localhost:${tcp.port}/live/y`, places, OPTIONS)
  assert.is(await codeOf(relay.start()), 'ERR_ADDRESS_REFUSED')
  await relay.stop()
  assert.is(tcp.visits() + udp.visits(), 0)
})

test('options that are none', () => {
  for (const [refuse, except] of [
    ['yes', []],
    [true, 'all'],
    [true, ['host']],
    [true, [7]],
  ] as const)
    assert.throws(
      () => refusePrivateAddresses(refuse as never, { except: except as never }),
      (error: RxGstError) => error.code === 'ERR_OPTION',
    )
})

test.run()
