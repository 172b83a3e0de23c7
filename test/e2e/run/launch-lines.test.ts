import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { gst, run, RxGstError } from '../../../src/index'
import { LAUNCH_LINES } from '../../pipelines/launch/lines'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'

/** Long enough for an element that fails to have said so; gst-launch loads its plugins in it too. ms. */
const MOMENT = 1500
/** Looks for hosts elsewhere; or ends GStreamer's own tool with a fault in DirectFB, where there is no screen. */
const LEFT_OUT = /https?:\/\/|192\.168|autovideosink/

/** Text of gst-launch as a graph: a template without values. */
const parse = (line: string) => gst(Object.assign([line], { raw: [line] }) as unknown as TemplateStringsArray)

/** What GStreamer's own tool says of it: null while it runs, or when it came to its end. */
async function launched(line: string, cwd: string, moment = MOMENT): Promise<string | null> {
  const child = spawn('sh', ['-c', `exec gst-launch-1.0 ${line}`], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', chunk => (text += chunk))
  child.stderr.on('data', chunk => (text += chunk))
  const timer = setTimeout(() => child.kill('SIGKILL'), moment)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearTimeout(timer)
  return code === null || code === 0 ? null : text
}

async function ran(line: string, moment = MOMENT): Promise<RxGstError | null> {
  const pipeline = run(parse(line.replace(/\\([()])/g, '$1')), { startTimeout: moment })
  let failed: RxGstError | null = null
  pipeline.bus$.subscribe()
  try {
    await pipeline.start()
    const longest = moment / 7
    for (const from = performance.now(); pipeline.state.phase === 'live' && performance.now() - from < longest; )
      await new Promise(resolve => setTimeout(resolve, 10))
    if (pipeline.state.phase === 'failed') failed = { message: pipeline.state.reason } as RxGstError
  } catch (error) {
    failed = error as RxGstError
  }
  await pipeline.stop()
  return failed
}

/** What stands in the way of a line, by the front or before anything flows. */
async function refusal(line: string): Promise<string> {
  try {
    const error = await ran(line)
    assert.ok(error, `${line} runs`)
    return `${error.code}: ${error.message}`
  } catch (error) {
    assert.ok(error instanceof RxGstError, String(error))
    return `${error.code}: ${error.message}`
  }
}

const test = suite('run: lines of the manual and the documentation')

test(
  'each runs, or is refused with the reason that GStreamer gives',
  async () => {
    const lines = LAUNCH_LINES.filter(({ line, refused }) => refused === undefined && !LEFT_OUT.test(line)).map(
      ({ line }) => line,
    )
    assert.ok(lines.length >= 30, String(lines.length))
    // Lines read and write where they stand: each stands alone.
    const dir = tempDir()
    const place = (name: string): string => {
      mkdirSync(join(dir, name))
      return join(dir, name)
    }
    const theirs: (string | null)[] = []
    let at = 0
    const work = async (): Promise<void> => {
      for (let index = at++; index < lines.length; index = at++)
        theirs[index] = await launched(lines[index]!, place(`theirs-${index}`))
    }
    await Promise.all([work(), work(), work()])
    const wrong: string[] = []
    let runs = 0
    for (const [index, line] of lines.entries()) {
      process.chdir(place(`ours-${index}`))
      let ours = await ran(line)
      if (!ours && theirs[index]) ours = await ran(line, 10 * MOMENT)
      // One that would fail had perhaps no time to say so, on a machine that does other work.
      const text = theirs[index] ?? (ours ? await launched(line, place(`again-${index}`), 10 * MOMENT) : null)
      if (!ours && text === null) runs++
      else if (!ours) wrong.push(`${line}\n  runs here; gst-launch: ${text}`)
      else if (text === null) wrong.push(`${line}\n  ${ours.code}: ${ours.message}; gst-launch runs it`)
      else if (ours.gst && !text.includes(ours.gst.text))
        wrong.push(`${line}\n  ${ours.code}: ${ours.message}; gst-launch: ${text}`)
      else if (!ours.gst && !(ours.code === 'ERR_LINK' && /could not link/.test(text)))
        wrong.push(`${line}\n  ${ours.code}: ${ours.message}; gst-launch: ${text}`)
    }
    assert.equal(wrong, [], wrong.join('\n'))
    const refused = LAUNCH_LINES.filter(({ refused }) => refused !== undefined)
    assert.ok(refused.length >= 6)
    for (const { line, refused: reason } of refused) {
      // The same thing is named as in GStreamer's own message: the element, the property.
      // Without a disc; and where two things are wrong either may be told.
      const ours = await refusal(
        line.replace(/^cdda:\/\/\d/, 'audiotestsrc num-buffers=1').replace('ffdec_h263 ! xvimagesink', 'fakesink'),
      )
      for (const [, named] of reason!.matchAll(/"([^"]+)"/g))
        assert.ok(named === '(null)' || ours.includes(named!), `${line}: ${reason}; ours: ${ours}`)
    }
    assert.ok(runs >= 12, `${runs} run`)
    process.chdir(dir)
  },
  { timeout: 280_000 },
)

test.run()
