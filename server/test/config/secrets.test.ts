// Secrets: put in place, never shown, and never sent to another server than that which had them.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { Problem } from '../../src/core/problem.js'
import { channelForProcess } from '../../src/config/hand-over.js'
import { redact, redactChannel, redactField, restoreChannelSecrets, restoreSecrets } from '../../src/config/redact.js'
import { channelSchema, configSchema, type ChannelConfig } from '../../src/core/schema.js'
import { resolveSecrets, resolveWebhooks, type SecretSources } from '../../src/config/secrets.js'
import { Folder } from './folder.js'

const { default: fc, runs } = support
const test = suite('secrets')

function channel(fields: Record<string, unknown>): ChannelConfig {
  return channelSchema.parse({ inputs: [{ url: 'rtmp://127.0.0.1/live/a' }], ...fields })
}

function sourcesOf(folder: Folder, more: Partial<SecretSources> & { readonly settings?: object } = {}): SecretSources {
  const { server } = configSchema.parse({ server: more.settings ?? {} })
  return { env: {}, credentialsDirectory: null, base: folder.path, server, ...more }
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  )
  assert.instance(error, Problem)
  return error as Problem
}

test('variables, files and credentials', async () => {
  const folder = new Folder({ 'key.txt': 'file-key\n', 'credentials/hook': 'a hook secret of systemd\r\n' })
  const sources = sourcesOf(folder, {
    env: { KEY: 'env-key', USER: 'a@b', PASS: 'p/w:%', SRT: 'a&b=c%d ok123' },
    credentialsDirectory: join(folder.path, 'credentials'),
  })
  const resolved = await resolveSecrets(
    channel({
      inputs: [
        { url: 'srt://h:9000?passphrase=${env:SRT}&mode=caller' },
        { url: 'rtsp://${env:USER}:${env:PASS}@cam/stream' },
      ],
      targets: {
        a: { url: 'rtmp://h/app/${env:KEY}?x=1' },
        b: { url: 'rtmp://h/app', streamKey: `\${file:${folder.path}/key.txt}` },
      },
      webhooks: [{ url: 'https://h/${env:KEY}', secret: '${credential:hook}' }],
    }),
    sources,
  )
  // What an address decodes is encoded; a key goes as it is.
  assert.equal(resolved.inputs, [
    { url: 'srt://h:9000?passphrase=a%26b%3Dc%25d%20ok123&mode=caller' },
    { url: 'rtsp://a%40b:p%2Fw%3A%25@cam/stream' },
  ])
  assert.is((resolved.targets['a'] as { url: string }).url, 'rtmp://h/app/env-key?x=1')
  assert.is((resolved.targets['b'] as { streamKey: string }).streamKey, 'file-key')
  assert.equal(resolved.webhooks, [{ type: 'webhook', url: 'https://h/env-key', secret: 'a hook secret of systemd' }])
  const hooks = await resolveWebhooks([{ type: 'slack', url: 'https://h/${env:KEY}' }], sources)
  assert.equal(hooks, [{ type: 'slack', url: 'https://h/env-key' }])
})

test('a value that looks like a reference is none', async () => {
  const sources = sourcesOf(new Folder(), { env: { A: '${env:B}', B: 'other' } })
  const { targets } = await resolveSecrets(
    channel({ targets: { a: { url: 'rtmp://h/a', streamKey: 'x${env:A}' } } }),
    sources,
  )
  assert.equal(targets['a'], { url: 'rtmp://h/a', streamKey: 'x${env:B}', platform: 'custom', enabled: true })
})

test('problems name the reference, never the value, all of them', async () => {
  const folder = new Folder({ two: 'hunter2\nhunter3\n', large: 'hunter2'.repeat(1000), empty: '\n' })
  mkdirSync(join(folder.path, 'folder'))
  symlinkSync('/etc/passwd', join(folder.path, 'link'))
  const file = (name: string) => `rtmp://h/a/\${file:${join(folder.path, name)}}`
  const urls = {
    unset: 'rtmp://h/a/${env:NOT_SET}',
    blank: 'rtmp://h/a/${env:EMPTY}',
    tab: 'rtmp://h/a/${env:TAB}',
    two: file('two'),
    large: file('large'),
    empty: file('empty'),
    missing: file('missing'),
    folder: file('folder'),
    link: file('link'),
    outside: 'rtmp://h/a/${file:/etc/passwd}',
    systemd: 'rtmp://h/a/${credential:key}',
  }
  const targets = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, { url }]))
  const problem = await problemOf(
    resolveSecrets(channel({ targets }), sourcesOf(folder, { env: { EMPTY: '', TAB: 'hunter2\tx' } }), [
      'channels',
      'a',
    ]),
  )
  assert.equal(
    problem.problems.map(({ path, message }) => `${path.split('.')[3]} ${message.replace(/.*(?:}|: )/, '')}`),
    [
      'unset  is not set',
      'blank  is empty',
      'tab  has more than one line, or a control character',
      'two  has more than one line, or a control character',
      'large it is too large',
      'empty  is empty',
      'missing there is no such file',
      'folder it is no regular file',
      'link it lies outside of server.secretFolders',
      'outside it lies outside of server.secretFolders',
      'systemd  needs $CREDENTIALS_DIRECTORY, which systemd sets (LoadCredential=)',
    ],
  )
  assert.match(problem.message, /channels\.a\.targets\.unset\.url: \$\{env:NOT_SET\} is not set/)
  assert.not.match(inspect(problem, { depth: 9 }), /hunter/)
})

