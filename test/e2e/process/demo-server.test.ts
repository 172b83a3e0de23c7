// suite: deep
//
// The server that `npm start` shows: its page, its channels, its end.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { start } from '../../support/child'
import { decodeFrames } from '../../support/peers/ffmpeg'
import { freePort } from '../../support/peers/ports'
import { suite } from '../../support/suite'
import { tempFile } from '../../support/temp'
import { until } from '../../support/until'

const test = suite('the server of the demo', { timeout: 120_000 })

const script = join(__dirname, '../../../../scripts/start.mjs')
const PATIENCE_MS = 60_000

interface Channel {
  id: string
  status: { phase: string; inputs: { url: string; onAir: boolean }[] }
  process: { pid: number } | null
}

test('shows both streams as channels with pictures; Ctrl-C leaves no process', async () => {
  const port = await freePort()
  await using demo = start(process.execPath, [script, '--port', String(port), '--size', '640x360'])
  const link = await until(() => /http:\/\/127\.0\.0\.1:\d+\/login\?token=\S+/.exec(demo.errors())?.[0], {
    timeout: PATIENCE_MS,
    what: () => `the link in ${demo.output()}`,
  })
  const login = await fetch(link, { redirect: 'manual' })
  const cookie = login.headers.get('set-cookie')!.split(';')[0]!
  const get = (path: string): Promise<Response> =>
    fetch(new URL(`/api/v1/${path}`, link), {
      headers: { cookie, accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })

  let channels: Channel[] = []
  const isLive = (id: string): boolean => channels.find(one => one.id === id)?.status.phase === 'live'
  await until(
    async () => {
      channels = (await (await get('channels')).json()) as Channel[]
      return isLive('programme') && isLive('relay')
    },
    { timeout: PATIENCE_MS, interval: 200, what: () => JSON.stringify(channels.map(({ id, status }) => [id, status])) },
  )
  for (const id of ['programme', 'relay']) {
    const picture = await until(
      async () => {
        const response = await get(`channels/${id}/thumbnail.jpg`)
        const bytes = Buffer.from(await response.arrayBuffer())
        return response.ok ? bytes : null
      },
      { timeout: PATIENCE_MS, interval: 500, what: `a picture of ${id}` },
    )
    const file = tempFile(`${id}.jpg`)
    writeFileSync(file, picture)
    const [frame] = await decodeFrames(file, 'rgb24', { frames: 1 })
    const { width, height, data } = frame!
    assert.ok(Math.abs(width / height - 16 / 9) < 0.05, `${width} × ${height}`)
    assert.ok(new Set(data).size > 50, 'it shows something')
  }

  const { events } = (await (await get('events?after=0')).json()) as { events: { message: string }[] }
  const told = events.map(({ message }) => message)
  assert.ok(told.includes('programme: live') && told.includes('relay: live'), told.join('\n'))
  assert.not.match(told.join('\n'), /\*\*\*/, 'the names of its own streams are no secrets')

  const pids = channels.flatMap(({ process }) => process?.pid ?? [])
  assert.is(pids.length, 2, 'each in a process of its own')
  demo.kill('SIGINT')
  assert.is((await demo.exited).code, 0, demo.output())
  await until(() => pids.every(hasEnded), { what: () => `the end of ${pids.join(', ')}` })
  await fetch(link).then(
    () => assert.unreachable('the server answers still'),
    () => {},
  )
})

test.run()

/** Also one that nobody has waited for. */
function hasEnded(pid: number): boolean {
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || /\) Z/.test(readFileSync(stat, 'utf8'))
}
