// Servers of others that run here: these lines are no likenesses.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { exec, start } from '../../support/child'
import { probe, publishFile } from '../../support/peers/ffmpeg'
import { startNginx, type Nginx } from '../../support/peers/nginx'
import { startNms2, startNms4, type NodeMediaServer } from '../../support/peers/nms'
import { freePort, listens } from '../../support/peers/ports'
import { until } from '../../support/until'
import { media, playedAt, PLAYS, publishedAt, PUBLISHES, type Measure, type Row } from './row'

export const codeOf = (promise: Promise<void>, well: string): Promise<string> =>
  promise.then(
    () => well,
    (error: { code?: string }) => (error.code ? `\`${error.code}\`` : String(error)),
  )

type Started = Nginx | NodeMediaServer

/** What ffmpeg publishes is played, what is published ffprobe finds. */
function relayed(name: string, launch: () => Promise<Started>): Row {
  return {
    name,
    play: async () => {
      await using server = await launch()
      await using publisher = await publishFile(server.url('one'), await media(), { loop: true })
      const said = await codeOf(playedAt(server.url('one')), PLAYS)
      return publisher.running ? said : publisher.errors()
    },
    publish: async () => {
      await using server = await launch()
      const arrived = async (): Promise<boolean> => {
        const { video, packets } = await probe(server.url('one'), { seconds: 0.5, analyze: 2 })
        return video?.codec_name === 'h264' && packets.length > 10
      }
      return await codeOf(publishedAt(server.url('one'), arrived), PUBLISHES)
    },
  }
}

const nginx = (name: string, app: string, stream = 'one'): Row => {
  const at =
    (use: (url: string) => Promise<void>, well: string): Measure =>
    async () => {
      await using server = await startNginx()
      return await codeOf(use(server.url(stream, app)), well)
    }
  return {
    name,
    play: at(playedAt, PLAYS),
    publish: at(url => publishedAt(url, () => false), PUBLISHES),
  }
}

const inUse: Measure = async () => {
  await using server = await startNginx()
  await using publisher = await publishFile(server.url('one'), await media(), { loop: true })
  await server.published('one')
  const said = await codeOf(
    publishedAt(server.url('one'), () => false),
    PUBLISHES,
  )
  return publisher.running ? said : publisher.errors()
}

const ffmpeg: Row = {
  name: 'ffmpeg with `-listen 1`',
  play: async () => {
    const port = await freePort()
    const url = `rtmp://127.0.0.1:${port}/live/one`
    const args = ['-re', '-stream_loop', '-1', '-i', await media(), '-c', 'copy', '-f', 'flv', '-listen', '1', url]
    await using server = start('ffmpeg', ['-nostdin', '-loglevel', 'warning', ...args])
    await until(() => !server.running || listens(port), { what: 'ffmpeg' })
    return await codeOf(playedAt(url), PLAYS)
  },
  publish: async () => {
    const port = await freePort()
    const url = `rtmp://127.0.0.1:${port}/live/one`
    const args = ['-nostdin', '-progress', 'pipe:1', '-stats_period', '0.1', '-listen', '1', '-i', url]
    await using server = start('ffmpeg', [...args, '-c', 'copy', '-f', 'null', '-'])
    await until(() => !server.running || listens(port), { what: 'ffmpeg' })
    return await codeOf(
      publishedAt(url, () => /^frame=[1-9]\d/m.test(server.output())),
      PUBLISHES,
    )
  },
}

const RTMPSRV = '/usr/sbin/rtmpsrv'
const NAMESPACE = ['-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh']
/** It knows one port only, 1935, so it gets a network of its own. */
const mayRun = existsSync(RTMPSRV) && spawnSync('unshare', [...NAMESPACE, 'true']).status === 0

/** What nobody can try on this machine. */
export const missing: readonly string[] = mayRun ? [] : ["librtmp's own server, `rtmpsrv`"]

const rtmpsrv =
  (role: 'play' | 'publish'): Measure =>
  async () => {
    const program = path.resolve(__dirname, 'rtmpsrv-program.js')
    const { stdout } = await exec('unshare', [...NAMESPACE, process.execPath, program, role])
    return stdout.toString().trim()
  }

export const servers: readonly Row[] = [
  relayed('nginx-rtmp', startNginx),
  nginx('nginx-rtmp without such an application', 'nosuch'),
  { ...nginx('nginx-rtmp that denies to play', 'deny_play'), publish: undefined },
  { ...nginx('nginx-rtmp that denies to publish', 'deny_publish'), play: undefined },
  { name: 'nginx-rtmp, the name is in use', publish: inUse },
  relayed('node-media-server 2.7.4', startNms2),
  relayed('node-media-server 2.7.4 with its cache of pictures', () => startNms2({ gopCache: true })),
  relayed('node-media-server 4.4.3', startNms4),
  ffmpeg,
  ...(mayRun ? [{ name: "librtmp's own server, `rtmpsrv`", play: rtmpsrv('play'), publish: rtmpsrv('publish') }] : []),
]