test('a secret may not lead elsewhere than an address may', async () => {
  const folder = new Folder()
  const of = (url: string, env: Record<string, string>, settings: object) =>
    problemOf(resolveSecrets(channel({ targets: { a: { url } } }), sourcesOf(folder, { env, settings })))
  const first = await of('rtmp://${env:HOST}/a/b', { HOST: '10.9.8.7' }, { privateAddresses: false })
  assert.match(first.message, /with its secrets: an address of a private network/)
  const second = await of('${env:URL}', { URL: 'file:///etc/passwd' }, {})
  assert.match(second.message, /a target has one of the schemes/)
  const third = await of('${env:URL}', { URL: 'rtmp://u:hunter2@h:hunter3/a' }, {})
  assert.match(third.message, /invalid RTMP URL/)
  assert.not.match(inspect([first, third]), /hunter|10\.9\.8\.7/)
})

test('a file that every user can read is worth a warning', async () => {
  const folder = new Folder({ key: 'abc' })
  const target = `{ url: "rtmp://h/a/\${file:${folder.path}/key}" }`
  const text = `channels: { a: { inputs: [{ file: a }], targets: { t: ${target} } } }`
  const warnings = async () =>
    (await folder.read({ text, env: {} })).warnings.filter(({ path }) => path.includes('url'))
  chmodSync(join(folder.path, 'key'), 0o644)
  assert.match((await warnings())[0]!.message, /every user of this machine may read this file; chmod 600/)
  chmodSync(join(folder.path, 'key'), 0o640)
  assert.equal(await warnings(), [])
})

test("a channel's process gets absolute paths, which are looked at again", async () => {
  const folder = new Folder({ 'a.mp4': '', 's.png': '' })
  const config = channel({
    inputs: [{ file: 'a.mp4' }],
    fill: 'slate',
    slate: 's.png',
    targets: { r: { record: 'rec/%H.mp4' } },
  })
  const handed = await channelForProcess('a', config, sourcesOf(folder))
  assert.equal([handed.inputs, handed.slate], [[{ file: join(folder.path, 'a.mp4') }], join(folder.path, 's.png')])
  assert.is((handed.targets['r'] as { record: string }).record, join(folder.path, 'rec/%H.mp4'))
  const byReference = channel({ inputs: [{ url: '${env:URL}' }] })
  const leads = await problemOf(
    channelForProcess('a', byReference, sourcesOf(folder, { env: { URL: 'file:///etc/passwd' } })),
  )
  assert.equal([leads.code, leads.problems[0]!.path], ['ERR_CONFIG_PATH', 'channels.a.inputs[0].url'])
  rmSync(join(folder.path, 's.png'))
  symlinkSync('/etc/hostname', join(folder.path, 's.png'))
  const problem = await problemOf(channelForProcess('a', config, sourcesOf(folder)))
  assert.equal([problem.code, problem.problems[0]!.path], ['ERR_CONFIG_PATH', 'channels.a.slate'])
})

