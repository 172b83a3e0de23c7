// The door to introspection: what comes through it is the running pipeline itself, and it is given back.
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { gi, introspect } from '../../src/gi/index'
import { gst, run, type RunningPipeline, type RxGstError } from '../../src/index'
import { exec } from '../support/child'
import { suite } from '../support/suite'
import { until } from '../support/until'

const test = suite('rxgst/gi', { timeout: 60_000 })

const ENCODING = resolve(__dirname, 'gi-program.js')

/** What a program of its own prints. */
async function program(task: string, ...flags: string[]): Promise<string> {
  const env = { GST_TRACERS: 'leaks' }
  const { stdout } = await exec(process.execPath, [...flags, ENCODING, task], { env, timeout: 50_000 })
  return stdout.toString()
}

function codeOf(action: () => unknown): string {
  try {
    action()
    return 'none'
  } catch (error) {
    return (error as RxGstError).code
  }
}

const graph = gst`videotestsrc name=src is-live=true ! tee name=t
  t. ! queue ! fakesink name=one  t. ! queue ! fakesink name=two`

test('gi() is GStreamer, begun; gi(name, version) another namespace, or what to install', () => {
  assert.match(gi().versionString(), /^GStreamer 1\./)
  assert.ok(gi().ElementFactory.find('fakesink'), 'it has begun')
  assert.is(gi('GLib', '2.0').markupEscapeText('<', -1), '&lt;')
  for (const [name, version, debian] of [
    ['GstNet', '9.0', 'gir1.2-gstreamer-1.0'],
    ['GstNothing', '1.0', 'gir1.2-gst-plugins-bad-1.0'],
    ['Nothing', '3.0', 'gir1.2-nothing-3.0'],
  ] as const) {
    try {
      gi(name, version)
      assert.unreachable(name)
    } catch (error) {
      const { code, message } = error as RxGstError
      assert.is(code, 'ERR_MISSING_TYPELIB')
      assert.match(message, `${name}-${version} is missing: install the Debian package ${debian}`)
    }
  }
})

test('introspect() gives the pipeline that runs: elements, pads, properties, methods', async () => {
  await using running = run(graph)
  await running.start()
  const pipeline = introspect(running)
  const src = pipeline.getByName('src')!
  assert.is(src.getName(), 'src')
  assert.is(pipeline.getByName('nothing'), null)
  // One and the same object, seen from both sides.
  src.setProperty('pattern', 18)
  assert.is(running.get('src', 'pattern'), 'ball')
  running.set('src', { pattern: 'snow' })
  assert.is(src.getProperty('pattern'), 1)
  assert.is(pipeline.getByName('t')!.getStaticPad('sink')!.getPeer()!.getName(), 'src')
  assert.is(introspect(running), pipeline)
  const { name, version } = { name: pipeline.getName(), version: gi().version()[0] }
  assert.equal([name.startsWith('rxgst'), version], [true, 1])
})

test('a pipeline that has not started is made by it', async () => {
  await using running = run(graph)
  introspect(running).getByName('src')!.setProperty('num-buffers', 3)
  await running.start()
  await until(() => running.state.phase === 'stopped', { what: 'three pictures to be all' })
})

test('handlers are called for signals that the JavaScript thread itself causes', async () => {
  await using running = run(graph)
  const called: unknown[] = []
  introspect(running)
    .getByName('src')!
    .on('notify::pattern', () => called.push('pattern'))
  introspect(running).getByName('src')!.setProperty('pattern', 5)
  assert.equal(called, ['pattern'])
})

test('what is no pipeline, and what has stopped, is told', async () => {
  for (const value of [null, {}, graph, 7]) {
    assert.is(
      codeOf(() => introspect(value as unknown as RunningPipeline)),
      'ERR_OPTION',
    )
  }
  const running = run(graph)
  await running.start()
  await running.stop()
  assert.is(
    codeOf(() => introspect(running)),
    'ERR_NOT_RUNNING',
  )
  const ended = run(gst`fakesrc num-buffers=1 ! fakesink`)
  await ended.start()
  await until(() => ended.state.phase === 'stopped', { what: 'the end' })
  assert.is(
    codeOf(() => introspect(ended)),
    'ERR_NOT_RUNNING',
  )
})

test('nothing of it is left when the program has let go of it', async () => {
  assert.is(await program('leaks', '--expose-gc'), 'pipelines 0, descriptors 0 more\n')
})

test('rxgst alone loads no node-gtk; with it a second thread is told, and does all else', async () => {
  assert.is(await program('alone'), 'live, no node-gtk\n')
  assert.is(await program('threads'), 'main 1\nworker live\nworker ERR_OTHER_THREAD\n')
})

test.run()
