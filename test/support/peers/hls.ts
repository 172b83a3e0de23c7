import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exec, start, type Child } from '../child'
import { tempDir } from '../temp'
import { until } from '../until'
import { accepts, freePort } from './ports'

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y']

export interface HlsOptions {
  /** Default 'mpegts'. */
  readonly type?: 'mpegts' | 'fmp4'
  /** Seconds of a segment. Default 1. */
  readonly time?: number
  /** More arguments of ffmpeg's muxer. */
  readonly args?: readonly string[]
  /** Encoders. Default: the packets of the file. */
  readonly codecs?: readonly string[]
}

const muxer = (folder: string, { type = 'mpegts', time = 1, args = [] }: HlsOptions): readonly string[] => [
  ...['-f', 'hls', '-hls_segment_type', type, '-hls_time', String(time), ...args],
  join(folder, 'live.m3u8'),
]

/** The packets of a file as a whole playlist `live.m3u8`. */
export async function makeHls(file: string, options: HlsOptions = {}, folder = tempDir()): Promise<string> {
  const { codecs = ['-c', 'copy'] } = options
  const all = muxer(folder, { ...options, args: ['-hls_list_size', '0', ...(options.args ?? [])] })
  await exec('ffmpeg', [...QUIET, '-i', file, ...codecs, ...all], { timeout: 60_000 })
  return folder
}

/** ffmpeg sends the packets of a file in real time, again and again, and removes what is old. */
export function liveHls(file: string, folder: string, options: HlsOptions = {}): Child {
  const { codecs = ['-c', 'copy'] } = options
  const args = ['-hls_list_size', '5', '-hls_flags', 'delete_segments', ...(options.args ?? [])]
  return start('ffmpeg', [
    ...QUIET,
    ...['-re', '-stream_loop', '-1', '-i', file],
    ...codecs,
    ...muxer(folder, { ...options, args }),
  ])
}

export interface Origin extends AsyncDisposable {
  readonly port: number
  url(path?: string): string
}

/** nginx gives the files of a folder. */
export async function nginxOrigin(folder: string, given?: number): Promise<Origin> {
  const dir = tempDir()
  const port = given ?? (await freePort())
  const file = join(dir, 'nginx.conf')
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `  ${name}_temp_path ${dir}/${name};`)
  writeFileSync(
    file,
    `daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log;
events { worker_connections 64; }
http {
  access_log off;
  gzip on;
  gzip_types *;
  gzip_min_length 1;
${temps.join('\n')}
  server {
    listen 127.0.0.1:${port};
    root ${folder};
  }
}
`,
  )
  const child = start('nginx', ['-c', file, '-p', dir, '-e', join(dir, 'error.log')])
  await until(async () => !child.running || (await accepts(port)), { what: 'nginx' })
  return {
    port,
    url: (path = 'live.m3u8') => `http://127.0.0.1:${port}/${path}`,
    [Symbol.asyncDispose]: async () => void (await child.stop()),
  }
}

/** Answers a request itself, or lets the folder answer: then it returns false. */
export type Lie = (path: string, response: ServerResponse, request: IncomingMessage) => boolean

export interface LyingOrigin extends Origin {
  /** Paths with their queries, as they were asked for. */
  readonly asked: readonly string[]
}

/** A server of the files of a folder that lies where it is told to. */
export async function lyingOrigin(folder: string, lie: Lie = () => false): Promise<LyingOrigin> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    response.on('error', () => {})
    const { url = '/' } = request
    asked.push(url)
    const path = new URL(url, 'http://origin').pathname.slice(1)
    if (lie(path, response, request)) return
    readFile(join(folder, path)).then(
      bytes => response.writeHead(200, { 'content-length': bytes.length }).end(bytes),
      () => response.writeHead(404).end('not found'),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    asked,
    url: (path = 'live.m3u8') => `http://127.0.0.1:${port}/${path}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