const REDACTED: readonly (readonly [text: string, shown: string, streamKey?: string])[] = [
  ['rtmp://h/live/camera-key', 'rtmp://h/live/***'],
  ['rtmp://h/live/key?token=abc', 'rtmp://h/live/***'],
  ['rtmp://h:1935/app/instance/key', 'rtmp://h:1935/app/instance/***'],
  ['rtmp://h/key', 'rtmp://h/***'],
  ['rtmp://u:p@h/live/key', 'rtmp://***@h/live/***'],
  ['rtmp://h/live?user=ann&pass=abc/key', 'rtmp://h/live?user=***&pass=***/***'],
  ['rtmp://h/live', 'rtmp://h/live', 'key'],
  ['rtmp://h/app/${env:K}', 'rtmp://h/app/${env:K}'],
  ['rtmp://h/app/${env:K}?auth=literal', 'rtmp://h/app/${env:K}?auth=***'],
  ['rtmps://h/live2/${file:/run/secrets/yt}', 'rtmps://h/live2/${file:/run/secrets/yt}'],
  ['rtmp://${env:U}:${env:P}@h/app/key', 'rtmp://${env:U}:${env:P}@h/app/***'],
  [
    'srt://h:9000?passphrase=0123456789&streamid=abc&latency=200',
    'srt://h:9000?passphrase=***&streamid=***&latency=200',
  ],
  ['srt://h:9000?passphrase=${env:P}&mode=caller', 'srt://h:9000?passphrase=${env:P}&mode=caller'],
  ['rtsp://u:p@cam/stream?token=1', 'rtsp://***@cam/stream?token=***'],
  ['https://cdn/hls/exp=1~hmac=abcdef/a.m3u8?sig=x', 'https://cdn/hls/***/a.m3u8?sig=***'],
  ['file:///media/a.mp4', 'file:///media/a.mp4'],
  ['no address with a secret', '***'],
  ['${env:URL}', '${env:URL}'],
  ['rtmp://h/app/live_LITERAL_${env:K}', 'rtmp://h/app/***'],
  ['srt://h:9000?passphrase=literal${env:P}', 'srt://h:9000?passphrase=***'],
  ['rtmp://ann${env:U}:${env:P}@h/app/${env:K}', 'rtmp://***@h/app/${env:K}'],
  ['${env:BASE}/live', '***', 'key'],
]

for (const [text, shown, streamKey] of REDACTED) {
  test(`${text} is shown as ${shown}`, () => {
    const field = { kind: 'address' as const, text, beside: streamKey }
    assert.is(redactField(field).text, shown)
    const given = { inputs: [{ url: text, ...(streamKey !== undefined && { streamKey }) }] }
    assert.equal(restoreChannelSecrets(redactChannel(given), given), given)
  })
}

const CONFIG = {
  server: { webhooks: [{ type: 'mail', smtp: 'smtp://u:hunter2@mail:587', from: 'a@b', to: ['c@d'] }] },
  channels: {
    a: {
      inputs: [
        { name: 'one', url: 'rtmp://in/live/hunter2-in' },
        { name: 'two', url: 'srt://in:1?passphrase=hunter2-hunter2' },
      ],
      targets: {
        x: { url: 'rtmp://out/live', streamKey: 'hunter2-key' },
        y: { url: 'rtmp://out/live/hunter2-y' },
      },
      webhooks: [
        { url: 'https://hooks.slack.com/services/hunter2', type: 'slack' },
        { url: 'https://h/hunter2', secret: 'hunter2 hunter2 hunter2' },
        { type: 'telegram', token: '1:hunter2', chat: 5 },
      ],
    },
  },
}

test('nothing of a secret is in what is shown, and it comes back', () => {
  const shown = redact(CONFIG)
  assert.not.match(JSON.stringify(shown), /hunter/)
  assert.equal(restoreSecrets(shown, CONFIG), CONFIG)
  assert.not.match(JSON.stringify(redact(configSchema.parse(CONFIG))), /hunter/)
})

/** Changes what is shown, and restores. */
function changed(change: (config: typeof CONFIG) => void): typeof CONFIG {
  const shown = structuredClone(redact(CONFIG))
  change(shown)
  return restoreSecrets(shown, CONFIG)
}

test('a list may be sorted anew, and parts of an address may change', () => {
  assert.equal(
    changed(({ channels }) => channels.a.inputs.reverse()).channels.a.inputs,
    [...CONFIG.channels.a.inputs].reverse(),
  )
  assert.equal(
    changed(({ channels }) => void channels.a.webhooks.shift()).channels.a.webhooks,
    CONFIG.channels.a.webhooks.slice(1),
  )
  const { targets } = changed(({ channels }) => void (channels.a.targets.y.url = 'rtmp://out/other/***')).channels.a
  assert.is(targets.y.url, 'rtmp://out/other/hunter2-y')
})

test('a secret with a reference is shown as nothing but the reference', () => {
  const shown = (text: string) => redactField({ kind: 'secret', text, beside: undefined }).text
  assert.equal(['${env:A}', '${env:A}${env:B}', 'literal', 'literal${env:A}', '${literal}'].map(shown), [
    '${env:A}',
    '${env:A}${env:B}',
    '***',
    '***',
    '***',
  ])
})

