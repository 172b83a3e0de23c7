// The configuration as a whole: what it gives, and all that can be wrong with it at once.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { configSchema } from '../../src/core/schema.js'
import { Folder, lines, problemsOf } from './folder.js'

const { default: fc, runs } = support
const test = suite('read')

const EXAMPLE = `server:
  listen: [127.0.0.1:8787, unix:/run/rxgst/rxgst.sock]
  ingest: { listen: 127.0.0.1:1935 }
channels:
  studio:
    inputs:
      - url: rtmp://127.0.0.1/live/camera
      - url: srt://10.0.0.5:9000?mode=caller&passphrase=\${env:SRT_PASS}
      - file: standby.mp4
    mode: { encode: { width: 1280, height: 720, fps: 30, bitrate: 4M, keyframeInterval: 2 } }
    fill: slate
    slate: slate.png
    targets:
      youtube: { url: "rtmps://a.rtmps.youtube.com/live2/\${file:/run/secrets/yt}", platform: youtube }
      twitch: { url: "rtmp://live.twitch.tv/app/\${env:TWITCH_KEY}", platform: twitch, encode: { bitrate: 6M } }
      archive: { record: recordings/studio, segment: 10m, keep: 7d, maxSize: 200G }
    monitor: { content: true, rules: default }
    webhooks: [{ url: https://hooks.example/rxgst, secret: "\${env:HOOK}" }]
`

test('a complete configuration', async () => {
  const folder = new Folder({ 'rxgst.yaml': EXAMPLE, 'slate.png': '', 'standby.mp4': '' })
  const { config, problems, warnings } = await folder.read({ env: { HOOK: 'a secret of sixteen' } })
  assert.equal(lines(problems), [])
  const studio = config!.channels['studio']!
  assert.equal(
    studio.inputs.map(({ name }) => name),
    ['input-1', 'input-2', 'input-3'],
  )
  assert.equal(studio.targets['archive'], {
    record: 'recordings/studio',
    format: 'mp4',
    segment: 600_000,
    keep: 604_800_000,
    maxSize: 200e9,
    enabled: true,
  })
  assert.equal(studio.mode, {
    encode: { width: 1280, height: 720, fps: 30, bitrate: 4e6, keyframeInterval: 2, codec: 'h264' },
  })
  // What is not there on this machine, or not yet, is no fault of the file.
  assert.equal(lines(warnings), [
    '8:14 channels.studio.inputs[1].url: ${env:SRT_PASS} is not set',
    '14:23 channels.studio.targets.youtube.url: ${file:/run/secrets/yt}: there is no such file',
    '15:22 channels.studio.targets.twitch.url: ${env:TWITCH_KEY} is not set',
  ])
})

