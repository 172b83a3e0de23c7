// suite: deep
// The default rules about what is seen and heard, on streams made bad and good again, over RTMP. Their times are ten
// times shorter; two streams go bad in several ways at once.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { RTMPCapture, StreamMonitor } from '../../../src/index'
import { calmly } from '../../support/calm'
import { exec } from '../../support/child'
import { startRtmpServer } from '../../support/peers/rtmp-server'
import { suite } from '../../support/suite'
import { tempDir } from '../../support/temp'
import { Heard, hurried } from './rules'

const test = suite('monitor, content', { timeout: 60_000 })

const BAD = 3
const dir = tempDir()

/** Good for 3 s, then `bad` is on until `until`, then good again; 15 s in all. */
async function makeStream(name: string, picture: string, left: string, right: string): Promise<string> {
  const file = join(dir, name)
  const sound = `aevalsrc=exprs='${left}|${right}':sample_rate=44100:channel_layout=stereo`
  const args = [
    '-y',
    '-loglevel',
    'error',
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=320x180:rate=25,${picture}`,
    '-f',
    'lavfi',
    '-i',
    sound,
  ]
  const codecs = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-g',
    '25',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
    '-b:a',
    '128k',
  ]
  await exec('ffmpeg', [...args, ...codecs, '-t', '15', '-f', 'flv', file])
  return file
}

const during = (end: number) => `between(t,${BAD},${end})`
/** About −20 LUFS on both channels. */
const TONE = '0.1*sin(2*PI*440*t)'

let blackAndSilent: string
let oneSidedAndLoud: string

test.before(async () => {
  blackAndSilent = await makeStream(
    'black.flv',
    `drawbox=color=black:thickness=fill:enable='${during(7)}'`,
    `${TONE}*not(${during(7)})`,
    `${TONE}*not(${during(7)})`,
  )
  // The left is gone, the right far too loud.
  oneSidedAndLoud = await makeStream(
    'loud.flv',
    'null',
    `${TONE}*not(${during(7.5)})`,
    `if(${during(7.5)},0.999*sin(2*PI*997*t),${TONE})`,
  )
})

async function raisedAndCleared(): Promise<void> {
  await using server = await startRtmpServer(index => ({
    kind: 'serve-file',
    file: index === 0 ? blackAndSilent : oneSidedAndLoud,
    then: 'silence',
  }))
  const rules = hurried(10, ['black', 'freeze', 'silence', 'loudness', 'truePeak'])
  using monitor = new StreamMonitor(['black'], { rules, interval: 100, grace: 500 })
  const heard = new Heard(monitor)

  // Nobody takes a picture: what is watched is decoded all the same.
  await using black = new RTMPCapture(server.url('a'), { stallTimeout: 30_000 })
  await using loud = new RTMPCapture(server.url('b'), { stallTimeout: 30_000 })
  monitor.attachStream(black, 'black')
  monitor.attachStream(loud, 'loud', { targets: { loudness: -20 } })
  await black.start()
  await loud.start()

  const ofBlack = ['black', 'freeze', 'silence'].flatMap(name => [`${name}-warning`, `${name}-critical`])
  const ofLoud = ['silent-channel-warning', 'loudness-warning', 'true-peak-warning']
  await Promise.all([heard.until('black', '+', ofBlack), heard.until('loud', '+', ofLoud)])
  assert.equal(
    monitor
      .getAlerts('loud')
      .map(({ rule }) => rule)
      .sort(),
    [...ofLoud].sort(),
  )
  await Promise.all([heard.until('black', '-', ofBlack), heard.until('loud', '-', ofLoud)])

  // Once each, and nothing else: silence has no loudness of its own, and no channel.
  assert.equal(heard.of('black').sort(), ofBlack.flatMap(rule => [`${rule} +`, `${rule} -`]).sort())
  assert.equal(heard.of('loud').sort(), ofLoud.flatMap(rule => [`${rule} +`, `${rule} -`]).sort())
  assert.equal(monitor.getAlerts(), [])
  for (const { rule, peak, clearedAt } of heard.alerts) {
    if (clearedAt === null) continue
    if (/^(black|freeze|silence)/.test(rule)) assert.ok(peak > 3 && peak < 5, `${rule} lasted 4 s, peak ${peak}`)
    if (rule === 'loudness-warning') assert.ok(peak > -8 && peak < -2, `peak ${peak} LUFS`)
    if (rule === 'true-peak-warning') assert.ok(peak > -1 && peak < 2, `peak ${peak} dBTP`)
  }
}

test(
  'black, freeze, silence, one silent channel, loudness and true peak are raised and cleared',
  () => calmly(raisedAndCleared),
  { timeout: 120_000 },
)

test.run()
