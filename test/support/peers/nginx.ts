import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { start, type Child, type Exit } from '../child'
import { accepts, freePort } from './ports'
import { tempDir } from '../temp'
import { until } from '../until'

export interface NginxOptions {
  /** Port, to start a server where another one was. */
  port?: number
  /** Directives for the application 'live', such as 'drop_idle_publisher 2s;'. */
  live?: string
  /** More applications: name → directives. */
  applications?: Record<string, string>
}

export interface StreamStat {
  app: string
  name: string
  publishing: boolean
  /** All of its connections, the publisher's too. */
  clients: number
  bytesIn: number
  bytesOut: number
}

export interface Nginx extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  readonly running: boolean
  /** rtmp://127.0.0.1:port/app/stream; `app` is 'live' unless given. */
  url(stream: string, app?: string): string
  /** Its streams, from its statistics page. */
  stat(): Promise<StreamStat[]>
  /** Resolves when this stream is published. */
  published(stream: string, app?: string): Promise<StreamStat>
  /** Cuts connections of a stream on the server's side; resolves with how many. */
  drop(who: 'publisher' | 'subscriber' | 'client', stream: string, app?: string): Promise<number>
  /** SIGKILL: all connections end at once. SIGSTOP: frozen, connections stay. SIGCONT: goes on. */
  kill(signal?: NodeJS.Signals): boolean
  stop(): Promise<Exit>
  /** On the same ports again, after stop() or kill('SIGKILL'). */
  restart(): Promise<void>
  errors(): string
}

/**
 * nginx with its RTMP module, as Debian packages it, on free ports and with every file in a temporary folder: the
 * machine's own nginx and its configuration are not involved. Applications: `live`; `deny_play` and `deny_publish`,
 * which refuse; `idle`, which drops a publisher that is silent for 2 s. One process, so that a signal hits it all.
 */
export async function startNginx(options: NginxOptions = {}): Promise<Nginx> {
  const dir = tempDir()
  const port = options.port ?? (await freePort())
  const httpPort = await freePort()
  const file = join(dir, 'nginx.conf')
  const log = join(dir, 'error.log')
  writeFileSync(file, config(dir, port, httpPort, options))

  let child: Child
  const launch = async () => {
    child = start('nginx', ['-c', file, '-p', dir, '-e', log])
    await until(async () => !child.running || ((await accepts(port)) && (await accepts(httpPort))), { what: 'nginx' })
    if (!child.running) throw new Error(`nginx did not start\n${child.output()}`)
  }
  await launch()

  const http = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, { headers: { connection: 'close' } })
    if (!response.ok) throw new Error(`nginx ${path}: ${response.status}`)
    return response.text()
  }
  const stat = async () => parseStat(await http('/stat'))

  return {
    port,
    get pid() {
      return child.pid
    },
    get running() {
      return child.running
    },
    url: (stream, app = 'live') => `rtmp://127.0.0.1:${port}/${app}/${stream}`,
    stat,
    published: (stream, app = 'live') =>
      until(async () => (await stat()).find(one => one.app === app && one.name === stream && one.publishing), {
        what: `a publisher of ${app}/${stream} on nginx`,
        interval: 50,
      }),
    drop: async (who, stream, app = 'live') => Number(await http(`/control/drop/${who}?app=${app}&name=${stream}`)),
    kill: (signal = 'SIGKILL') => child.kill(signal),
    stop: () => child.stop(),
    // The old one may still be dying: it would answer in place of the new one.
    restart: async () => {
      await child.exited
      await launch()
    },
    errors: () => readFileSync(log, 'utf8'),
    [Symbol.asyncDispose]: async () => void (await child.stop()),
  }
}

function config(dir: string, port: number, httpPort: number, { live = '', applications = {} }: NginxOptions): string {
  const apps = {
    live,
    deny_play: 'deny play all;',
    deny_publish: 'deny publish all;',
    idle: 'drop_idle_publisher 2s;',
    ...applications,
  }
  const blocks = Object.entries(apps).map(([name, text]) => `    application ${name} { live on; ${text} }`)
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `  ${name}_temp_path ${dir}/${name};`)
  return `load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
master_process off;
worker_processes 1;
pid ${dir}/nginx.pid;
error_log ${dir}/error.log info;
events { worker_connections 512; }
rtmp {
  server {
    listen 127.0.0.1:${port};
${blocks.join('\n')}
  }
}
http {
  access_log off;
${temps.join('\n')}
  server {
    listen 127.0.0.1:${httpPort};
    location /stat { rtmp_stat all; }
    location /control { rtmp_control all; }
  }
}
`
}

function parseStat(xml: string): StreamStat[] {
  const blocks = (text: string, tag: string) =>
    [...text.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))].map(match => match[1]!)
  const value = (text: string, tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1] ?? ''
  return blocks(xml, 'application').flatMap(app =>
    blocks(app, 'stream').map(stream => {
      // The numbers inside <client> are the clients' own.
      const own = stream.replace(/<client>[^]*?<\/client>/g, '')
      return {
        app: value(app, 'name'),
        name: value(own, 'name'),
        publishing: own.includes('<publishing/>'),
        clients: Number(value(own, 'nclients')),
        bytesIn: Number(value(own, 'bytes_in')),
        bytesOut: Number(value(own, 'bytes_out')),
      }
    }),
  )
}