test('all faults at once, with their places', async () => {
  assert.equal(
    await problemsOf(`server:
  listen: 0.0.0.0:8787
  logLevl: debug
chanels: {}
channels:
  Studio: {}
  one:
    inputs: [{ ulr: rtmp://h/a/b }, {}, { url: 5, streamkey: x }, { url: rtmp://h/a/b, file: a.mp4 }]
    fill: slte
    mode: cpy
    holdBack: 5x
    targets:
      a: { url: rtmp://h/a/c, encode: { width: 15, bitrate: 1 } }
      b: { record: r, segment: [] }
      c: rtmp://h/a/d
    webhooks: [{ type: slak, url: https://h/x }, { url: https://h/x, secrt: abc }]
  two:
    inputs: []
    monitor: { rules: defalt }
  three:
    inputs: [{ url: rtmp://h/a/b }]
    fill: slate
    titel: x
`),
    [
      '2:11 server.listen: others reach this address, and server.users is not set: "rxgst passwd" makes users',
      "3:3 server.logLevl: unknown key logLevl; did you mean 'logLevel'?",
      "4:1 chanels: unknown key chanels; did you mean 'channels'?",
      '6:3 channels.Studio: a name has 1 to 63 of a-z, 0-9, - and _, and begins with one of a-z and 0-9',
      "8:16 channels.one.inputs[0].ulr: unknown key ulr; did you mean 'url'?",
      '8:37 channels.one.inputs[1]: it has one of url, file, ingest',
      '8:48 channels.one.inputs[2].url: expected a text but received a number',
      "8:51 channels.one.inputs[2].streamkey: unknown key streamkey; did you mean 'streamKey'?",
      '8:88 channels.one.inputs[3].file: file has no place beside the other keys here',
      "9:11 channels.one.fill: expected one of none, repeat, slate; did you mean 'slate'?",
      "10:11 channels.one.mode: expected 'copy' or fields; did you mean 'copy'?",
      "11:15 channels.one.holdBack: a time is a number of ms, or a number with ms, s, m, h or d, such as '10m'",
      '13:48 channels.one.targets.a.encode.width: expected at least 16',
      '13:48 channels.one.targets.a.encode.width: expected an even number',
      '13:61 channels.one.targets.a.encode.bitrate: expected at least 10000',
      '14:32 channels.one.targets.b.segment: expected a number or a text but received a list',
      '15:10 channels.one.targets.c: expected fields but received a text',
      '16:24 channels.one.webhooks[0].type: expected one of webhook, slack, mattermost, discord, telegram, mail; ' +
        "did you mean 'slack'?",
      "16:70 channels.one.webhooks[1].secrt: unknown key secrt; did you mean 'secret'?",
      '18:13 channels.two.inputs: expected at least 1 entry',
      "19:23 channels.two.monitor.rules: expected 'default' or a list; did you mean 'default'?",
      '22:11 channels.three.fill: fill: slate needs a slate: a picture or a video file',
      "23:5 channels.three.titel: unknown key titel; did you mean 'title'?",
    ],
  )
})

/** Problems of one channel `a`, given its fields after the inputs. */
const ofChannel = (fields: string, inputs = '[{ url: rtmp://in.example/a/b }]') =>
  problemsOf(`channels:\n  a:\n    inputs: ${inputs}\n${fields.replace(/^/gm, '    ')}\n`)

test('targets of one place and of one key', async () => {
  const two = async (one: string, other: string) => (await ofChannel(`targets:\n  x: ${one}\n  y: ${other}`)).join('\n')
  const same = /a\.x sends there already \(.*rxgst.yaml:5:7\)/
  assert.match(await two('{ url: rtmp://h/a/k }', '{ url: rtmp://H:1935/a/k }'), same)
  assert.match(await two('{ url: rtmp://h/a/k }', '{ url: rtmp://h/a, streamKey: k }'), same)
  assert.match(await two('{ url: "rtmp://h/a/${env:K}" }', '{ url: rtmp://h/a, streamKey: "${env:K}" }'), same)
  assert.match(await two('{ url: "srt://h:9000?streamid=a" }', '{ url: "srt://h:9000?streamid=a&latency=200" }'), same)
  assert.match(await two('{ url: "srt://:9000" }', '{ url: "srt://0.0.0.0:9000?mode=listener" }'), same)
  assert.is(await two('{ url: rtmp://h/a/k }', '{ url: rtmp://h/b/k }'), '')
  assert.is(await two('{ url: "rtmp://h/a/${env:K}" }', '{ url: "rtmp://h/a/${env:L}" }'), '')
  assert.is(await two('{ url: "srt://h:9000?streamid=a" }', '{ url: "srt://h:9000?streamid=b" }'), '')

  const key = /a\.x sends with this key already/
  assert.match(
    await two('{ url: rtmp://fra.contribute.live-video.net/app/live_1 }', '{ url: rtmp://live.twitch.tv/app/live_1 }'),
    key,
  )
  assert.match(
    await two('{ url: rtmps://a.rtmps.youtube.com/live2/k }', '{ url: rtmp://a.rtmp.youtube.com/live2/k }'),
    key,
  )
  assert.match(await two('{ url: rtmp://h/a/k, platform: kick }', '{ url: rtmp://g/a/k, platform: kick }'), key)
  // YouTube's second server takes the same key.
  assert.is(
    await two(
      '{ url: rtmps://a.rtmps.youtube.com/live2/k }',
      '{ url: "rtmps://b.rtmps.youtube.com/live2/k?backup=1" }',
    ),
    '',
  )
  assert.is(await two('{ url: rtmp://one.example/live/camera }', '{ url: rtmp://two.example/live/camera }'), '')
  assert.match((await ofChannel('targets: { x: { url: rtmp://in.example:1935/a/b } }')).join(), /its own input/)
})

