import * as assert from 'uvu/assert'
import { native } from '../../../src/addon/binding'
import { systemClock } from '../../../src/core/clock'
import { SILENT_LOGGER } from '../../../src/core/transport-options'
import { parseRtmpUrl } from '../../../src/core/url'
import { prepare } from '../../../src/engine/prepare'
import { Runner } from '../../../src/engine/runner'
import { NO_DECODER } from '../../../src/live/capture/stream-info'
import { IngestProbes, type IngestProbesOptions } from '../../../src/live/capture/ingest-probes'
import { NO_STATS } from '../../../src/live/capture/ingest-stats'
import { resolveCaptureOptions } from '../../../src/live/options'
import { CAPTURE, capturePipeline } from '../../../src/pipelines/capture'
import { suite } from '../../support/suite'

const test = suite('probes of a connection')

const graph = capturePipeline({
  url: parseRtmpUrl('rtmp://127.0.0.1/live/x'),
  transport: 'rtmp2',
  timeout: 5,
  decoder: 'avdec_h264',
  throughput: false,
  cores: 2,
  audioSampleRate: null,
  audioChannels: null,
})

async function newRunner(): Promise<Runner> {
  await prepare(graph)
  return new Runner(graph, {
    secrets: [],
    clock: systemClock,
    logger: SILENT_LOGGER,
    wasLive: () => false,
    onError() {},
    onEos() {},
  })
}

const setup = (): IngestProbesOptions => ({
  options: resolveCaptureOptions({ fps: 10 }),
  input: { transport: 'rtmp2', tracks: null },
  isHardware: false,
  pictures: { parsers: [], decoders: [] },
  account: new (native().FrameAccount)(1 << 20),
  meters: undefined,
  events: { onChange() {} },
  onData() {},
})

test('before data flows nothing is there, and audio is expected', async () => {
  const runner = await newRunner()
  const probes = new IngestProbes(runner, new (native().Timeline)(), setup())
  probes.setDemand({ pictures: true, audio: false })
  assert.equal(probes.stats(), NO_STATS)
  assert.equal([probes.ready, probes.hasPicture, probes.hasAudio, probes.endedAlone], [false, false, false, false])
  assert.ok(probes.audioExpected)
  assert.equal(
    probes.info(() => NO_DECODER),
    { video: null, audio: null },
  )
  probes.close()
  assert.equal(probes.stats(), NO_STATS)
  await runner.stop()
})

// The wake-up of a tap keeps the process alive until it is closed: this file would not end.
test('a part that cannot be made detaches the others', async () => {
  const runner = await newRunner()
  const element = runner.element.bind(runner)
  runner.element = name => {
    if (name === CAPTURE.audioInput) throw new Error('no such element')
    return element(name)
  }
  assert.throws(() => new IngestProbes(runner, new (native().Timeline)(), setup()), 'no such element')
  runner.element = element
  // Their places are free again.
  const probes = new IngestProbes(runner, new (native().Timeline)(), setup())
  assert.is(probes.media?.picturesWait, true)
  probes.close()
  await runner.stop()
})

test.run()
