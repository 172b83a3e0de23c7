import type { Nginx } from '../../support/peers/nginx'
import { freePort } from '../../support/peers/ports'
import { startRtmpServer, type Behaviour } from '../../support/peers/rtmp-server'

export interface Place extends AsyncDisposable {
  url: string
}

/** A stream that cannot be captured. */
export interface BadPeer {
  name: string
  /** Its URL; called for each use. */
  at: (nginx: Nginx, stream: string) => Promise<Place>
  /** Error codes with which start() may reject; more than one where each is right. */
  codes: readonly string[]
  /** Whether only connectTimeout shows that no media comes. */
  silent?: boolean
  /** What rxrtmp's error says of it. */
  says?: RegExp
}

const place = (url: string, done: () => Promise<unknown> = async () => {}): Place => ({
  url,
  [Symbol.asyncDispose]: async () => void (await done()),
})
const lying = (behaviour: Behaviour) => async (_: Nginx, stream: string) => {
  const server = await startRtmpServer(behaviour)
  return place(server.url(stream), server.stop)
}

const TIMEOUT = ['ERR_CONNECT_TIMEOUT']
const NO_RTMP = ['ERR_HANDSHAKE', 'ERR_BAD_STREAM']
const NO_MEDIA = ['ERR_BAD_STREAM', 'ERR_UNSUPPORTED_MEDIA', 'ERR_DECODE']

export const BAD_PEERS: readonly BadPeer[] = [
  {
    name: 'a port that refuses',
    at: async (_, stream) => place(`rtmp://127.0.0.1:${await freePort()}/live/${stream}`),
    codes: ['ERR_CONNECTION_REFUSED'],
  },
  {
    name: 'a host that does not exist',
    at: async (_, stream) => place(`rtmp://nowhere.invalid/live/${stream}`),
    codes: ['ERR_HOST_NOT_FOUND'],
  },
  {
    name: 'a server that accepts and says nothing',
    at: lying({ kind: 'accept-silent' }),
    codes: TIMEOUT,
    silent: true,
    says: /handshake/,
  },
  {
    name: 'half a handshake',
    at: lying({ kind: 'half-handshake' }),
    codes: TIMEOUT,
    silent: true,
    says: /handshake/,
  },
  {
    name: 'a handshake, then nothing',
    at: lying({ kind: 'handshake-silent' }),
    codes: TIMEOUT,
    silent: true,
    says: /connect\)/,
  },
  { name: 'garbage at once', at: lying({ kind: 'garbage' }), codes: NO_RTMP },
  { name: 'garbage after the handshake', at: lying({ kind: 'garbage', after: 'handshake' }), codes: NO_RTMP },
  { name: 'a rejected connect', at: lying({ kind: 'reject-connect' }), codes: ['ERR_CONNECT_REJECTED'] },
  { name: 'a stream that is not found', at: lying({ kind: 'reject-play' }), codes: ['ERR_PLAY_REJECTED'] },
  {
    name: 'a play that fails',
    at: lying({ kind: 'reject-play', code: 'NetStream.Play.Failed' }),
    codes: ['ERR_PLAY_REJECTED'],
  },
  {
    name: 'a play that starts, then nothing',
    at: lying({ kind: 'play-then-nothing' }),
    codes: TIMEOUT,
    silent: true,
    says: /nobody publishes/,
  },
  { name: 'media of random bytes', at: lying({ kind: 'play-garbage-media' }), codes: NO_MEDIA },
  {
    name: 'a broken decoder configuration',
    at: lying({ kind: 'play-garbage-media', what: 'avc-header' }),
    codes: NO_MEDIA,
  },
  {
    name: 'nginx without such an application',
    at: async (nginx, stream) => place(nginx.url(stream, 'nosuch')),
    codes: ['ERR_CONNECT_REJECTED'],
  },
  {
    // It closes the connection without an answer.
    name: 'nginx that denies to play',
    at: async (nginx, stream) => place(nginx.url(stream, 'deny_play')),
    codes: ['ERR_PLAY_REJECTED', 'ERR_CONNECTION_LOST', 'ERR_STREAM_ENDED'],
  },
  {
    name: 'a stream that never comes',
    at: async (nginx, stream) => place(nginx.url(stream)),
    codes: TIMEOUT,
    silent: true,
  },
]