test('targets and recordings of two channels', async () => {
  const channel = (target: string) => `{ inputs: [{ url: rtmp://i/a/b }], targets: { t: ${target} } }`
  const two = async (one: string, other: string) =>
    (await problemsOf(`channels:\n  a: ${channel(one)}\n  b: ${channel(other)}\n`)).join('\n')
  assert.match(
    await two('{ url: rtmp://h/a/k }', '{ url: rtmp://h/a/k }'),
    /^3:\d+ channels.b.targets.t.url: a.t sends there already/,
  )
  assert.match(await two('{ record: r }', '{ record: ./x/../r/ }'), /a records into this folder already/)
  assert.match(await two('{ record: r }', '{ record: r/%H-%M.mp4 }'), /a records into this folder already/)
  assert.is(await two('{ record: r/a }', '{ record: r/b }'), '')
})

test('paths stay inside of the folders, whatever links say', async () => {
  const folder = new Folder()
  const outside = new Folder({ 'secret.png': '' })
  symlinkSync(outside.path, join(folder.path, 'out'))
  symlinkSync(join(outside.path, 'secret.png'), join(folder.path, 'link.png'))
  symlinkSync('/nowhere/at/all', join(folder.path, 'dangling'))
  mkdirSync(join(folder.path, 'in'))
  symlinkSync(join(folder.path, 'in'), join(folder.path, 'inner'))
  const faults = async (target: string, server = '{}') => {
    const targets = `{ t: { record: ${JSON.stringify(target)} } }`
    const text = `server: ${server}\nchannels: { a: { inputs: [{ url: rtmp://i/a/b }], targets: ${targets} } }`
    return (await folder.read({ text })).problems.map(({ message }) => message).join()
  }
  for (const path of ['../x', '/etc', 'in/../../x', 'out/x', '/', '%Y/../../x', 'dangling/x'])
    assert.match(await faults(path), /outside of server.folders|cannot be followed|has no '\.\.'/, path)
  for (const path of ['x', 'in/x', 'inner/x', '/var/lib/rxgst/rec', '%Y/%m', './x/../y', '..x'])
    assert.is(await faults(path), '', path)
  assert.is(await faults('out/x', `{ folders: [., ${JSON.stringify(outside.path)}] }`), '')
  assert.match(await faults('/var/lib/rxgst/x', '{ folders: [.] }'), /outside/)

  const slate = async (path: string) => {
    const text = `channels: { a: { inputs: [{ file: ${path} }], fill: slate, slate: ${path} } }`
    const { problems, warnings } = await folder.read({ text })
    return [problems.length, warnings.length]
  }
  assert.equal(await slate('link.png'), [2, 0])
  assert.equal(await slate('missing.png'), [0, 2])
  const text = `channels: { a: { inputs: [{ url: "file://${outside.path}/secret.png" }] } }`
  assert.match(lines((await folder.read({ text })).problems).join(), /outside/)
})

