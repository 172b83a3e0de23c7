// suite: deep
// examples/failover.ts as its reader runs it: the first stream goes, freezes or turns black, the backup is on air, the
// first comes back; and whoever watches the output sees pictures all the time.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { fileOf, isPicture } from '../chaos/viewer'
import { assertConstantRate, tagsOf } from '../e2e/lib/sent'
import { exec, start } from '../support/child'
import { makeFile } from '../support/peers/ffmpeg'
import { parseFlv, startRtmpServer, type FlvTag } from '../support/peers/rtmp-server'
import { suite } from '../support/suite'
import { tempDir } from '../support/temp'
import { until } from '../support/until'

const test = suite('examples/failover', { timeout: 120_000 })

/** Mean red and blue of the picture, five times a second: noise keeps it from being still. */
async function colours(file: string): Promise<string[]> {
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-i',
    file,
    '-map',
    '0:v:0',
    '-vf',
    'fps=5,scale=1:1:flags=area,format=rgb24',
    '-f',
    'rawvideo',
    'pipe:1',
  ]
  const { stdout } = await exec('ffmpeg', args, { timeout: 60_000 })
  return Array.from({ length: stdout.length / 3 }, (_, i) =>
    stdout[3 * i]! > stdout[3 * i + 2]! + 40 ? 'first' : stdout[3 * i + 2]! > stdout[3 * i]! + 40 ? 'backup' : 'other',
  )
}

type Edit = (tag: FlvTag) => FlvTag[]

/** What a publisher's pictures may become, made of a clip of its own and a black one in the same format. */
const WAYS: Record<string, (own: readonly FlvTag[], black: readonly FlvTag[]) => Edit> = {
  gone: () => () => [],
  // One keyframe for every picture: they come, and all look the same.
  frozen: own => tag => (isPicture(tag) ? [{ ...tag, data: own.find(one => isPicture(one))!.data }] : [tag]),
  // It moves, too little to see.
  black: (_, black) => {
    const pictures = black.filter(isPicture)
    let at = 0
    return tag => (isPicture(tag) ? [{ ...tag, data: pictures[at++ % pictures.length]!.data }] : [tag])
  },
}

for (const [way, editOf] of Object.entries(WAYS))
  test(`the backup is on air while the first is ${way}, without a gap`, async () => {
    const clip = (colour: string) =>
      makeFile(join(tempDir(), 'clip.flv'), {
        duration: 4,
        size: '320x180',
        fps: 25,
        gop: 25,
        pattern: `noisy-${colour}`,
      })
    const [red, blue, dark] = [await clip('firebrick'), await clip('royalblue'), await clip('black')]
    const bad = editOf(parseFlv(readFileSync(red)), parseFlv(readFileSync(dark)))
    const good: Edit = tag => [tag]
    let edit = good
    await using first = await startRtmpServer({ kind: 'serve-file', file: red, loop: true, edit: tag => edit(tag) })
    await using backup = await startRtmpServer({ kind: 'serve-file', file: blue, loop: true })
    await using programme = await startRtmpServer({ kind: 'accept-publish' })
    const args = [join(__dirname, '../../examples/failover.js'), first.url('a'), backup.url('b'), programme.url('out')]
    await using child = start(process.execPath, args, { env: { FAILOVER_AFTER: '1000' } })
    const said = (times: number, text: string) =>
      until(() => !child.running || child.output().split(text).length > times, {
        timeout: 60_000,
        what: () => child.output(),
      })

    await said(1, 'on air: first')
    await until(() => programme.connections[0]!.tags.length > 150, { timeout: 30_000 })
    edit = bad
    await said(1, 'on air: backup')
    edit = good
    await said(2, 'on air: first')
    const before = programme.connections[0]!.tags.length
    await until(() => programme.connections[0]!.tags.length > before + 150, { timeout: 30_000 })

    child.kill('SIGINT')
    const { code, signal } = await child.exited
    assert.is(code ?? signal, 0, child.output())
    assert.is(child.errors(), '')
    assert.is(programme.connections.length, 1)
    assertConstantRate(tagsOf(programme.connections[0]!).video, 30)
    const seen = await colours(fileOf(programme.connections[0]!.tags))
    const order = seen.filter(
      (name, i) => name !== 'other' && seen.slice(0, i).findLast(one => one !== 'other') !== name,
    )
    // A busy machine may hold the first one up once more; then it comes back once more.
    assert.equal(order.slice(0, 3), ['first', 'backup', 'first'], seen.join())
    assert.equal([order.at(-1), [...new Set(order)].sort()], ['first', ['backup', 'first']], seen.join())
  })

test.run()
