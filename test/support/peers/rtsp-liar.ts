import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * What a server does that only looks like one of RTSP. 'noise': bytes of no protocol; 'silent': nothing; 'endless': a
 * head that never ends; 'hangs-up': goes away when it is asked for the session; 'no-session': a session that is none;
 * 'noise-media': a session of H.264 whose packets are noise.
 */
export type Lie = 'noise' | 'silent' | 'endless' | 'hangs-up' | 'no-session' | 'noise-media'

export interface Liar extends AsyncDisposable {
  readonly url: string
  /** Connections that came. */
  readonly connections: number
}

const SESSION = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=camera',
  't=0 0',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LAH9oBQBboQAAAAwBAAAAMo8YMqA==,aM48gA==',
  'a=control:track1',
  '',
].join('\r\n')

export async function startLiar(lie: Lie): Promise<Liar> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createServer(socket => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    if (lie === 'noise') socket.write(randomBytes(4096))
    if (lie === 'endless') return flood(socket, () => Buffer.alloc(65_536, 'a'))
    if (lie === 'silent') return
    let asked = ''
    socket.on('data', bytes => {
      asked += bytes.toString('latin1')
      for (let end = asked.indexOf('\r\n\r\n'); end >= 0; end = asked.indexOf('\r\n\r\n')) {
        answer(socket, asked.slice(0, end), lie)
        asked = asked.slice(end + 4)
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/camera`,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function answer(socket: Socket, request: string, lie: Lie): void {
  const [method = ''] = request.split(' ', 1)
  const number = /cseq: *(\d+)/i.exec(request)?.[1] ?? '0'
  const say = (head: readonly string[], body = ''): void =>
    void socket.write(
      [`RTSP/1.0 200 OK`, `CSeq: ${number}`, ...head, `Content-Length: ${body.length}`, '', body].join('\r\n'),
    )
  if (lie === 'noise') return void socket.write(randomBytes(4096))
  if (method === 'DESCRIBE' && lie === 'hangs-up') return void socket.destroy()
  if (method === 'DESCRIBE') return say(['Content-Type: application/sdp'], lie === 'no-session' ? 'nothing' : SESSION)
  if (method === 'SETUP') return say(['Session: 1;timeout=60', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'])
  if (method === 'PLAY') {
    say(['Session: 1'])
    let sequence = 0
    return flood(socket, () => {
      const payload = randomBytes(900)
      const head = Buffer.alloc(16)
      head.write('$', 0, 'latin1')
      head.writeUInt16BE(12 + payload.length, 2)
      head.writeUInt16BE(0x80e0, 4)
      head.writeUInt16BE(sequence++ & 0xffff, 6)
      head.writeUInt32BE(sequence * 3600, 8)
      return Buffer.concat([head, payload])
    })
  }
  say(['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN', 'Session: 1'])
}

/** Writes as much as the other side takes, some megabytes a second. */
function flood(socket: Socket, next: () => Buffer): void {
  const timer = setInterval(() => {
    for (let i = 0; i < 20 && socket.writableLength < 1 << 20; i++) socket.write(next())
  }, 10)
  socket.on('close', () => clearInterval(timer))
}