test('schemes and private addresses', async () => {
  const faults = async (url: string, server: string) =>
    (await problemsOf(`server: ${server}\nchannels: { a: { inputs: [{ url: "${url}" }] } }`)).join('\n')
  assert.match(await faults('ftp://h/a', '{}'), /an input has one of the schemes/)
  assert.match(await faults('srt://h:1', '{ schemes: [rtmp] }'), /not among server.schemes/)
  for (const host of [
    '127.0.0.1',
    '10.1.2.3',
    '[::1]',
    '[::ffff:10.0.0.1]',
    '[fe80::1%25eth0]',
    'localhost',
    'a.local',
    '127.1',
    '0x7f000001',
    '2130706433',
    '192.168.0.1.',
    '169.254.169.254',
    '[64:ff9b::a00:1]',
  ])
    assert.match(
      await faults(`rtmp://${host}/a/b`, '{ privateAddresses: false }'),
      /private network|not a legal name|IPv6/,
      host,
    )
  for (const host of ['example.com', '8.8.8.8', '[2606:4700::1111]'])
    assert.is(await faults(`rtmp://${host}/a/b`, '{ privateAddresses: false }'), '', host)
  assert.is(await faults('rtmp://127.0.0.1/a/b', '{}'), '')
  assert.is(await faults('srt://0.0.0.0:9000?mode=listener', '{ privateAddresses: false }'), '')
  const message = await faults('rtmp://user:hunter2secret@h:99999/a/b', '{}')
  assert.match(message, /the port must be/)
  assert.not.match(message, /hunter2/)
})

test('rules of one channel', async () => {
  assert.match((await ofChannel('slate: a.png')).join(), /a slate needs fill: slate/)
  assert.match((await ofChannel('fill: slate\nslate: a.gif')).join(), /a slate ends in/)
  assert.match((await ofChannel('mode: { encode: { width: 1280 } }')).join(), /height is missing beside it/)
  assert.match((await ofChannel('targets: { x: { record: r, format: ts, encode: { codec: av1 } } }')).join(), /no AV1/)
  assert.match((await ofChannel('targets: { x: { record: r, segment: 10ms } }')).join(), /a segment is 1s to 1d/)
  assert.is(
    (await ofChannel('targets: { x: { url: rtmp://h/a/k, encode: { height: 360, bitrate: 600k } } }')).join(),
    '',
  )
  assert.match(
    (await ofChannel('', '[{ url: rtmp://h/a/b, name: input-2 }, { file: a.mp4 }]')).join(),
    /the name input-2 is that of input 1/,
  )
  assert.match((await ofChannel('', '[{ ingest: camera }]')).join(), /no `ingest`/)
  assert.match((await ofChannel('targets: { x: { url: "rtmp://h/a/${evn:K}" } }')).join(), /a reference is/)
  assert.match((await ofChannel('targets: { x: { url: "rtmp://h/a/${env:K" } }')).join(), /no '}' at its end/)
  assert.match((await ofChannel('webhooks: [{ url: https://h/x, secret: short }]')).join(), /at least 16 characters/)
  assert.match((await ofChannel('webhooks: [{ url: rtmp://h/x/y }]')).join(), /a webhook has one of the schemes/)
  assert.match((await ofChannel('targets: { constructor: { record: r } }')).join(), /cannot be a key/)
})

test("rules of the monitor are checked by the library's own limits", async () => {
  const rules = async (text: string) => (await ofChannel(`monitor:\n  rules:\n    - ${text}`)).join('\n')
  const good =
    'name: x, metric: bitrate, raise: { below: 1000, for: 5000 }, clear: { above: 2000, for: 5000 }, severity: warning'
  assert.is(await rules(`{ ${good} }`), '')
  assert.match(await rules(`{ ${good.replace('bitrate', 'bitrat')} }`), /did you mean 'bitrate'/)
  assert.match(
    await rules(`{ ${good.replace('for: 5000', 'for: -1')} }`),
    /^6:\d+ channels.a.monitor.rules\[0\].raise.for: expected a number from 0/,
  )
  assert.match(await rules(`{ ${good} }\n    - { ${good} }`), /rule 1 has this name already/)
  assert.match(await rules(`{ ${good.replace('1000', '3000')} }`), /come and go for ever/)
})