test('a secret goes to no other server that a reference names', () => {
  const of = (url: string) => ({ targets: { x: { url, streamKey: 'hunter2-key' } } })
  const key = (old: string, next: string) =>
    restoreChannelSecrets({ targets: { x: { url: next, streamKey: '***' } } }, of(old)).targets.x.streamKey
  const kept: readonly [old: string, next: string][] = [
    ['rtmp://${env:HOST}/live', 'rtmp://${env:HOST}/other'],
    ['rtmp://${file:/run/host}/live', 'rtmp://${file:/run/host}/live'],
    ['${env:URL}', '${env:URL}'],
    ['${env:BASE}/live', '***'],
  ]
  for (const [old, next] of kept) assert.is(key(old, next), 'hunter2-key', `${old} → ${next}`)
  const refused: readonly [old: string, next: string][] = [
    ['rtmp://${file:/run/host}/live', 'rtmp://${file:/run/evil}/live'],
    ['rtmp://${env:HOST}/live', 'rtmp://${env:OTHER}/live'],
    ['rtmp://${env:HOST}/live', 'rtmp://rxgstref0x/live?${env:HOST}'],
    ['${env:URL}', '${env:OTHER}'],
    ['${env:URL}', '${env:OTHER}/live'],
    ['${env:BASE}/live', '${env:BASE}@evil/live'],
  ]
  for (const [old, next] of refused)
    assert.throws(
      () => key(old, next),
      (error: unknown) => error instanceof Problem && error.code === 'ERR_SECRET_NEEDED',
      `${old} → ${next}`,
    )
  const hooks = { webhooks: [{ url: 'https://h/hunter2', secret: 'hunter2 hunter2 hunter2' }] }
  assert.throws(() => restoreChannelSecrets({ webhooks: [{ url: 'https://evil/', secret: '***' }] }, hooks))
  assert.equal(restoreChannelSecrets(redactChannel(hooks), hooks), hooks)
})

test('a secret goes to no other server, and to no place where it is shown', () => {
  for (const change of [
    ({ channels }: typeof CONFIG) => void (channels.a.targets.y.url = 'rtmp://evil/live/***'),
    ({ channels }: typeof CONFIG) => void (channels.a.targets.y.url = 'rtmp://out:99/live/***'),
    ({ channels }: typeof CONFIG) => void (channels.a.targets.y.url = 'rtmp://out/***/x'),
    ({ channels }: typeof CONFIG) => void (channels.a.targets.y.url = 'rtmp://out@evil/live/***'),
    ({ channels }: typeof CONFIG) => void (channels.a.targets.x.url = 'rtmp://evil/live'),
    ({ channels }: typeof CONFIG) => void (channels.a.inputs[1]!.url = 'srt://in:1?passphrase=***&streamid=***'),
    ({ channels }: typeof CONFIG) => void (channels.a.inputs[1]!.url = 'srt://in:1?mode=***'),
    ({ channels }: typeof CONFIG) => void (channels.a.webhooks[1]!.url = 'https://evil/***'),
    ({ server }: typeof CONFIG) => void (server.webhooks[0]!.smtp = 'smtp://***@evil:587'),
  ]) {
    assert.throws(
      () => changed(change),
      (error: unknown) => error instanceof Problem && error.code === 'ERR_SECRET_NEEDED',
    )
  }
  const added = { ...redact(CONFIG.channels.a), targets: { new: { url: 'rtmp://out/live/***' } } }
  assert.throws(() => restoreChannelSecrets(added, CONFIG.channels.a))
})

test('no address shows its key', () => {
  const key = fc.string({ minLength: 4, maxLength: 30, unit: fc.constantFrom(...'abcXYZ0189-_.~=+:;,%2F') })
  fc.assert(
    fc.property(
      key.map(text => `hunter2${text}`),
      fc.constantFrom(
        (k: string) => ({ url: `rtmp://h/live/${k}` }),
        (k: string) => ({ url: `rtmp://h/live?v=1/${k}?x=y` }),
        (k: string) => ({ url: `rtmp://h/a/b/c/${k}` }),
        (k: string) => ({ url: `rtmp://h/${k}` }),
        (k: string) => ({ url: `rtmps://u:${encodeURIComponent(k)}@h/live/x` }),
        (k: string) => ({ url: 'rtmp://h/live', streamKey: k }),
        (k: string) => ({ url: `srt://h:1?streamid=${k}` }),
        (k: string) => ({ url: `rtsp://u:${encodeURIComponent(k)}@h/x` }),
        (k: string) => ({ url: `https://h/x?token=${k}` }),
      ),
      (secret, make) => {
        const given = { inputs: [make(secret)] }
        const shown = redactChannel(given)
        assert.not.match(JSON.stringify(shown), /hunter/)
        assert.equal(restoreChannelSecrets(shown, given), given)
      },
    ),
    { numRuns: runs(500) },
  )
})

test.run()
