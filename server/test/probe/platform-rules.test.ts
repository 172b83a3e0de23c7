import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { judge, readPlatform, sayValue } from '../../src/probe/platform-rules.js'
import type { StreamFacts } from '../../src/probe/stream-facts.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'

// What platforms object to, by their dated rule files.
const test = suite('server: rules of platforms')

const good: StreamFacts = {
  url: 'rtmp://example.com',
  seconds: 10,
  video: {
    codec: 'h264',
    profile: 'High',
    level: '4.1',
    width: 1920,
    height: 1080,
    fps: 30,
    bitrate: 5_500_000,
    bitratePeak: 5_900_000,
    keyframeInterval: 2,
    keyframeIntervalLeast: 2,
    bFrames: true,
  },
  audio: { codec: 'aac', sampleRate: 48_000, channels: 2, bitrate: 128_000, loudness: -18, truePeak: -3 },
}
const video = (change: Partial<NonNullable<StreamFacts['video']>>): StreamFacts => ({
  ...good,
  video: { ...good.video!, ...change },
})
const audio = (change: Partial<NonNullable<StreamFacts['audio']>>): StreamFacts => ({
  ...good,
  audio: { ...good.audio!, ...change },
})
const found = async (platform: string, facts: StreamFacts): Promise<string[]> =>
  judge(await readPlatform(platform), facts).map(({ severity, id }) => `${severity} ${id}`)

const refusal = (platform: string, folder: string): Promise<string> =>
  readPlatform(platform, folder).then(
    () => 'it was taken',
    (error: Error) => error.message,
  )

const PLATFORMS = ['facebook', 'kick', 'twitch', 'youtube']

test('a usual stream of 1080p passes everywhere', async () => {
  for (const platform of PLATFORMS) assert.equal(await found(platform, good), [], platform)
})

const CASES: readonly [platform: string, StreamFacts, readonly string[]][] = [
  ['youtube', video({ keyframeInterval: 8.3 }), ['warning gopSizeLong']],
  ['youtube', video({ keyframeIntervalLeast: 0.2 }), ['warning gopSizeShort']],
  ['youtube', video({ bitrate: 2_000_000 }), ['warning bitrateLow']],
  ['youtube', video({ codec: 'vp9' }), ['error videoCodec']],
  ['youtube', video({ codec: 'hevc', bitrate: 12_000_000 }), ['warning bitrateHigh']],
  ['youtube', { ...good, audio: null }, ['error noAudioStream']],
  ['youtube', audio({ sampleRate: 32_000 }), ['warning audioSampleRate']],
  ['youtube', audio({ channels: 8 }), ['error audioTooManyChannels']],
  ['facebook', video({ codec: 'hevc' }), ['error videoCodec']],
  ['facebook', video({ keyframeInterval: 5 }), ['error keyframeInterval']],
  ['facebook', video({ height: 2160, width: 3840 }), ['error resolution']],
  ['facebook', audio({ bitrate: 320_000 }), ['error audioBitrate']],
  ['twitch', video({ bitrate: 9_000_000 }), ['error bitrateHigh']],
  ['twitch', video({ keyframeInterval: 4 }), ['error keyframeInterval']],
  ['twitch', { ...good, audio: null }, ['warning audioMissing']],
  ['kick', video({ fps: 120 }), ['error frameRate']],
  ['kick', { ...good, video: null, audio: null }, ['error videoMissing', 'warning audioMissing']],
]

for (const [platform, facts, expected] of CASES) {
  test(`${platform}: ${expected.join(', ')}`, async () => assert.equal(await found(platform, facts), expected))
}

test('what is not known breaks no rule', async () => {
  const unknown = video({ keyframeInterval: null, keyframeIntervalLeast: null, profile: null, level: null })
  for (const platform of PLATFORMS) assert.equal(await found(platform, unknown), [])
})

test('a finding says value, limit, source and date', async () => {
  const [finding] = judge(await readPlatform('twitch'), video({ bitrate: 9_000_000 }))
  assert.is(finding!.message, 'The pictures have 9 Mbit/s; Twitch takes up to 6 Mbit/s.')
  assert.match(finding!.source!, /^https:\/\/help\.twitch\.tv\//)
  assert.match(finding!.date!, /^\d{4}-\d\d-\d\d$/)
})

test('every file of the package is valid, and each message says what it must', async () => {
  const folder = fileURLToPath(new URL('../../../../server/rules', import.meta.url))
  assert.equal(
    readdirSync(folder).sort(),
    PLATFORMS.map(name => `${name}.json`),
  )
  for (const platform of PLATFORMS) {
    for (const { message, required } of (await readPlatform(platform)).rules) {
      if (!required) assert.ok(message.includes('{value}'), message)
    }
  }
})

test('rules of a user go first; a wrong file says where; a wrong name lists the others', async () => {
  const folder = join(tempDir(), 'rules')
  mkdirSync(folder)
  const rule = {
    id: 'ours',
    field: 'video.fps',
    severity: 'error',
    max: 25,
    message: '{value}',
    source: 'https://a.example',
  }
  const file = (rules: unknown[]): string =>
    JSON.stringify({ platform: 'twitch', title: 'Ours', date: '2026-01-01', rules })
  writeFileSync(join(folder, 'twitch.json'), file([{ ...rule, date: '2026-01-01' }]))
  const ours = await readPlatform('twitch', folder)
  assert.equal(
    judge(ours, good).map(({ message }) => message),
    ['30'],
  )
  writeFileSync(join(folder, 'twitch.json'), file([{ ...rule, date: '2026-01-01', field: 'video.weather' }]))
  assert.match(await refusal('twitch', folder), /rules\.0\.field/)
  writeFileSync(join(folder, 'twitch.json'), '{')
  assert.match(await refusal('twitch', folder), /JSON/)
  const error = await readPlatform('../../etc/passwd').catch((it: unknown) => it as { code: string; remedy: string })
  assert.is((error as { code: string }).code, 'ERR_PLATFORM')
  assert.match((error as { remedy: string }).remedy, /facebook, kick, twitch, youtube/)
})

test('values with their units', () => {
  const said = [sayValue(4_500_000, 'bit/s'), sayValue(96_000, 'bit/s'), sayValue(44_100, 'Hz'), sayValue(2, 's')]
  assert.equal(said, ['4.5 Mbit/s', '96 kbit/s', '44.1 kHz', '2 s'])
})

test.run()