test('a rule that compares with a target has one, or is refused: it would never raise an alert', async () => {
  const faults = async (metric: string, as: string, targets = '{}') => {
    const times = 'raise: { above: 2, for: 5000 }, clear: { below: 1.2, for: 5000 }, severity: warning'
    const text = `monitor:\n  targets: ${targets}\n  rules:\n    - { name: x, metric: ${metric}, as: ${as}, ${times} }`
    return (await ofChannel(text)).join('\n')
  }
  const needed = (metric: string) => new RegExp(`rules\\[0\\].as: this needs a target: monitor.targets.${metric}`)
  assert.match(await faults('latency', 'ofTarget'), needed('latency'))
  assert.match(await faults('bitrate', 'offTarget', '{ latency: 500ms }'), needed('bitrate'))
  assert.match(await faults('jitter', 'ofTarget', '{ latency: 500ms }'), /targets of .*, and not of jitter/)
  assert.match(await faults('loudness', 'ofTarget', '{ loudness: -14 }'), /offTarget/)
  assert.match(await faults('latency', 'ofTarget', '{ latency: 500ms, lateness: 1 }'), /lateness/)
  const good: readonly Parameters<typeof faults>[] = [
    ['latency', 'ofTarget', '{ latency: 500ms }'],
    ['bitrate', 'ofTarget', '{ bitrate: 4M }'],
    ['loudness', 'offTarget'],
    ['fps', 'ofTarget'],
    ['bitrate', 'ofUsual'],
  ]
  for (const one of good) assert.is(await faults(...one), '', one.join())
})

test('an address that others reach needs users', async () => {
  const faults = async (listen: string, more = '') => (await problemsOf(`server: { listen: ${listen}${more} }`)).length
  for (const listen of ['0.0.0.0:8787', '"[::]:8787"', 'box.example:80', '[127.0.0.1:1, 10.0.0.1:2]'])
    assert.equal([await faults(listen), await faults(listen, ', users: users.yaml')], [1, 0], listen)
  for (const listen of ['127.0.0.1:8787', '"[::1]:8787"', 'localhost:80', 'unix:/run/x.sock', '127.8.8.8:1'])
    assert.is(await faults(listen), 0, listen)
  for (const listen of ['8787', 'a', 'unix:x', '127.0.0.1:99999', '"::1:80"', `unix:/${'x'.repeat(120)}`])
    assert.is(await faults(listen), 1, listen)
  for (const [probes, count] of Object.entries({ '0.0.0.0:8788': 0, 'unix:/run/x.sock': 0, a: 1, 'unix:x': 1 }))
    assert.is(await faults('127.0.0.1:8787', `, probes: '${probes}'`), count, probes)
})

test("the API's file lies over the main one, each with its places", async () => {
  const folder = new Folder({
    'rxgst.yaml':
      'channels:\n  a: { inputs: [{ url: rtmp://h/a/b }], title: A }\n  b: { inputs: [{ url: rtmp://h/a/b }] }\n',
    'rxgst.d/api.yaml':
      'channels:\n  a: { title: B, fill: none }\n  b: null\n  c: { inputs: [{ url: rtmp://h/a/c }] }\n',
  })
  const { config, problems } = await folder.read()
  assert.equal(problems, [])
  assert.equal(Object.keys(config!.channels), ['a', 'c'])
  assert.is(config!.channels['a']!.title, 'B')
  folder.write('rxgst.d/api.yaml', 'server: {}\nchannels:\n  a: { fill: slate }\n  b: { titel: x }\n')
  const read = await folder.read()
  assert.equal(
    read.problems.map(({ file, line, column }) => [file.endsWith('api.yaml'), line, column]),
    [
      [true, 1, 1],
      [true, 3, 14],
      [true, 4, 8],
    ],
  )
})

