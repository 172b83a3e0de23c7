// The way to a stream: addresses, redirects, logins.
import type { RTMPCaptureOptions } from '../../../src/index'
import { MEDIA_STREAM } from '../../support/peers/rtmp/connection'
import { adobeLogin, llnwLogin } from '../../support/peers/rtmp/logins'
import { startRtmpServer, type RtmpServer } from '../../support/peers/rtmp-server'
import type { Manner } from '../../support/peers/rtmp/behaviour'
import { KEY, no, played, published, served, type Attempt, type Row } from './row'

interface Place {
  readonly app: string
  readonly stream: string
}

const heardAs =
  ({ app, stream }: Place) =>
  (server: RtmpServer): string | null => {
    const it = server.connections.find(({ role }) => role !== null)!
    return it.app === app && it.stream === stream ? null : `${it.app} and ${it.stream}`
  }

const address = (name: string, path: string, place: Place, streamKey?: string): Row => {
  const attempt = {
    url: ({ port }: RtmpServer) => `rtmp://127.0.0.1:${port}${path}`,
    options: streamKey === undefined ? {} : { streamKey },
    heard: heardAs(place),
  }
  return {
    name,
    play: async () => played(await served(), attempt),
    publish: () => published({ kind: 'accept-publish' }, attempt),
  }
}

export const addresses: readonly Row[] = [
  address('one name: application `cam`, stream empty', '/cam', { app: 'cam', stream: '' }),
  address('one name with a query', '/cam?user=ann&pass=x', { app: 'cam?user=ann&pass=x', stream: '' }),
  address('a query in the application', '/live?vhost=x.example/cam', { app: 'live?vhost=x.example', stream: 'cam' }),
  address('a query in the stream, with slashes', '/live/cam?token=a/b', { app: 'live', stream: 'cam?token=a/b' }),
  address('several levels', '/app/one/two/cam', { app: 'app/one', stream: 'two/cam' }),
  address('an explicit border', '/app/one/two/ /cam', { app: 'app/one/two', stream: 'cam' }),
  address('`mp4:` in the stream', '/vod/mp4:a/b.mp4', { app: 'vod', stream: 'mp4:a/b.mp4' }),
  address('a key apart', '/app/one/two', { app: 'app/one/two', stream: KEY }, KEY),
  address('no path, a key apart', '', { app: '', stream: KEY }, KEY),
]

/** Both directions, at a server that has been asked to send its clients on. */
const redirected = (name: string, to: (next: RtmpServer) => string, then: (Place & { back?: true }) | null): Row => {
  const sending = (next: RtmpServer): Manner => ({
    connect: (it, { transaction }) => {
      const code = 'NetConnection.Connect.Rejected'
      if (it.app !== 'live') return 'as usual'
      it.command(0, '_error', transaction, null, { ...no(code), ex: { code: 302, redirect: to(next) } })
      it.end('fin')
    },
  })
  const heard = (next: RtmpServer) => (first: RtmpServer) => then && heardAs(then)(then.back ? first : next)
  return {
    name,
    play: async () => {
      await using next = await startRtmpServer(await served())
      return await played(await served({ manner: sending(next) }), { heard: heard(next) })
    },
    publish: async () => {
      await using next = await startRtmpServer({ kind: 'accept-publish' })
      const url = (first: RtmpServer): string => first.url(KEY)
      const manner = sending(next)
      return await published(
        { kind: 'accept-publish', manner },
        { url, heard: heard(next), arrived: then?.back ? undefined : next },
      )
    },
  }
}

const there = ({ port }: RtmpServer, app = 'live'): string => `rtmp://127.0.0.1:${port}/${app}`

export const redirects: readonly Row[] = [
  redirected('to another port', there, { app: 'live', stream: KEY }),
  redirected('to another port and application', next => there(next, 'other/one'), { app: 'other/one', stream: KEY }),
  redirected('to another application, by its path alone', () => '/other', { app: 'other', stream: KEY, back: true }),
  redirected('to itself, again and again', () => '/live', null),
  redirected('to an address that is none of RTMP', () => 'http://127.0.0.1/live', null),
  redirected('to nothing', () => '', null),
]

const ACCOUNT = { user: 'anna@tv', password: 'a%b&c=d+e' }
const URL_USER = 'anna%40tv:a%25b%26c%3Dd%2Be'

const login = (name: string, manner: () => Manner, user = URL_USER): Row => {
  const attempt: Attempt<Pick<RTMPCaptureOptions, 'connectTimeout'>> = {
    url: ({ port }) => `rtmp://${user}${user && '@'}127.0.0.1:${port}/live/${KEY}`,
  }
  return {
    name,
    play: async () => played(await served({ manner: manner() }), attempt),
    publish: () => published({ kind: 'accept-publish', manner: manner() }, attempt),
  }
}

const WRONG = 'anna%40tv:wrong'
export const logins: readonly Row[] = [
  login('adobe', () => adobeLogin(ACCOUNT)),
  login('adobe without an opaque value', () => adobeLogin(ACCOUNT, { opaque: false })),
  login('adobe, a wrong password', () => adobeLogin(ACCOUNT), WRONG),
  login('adobe, an unknown user', () => adobeLogin(ACCOUNT), 'bob:x'),
  login('adobe, no user in the URL', () => adobeLogin(ACCOUNT), ''),
  login('llnw', () => llnwLogin(ACCOUNT)),
  login('llnw, a wrong password', () => llnwLogin(ACCOUNT), WRONG),
  login('a login that is asked for again and again', () => ({
    connect: (it, { transaction }) => {
      const words = `[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=x&salt=a&challenge=b`
      it.command(0, '_error', transaction, null, no('NetConnection.Connect.Rejected', 'error', words))
      it.end('fin')
    },
  })),
  login('`Publish.Failed` or `Play.Failed`, which speaks of authentication', () => {
    const says = (code: string): Manner[string] => {
      return it => it.command(MEDIA_STREAM, 'onStatus', 0, null, no(code, 'error', 'authentication failed'))
    }
    return { play: says('NetStream.Play.Failed'), publish: says('NetStream.Publish.Failed') }
  }),
]