test('files that cannot be read', async () => {
  const folder = new Folder()
  assert.equal(lines((await folder.read()).problems), ['null:null : there is no such file'])
  assert.match(lines((await folder.read({ file: folder.path })).problems).join(), /no regular file|a folder/)
  folder.write('rxgst.yaml', 'x'.repeat(1_048_577))
  assert.match(lines((await folder.read()).problems).join(), /larger than 1 MiB/)
  assert.match(lines((await folder.read({ text: '\ud800' })).problems).join(), /half of a character/)
  assert.match((await problemsOf('- a\n- b\n')).join(), /expected fields but received a list/)
})

test('no message quotes a key', async () => {
  const key = 'hunter2-very-secret'
  for (const text of [
    `channels: { a: { inputs: [{ url: "rtmp://h/live/${key} x" }] } }`,
    `channels: { a: { inputs: [{ url: "rtmp://h/live/${key}", fil: 1 }] } }`,
    `channels: { a: { inputs: [{ "rtmp://h/live/${key}": 1 }] } }`,
    `channels: { a: { inputs: [rtmp://h/live/${key}] } }`,
    `channels: { a: { inputs: [{ url: "foo://h/live/${key}" }] } }`,
    `channels: { a: { inputs: [{ url: "srt://h:1?passphrase=${key}&${key}" }] } }`,
    `channels: { a: { inputs: [{ file: a }], targets: { x: { url: rtmp://h/${key} }, y: { url: rtmp://h/${key} } } } }`,
    `channels: { a: { inputs: [{ url: rtmp://h/a/b }], webhooks: [{ type: telegram, token: ${key}, chat: [] }] } }`,
    `channels: { a: { inputs: [{ url: rtmp://h/a/b }], monitor: { rules: [{ name: "rtmp://h/a/${key}" }] } } }`,
    `channels: { a: { inputs: [{ url: rtmp://h/a/b }], fill: ${key} } }`,
  ]) {
    const found = await problemsOf(text)
    assert.ok(found.length > 0, text)
    assert.not.match(found.join('\n'), /hunter2/)
  }
})

test('what was read is a valid configuration, and means the same', async () => {
  const durations = fc.oneof(
    fc.integer({ min: 0, max: 1e9 }),
    fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.constantFrom('ms', 's', 'm', 'h')).map(([n, unit]) => `${n}${unit}`),
  )
  const channel = fc.record(
    {
      inputs: fc.constantFrom([{ url: 'rtmp://h/a/b' }], [{ file: 'a.mp4' }, { name: 'x', ingest: 'y' }]),
      holdBack: durations,
      mode: fc.constantFrom('copy', { encode: {} }, { encode: { bitrate: '800k', width: 640, height: 360 } }),
      targets: fc.constantFrom(
        {},
        { a: { record: 'r', keep: '7d', maxSize: '1.5G' } },
        { b: { url: 'srt://h:1', encode: {} } },
      ),
      monitor: fc.constantFrom({}, { content: true }, { rules: [{ name: 'x', anything: [1] }] }),
      webhooks: fc.constantFrom([], [{ url: 'https://h' }], [{ type: 'slack', url: 'https://h' }]),
      memoryLimit: fc.constantFrom('500M', 1e9),
    },
    { requiredKeys: ['inputs'] },
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), channel), channels => {
      const once = configSchema.parse({ channels })
      assert.equal(configSchema.parse(JSON.parse(JSON.stringify(once))), once)
    }),
    { numRuns: runs(200) },
  )
})

test('thousands of unknown keys are told in a moment, the first of them', async () => {
  const keys = Array.from({ length: 4000 }, (_, n) => `k${n}: 1`)
  for (const text of [
    keys.join('\n'),
    `channels:\n  a:\n    ${keys.join('\n    ')}\n    inputs: [{ file: a.mp4 }]\n`,
  ]) {
    const before = process.cpuUsage()
    const problems = await problemsOf(text)
    const { user, system } = process.cpuUsage(before)
    assert.ok(problems.length > 50 && problems.length <= 100, `${problems.length} problems`)
    assert.match(problems[0]!, 'unknown key k0')
    assert.ok(user + system < 4_000_000, `it took ${(user + system) / 1000} ms of the processor`)
  }
})

test.run()
