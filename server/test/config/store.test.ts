// The files of the configuration: changed by the API, by people, and by both.
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import support from '../../../test/support/fast-check.js'
import { suite } from '../../../test/support/suite.js'
import { Problem } from '../../src/core/problem.js'
import { makePatch, mergePatch } from '../../src/config/merge.js'
import { redactText, restoreText } from '../../src/config/redact-text.js'
import { channelSchema, configSchema } from '../../src/core/schema.js'
import { ConfigStore, type PreparedChange } from '../../src/config/store.js'
import { writeAtomically } from '../../src/config/write.js'
import { parseYaml } from '../../src/config/yaml.js'
import { Folder, lines } from './folder.js'

const { default: fc, runs } = support
const test = suite('store')

const MAIN = `# Our studio. Ask Ann before you change it.
channels:
  studio:                # the main one
    title: Studio
    holdBack: 10s
    inputs: [{ url: rtmp://in/live/hunter2-in }]
    targets:
      tube: { url: rtmp://out/live/hunter2-out } # a comment
`

async function storeOf(main = MAIN): Promise<{ folder: Folder; store: ConfigStore; overlay: () => string }> {
  const folder = new Folder({ 'rxgst.yaml': main })
  const store = new ConfigStore({ file: folder.file })
  await store.load()
  return { folder, store, overlay: () => readFileSync(join(folder.path, 'rxgst.d/api.yaml'), 'utf8') }
}

async function committed(change: Promise<PreparedChange>): Promise<PreparedChange> {
  const prepared = await change
  assert.equal(lines(prepared.read.problems), [])
  await prepared.commit()
  return prepared
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (error: unknown) => error,
  )
  assert.instance(error, Problem)
  return (error as Problem).code
}

test("a change goes into the API's file, as little as says it, and survives", async () => {
  const { folder, store, overlay } = await storeOf()
  const { channels } = (await store.load()).config!
  await committed(store.changeChannel('studio', { ...channels['studio'], title: 'New', holdBack: '10s' }))
  assert.match(overlay(), /^# Written by the API of rxgst: what it changes of rxgst.yaml/)
  assert.match(overlay(), /\nchannels:\n {2}studio:\n {4}title: New\n/)
  assert.not.match(overlay(), /holdBack|url/)
  assert.is(readFileSync(folder.file, 'utf8'), MAIN)
  assert.is(statSync(store.overlay).mode & 0o777, 0o600)
  const again = await new ConfigStore({ file: folder.file }).load()
  assert.equal([again.config!.channels['studio']!.title, again.config!.channels['studio']!.holdBack], ['New', 10_000])
  // What people change in their file beside it counts on.
  folder.write('rxgst.yaml', MAIN.replace('10s', '20s'))
  assert.is((await store.load()).config!.channels['studio']!.holdBack, 20_000)
})

test('channels are added, patched, and removed, of both files', async () => {
  const { store, overlay } = await storeOf()
  await committed(store.changeChannel('two', { inputs: [{ file: 'a.mp4' }], holdBack: '7s' }))
  assert.match(overlay(), /two:\n {4}inputs:\n {6}- file: a.mp4\n {4}holdBack: 7s\n/)
  await committed(store.patchChannel('two', { holdBack: null, title: 'Two' }))
  assert.not.match(overlay(), /holdBack/)
  await committed(store.patchChannel('studio', { title: null, targets: { more: { record: 'r' } } }))
  const { config } = await committed(store.changeTarget('studio', 'tube', null)).then(({ read }) => read)
  assert.equal(Object.keys(config!.channels['studio']!.targets), ['more'])
  assert.is(config!.channels['studio']!.title, undefined)
  assert.match(overlay(), /tube: null/)
  await committed(store.changeTarget('studio', 'tube', { url: 'srt://h:1' }))
  await committed(store.changeChannel('two', null))
  await committed(store.changeChannel('studio', null))
  assert.match(overlay(), /channels:\n {2}studio: null\n$/)
  assert.equal((await store.load()).config!.channels, {})
  await committed(store.changeChannel('studio', { inputs: [{ file: 'b.mp4' }] }))
  assert.equal((await store.load()).config!.channels['studio']!.inputs, [{ file: 'b.mp4', name: 'input-1' }])
  assert.is(await codeOf(store.changeChannel('none', null)), 'ERR_CHANNEL_UNKNOWN')
  assert.is(await codeOf(store.patchChannel('none', {})), 'ERR_CHANNEL_UNKNOWN')
  assert.is(await codeOf(store.changeTarget('studio', 'none', null)), 'ERR_TARGET_UNKNOWN')
})

test('what is wrong is not written', async () => {
  const { store } = await storeOf()
  for (const change of [
    store.changeChannel('studio', { inputs: [], titel: 'x' }),
    store.changeChannel('studio', 5),
    store.changeChannel('Bad Name', { inputs: [{ file: 'a' }] }),
    store.changeChannel('__proto__', { inputs: [{ file: 'a' }] }),
    store.changeChannel('constructor', { inputs: [{ file: 'a' }] }),
    store.changeChannel('two', { inputs: [{ file: '../a' }] }),
    store.changeChannel('two', { inputs: [{ file: 'a' }], targets: { a: { url: 'rtmp://out/live/hunter2-out' } } }),
    store.changeChannel('two', JSON.parse('{"inputs": [{"file": "a"}], "__proto__": {"title": "x"}}')),
    store.changeText('channels: 5'),
    store.changeText('channels: ['),
  ]) {
    const { read, commit } = await change
    assert.ok(read.problems.length > 0)
    assert.is(read.config, null)
    assert.is(await codeOf(commit()), 'ERR_CONFIG_INVALID')
  }
  assert.not.ok(existsSync(store.overlay))
  const { read } = await store.changeChannel('studio', { inputs: [], titel: 'x' })
  assert.equal(lines(read.problems), [
    'null:null channels.studio.inputs: expected at least 1 entry',
    "null:null channels.studio.titel: unknown key titel; did you mean 'title'?",
  ])
})

test('secrets that were masked stay', async () => {
  const { store, overlay } = await storeOf()
  const masked = {
    inputs: [{ url: 'rtmp://in/live/***' }],
    targets: { tube: { url: 'rtmp://out/live/***' } },
    title: 'B',
  }
  const { read } = await committed(store.changeChannel('studio', masked))
  assert.is((read.config!.channels['studio']!.targets['tube'] as { url: string }).url, 'rtmp://out/live/hunter2-out')
  assert.not.match(overlay(), /hunter2|\*\*\*/)
  const moved = { ...masked, targets: { tube: { url: 'rtmp://evil/live/***' } } }
  assert.is(await codeOf(store.changeChannel('studio', moved)), 'ERR_SECRET_NEEDED')
})

test('two who change at once: the second one is told', async () => {
  const { folder, store } = await storeOf()
  const prepared = await store.patchChannel('studio', { title: 'Mine' })
  folder.write('rxgst.yaml', MAIN.replace('Studio', 'Theirs'))
  assert.is(await codeOf(prepared.commit()), 'ERR_CONFIG_CHANGED')
  await store.load()
  await committed(store.patchChannel('studio', { fill: 'none' }))
  assert.is((await store.load()).config!.channels['studio']!.title, 'Theirs')
})

test('a file that cannot be read is not written over', async () => {
  const { folder, store } = await storeOf()
  await committed(store.patchChannel('studio', { title: 'Kept' }))
  folder.write('rxgst.yaml', 'channels: [')
  await store.load()
  assert.is(await codeOf(store.changeChannel('two', { inputs: [{ file: 'a' }] })), 'ERR_CONFIG_INVALID')
  assert.match(readFileSync(store.overlay, 'utf8'), /Kept/)
})

test('the text is shown with its comments and without its keys, and comes back', async () => {
  const { folder, store } = await storeOf()
  const { text, etag, readOnly, problems } = await store.text()
  assert.is(
    text,
    MAIN.replace('rtmp://in/live/hunter2-in', '"rtmp://in/live/***"').replace(
      'rtmp://out/live/hunter2-out',
      '"rtmp://out/live/***"',
    ),
  )
  assert.equal([readOnly, problems], [false, []])
  assert.is((await store.text()).etag, etag)
  await committed(store.changeText(text!.replace('title: Studio', 'title: Changed')))
  const written = readFileSync(folder.file, 'utf8')
  assert.match(written, /title: Changed\n/)
  assert.match(written, /# Our studio. Ask Ann[^]*"rtmp:\/\/out\/live\/hunter2-out" } # a comment/)
  assert.is.not((await store.text()).etag, etag)
  assert.is(await codeOf(store.changeText(text!.replace('rtmp://out', 'rtmp://evil'))), 'ERR_SECRET_NEEDED')
})

test('secrets in comments are not shown, and come back', () => {
  const text = `# rtmp://a.rtmp.youtube.com/live2/hunter2-one, and https://docs.example/keys/page.html
channels:
  studio: # hunter2-active was set on Monday
    inputs:
      # - { url: "rtsp://cam:hunter2-cam@10.0.0.9/h264?token=hunter2-q" }
      - url: rtmp://h/live/hunter2-active
    targets:
#      old: { url: rtmps://live.example/app, streamKey: hunter2-flow } # second
      new: { url: "rtmp://h/live/\${env:KEY}" } #streamKey = "hunter2 with a blank"
#   passphrase: '\${env:SRT}' and hunter2-active again
    #     - url: https://hooks.example/services/hunter2-hook
    # the one before: abcd-1234-hunt-er22-zzzz
    title: 'no # hunter-less comment'
`
  const shown = redactText(text)
  assert.ok(shown !== null)
  assert.not.match(shown, /hunter2|abcd-1234|er22/)
  assert.match(
    shown,
    /# rtmp:\/\/a\.rtmp\.youtube\.com\/live2\/\*\*\*, and https:\/\/docs\.example\/keys\/page\.html\n/,
  )
  assert.match(shown, /no # hunter-less comment/)
  assert.match(shown, /passphrase: '\$\{env:SRT}'/)
  const plain = (yaml: string): string => yaml.replace('"rtmp://h/live/hunter2-active"', 'rtmp://h/live/hunter2-active')
  assert.is(plain(restoreText(shown, text)), text)
  // One that was changed stays as it was sent, and its secret is in no answer.
  const changed = shown.replace('was set on Monday', 'was set on Friday')
  assert.match(restoreText(changed, text), /studio: # \*\*\* was set on Friday/)
  assert.match(restoreText(changed, text), /streamKey: hunter2-flow/)
})

test('texts with anchors, blocks and faults', () => {
  const text = `a: &a
  inputs: [{ url: rtmp://h/live/hunter2 }]
channels:
  one: { <<: *a }
  two:
    inputs:
      - url: |-
          rtmp://h/live/hunter2
      - url: 'rtmp://h/live/hunter2' # c
      - { url: "\${env:A}" }
    webhooks:
      - type: slack
        url: >-
          https://h/hunter2
`
  const shown = redactText(text)
  assert.ok(shown !== null)
  assert.not.match(shown, /hunter/)
  assert.match(shown, /# c\n {6}- { url: "\$\{env:A}" }/)
  const restored = restoreText(shown, text)
  assert.is(restored.match(/hunter2/g)?.length, 4)
  for (const broken of [
    'url: rtmp://h/live/hunter2\n\tx: [',
    'a: [\nstreamKey: hunter2\n',
    'a: {url: "rtmps://u:hunter2@h/a',
  ])
    assert.is(redactText(broken), null)
})

/** What it takes of the processor, ms: other programs of the machine count for nothing. */
async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test('three thousand keys are hidden and put back in a moment', async () => {
  const target = (id: number, n: number) => `      t${n}: { url: rtmp://out${id}/live/hunter2-${id}-${n} }\n`
  const channel = (id: number) =>
    [
      `  c${id}:\n    inputs: [{ url: rtmp://in/live/k }]\n    targets:\n`,
      ...Array.from({ length: 10 }, (_, n) => target(id, n)),
    ].join('')
  const text = `channels:\n${Array.from({ length: 300 }, (_, id) => channel(id)).join('')}`
  parseYaml('', text)
  const parsing = await cpuMs(() => parseYaml('', text))
  let shown = ''
  let restored = ''
  const hiding = await cpuMs(() => void (shown = redactText(text)!))
  const restoring = await cpuMs(() => void (restored = restoreText(shown, text)))
  assert.not.match(shown, /hunter/)
  assert.is(restored.match(/hunter2-\d+-\d+/g)?.length, 3000)
  assert.equal(parseYaml('', restored).value, parseYaml('', text).value)
  // Each parses, twice at most.
  assert.ok(hiding < parsing * 3 + 300, `hiding takes ${hiding} ms, parsing ${parsing} ms`)
  assert.ok(restoring < parsing * 5 + 500, `restoring takes ${restoring} ms, parsing ${parsing} ms`)
})

test('a write is whole, follows links, keeps permissions, and leaves nothing behind', async () => {
  const folder = new Folder({ 'real/a.yaml': 'old' })
  const real = join(folder.path, 'real/a.yaml')
  chmodSync(real, 0o640)
  symlinkSync(real, join(folder.path, 'link.yaml'))
  await writeAtomically(join(folder.path, 'link.yaml'), 'new')
  assert.equal([readFileSync(real, 'utf8'), statSync(real).mode & 0o777], ['new', 0o640])
  await writeAtomically(join(folder.path, 'deep/b.yaml'), 'b')
  assert.is(statSync(join(folder.path, 'deep/b.yaml')).mode & 0o777, 0o600)
  assert.equal(readdirSync(join(folder.path, 'real')), ['a.yaml'])
  // A folder in the place of the file: the rename fails.
  assert.is(await codeOf(writeAtomically(join(folder.path, 'real'), 'x')), 'ERR_CONFIG_WRITE')
  assert.equal(readdirSync(folder.path).sort(), ['deep', 'link.yaml', 'real'])
})

test('a folder that cannot be written is a problem with a remedy', async () => {
  // Nobody writes there, root neither.
  const error = await writeAtomically('/proc/rxgst/api.yaml', 'x').catch((error: unknown) => error)
  assert.instance(error, Problem)
  assert.match((error as Problem).remedy, /.+/)
})

const json = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 3 }),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 3 }),
})).object

test('a patch that is made leads to what was wanted', () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const patch = makePatch(from, to)
      assert.equal(
        JSON.stringify(sorted(patch === undefined ? from : mergePatch(from, patch))),
        JSON.stringify(sorted(to)),
      )
    }),
    { numRuns: runs(1000) },
  )
})

test("RFC 7396's own examples", () => {
  for (const [target, patch, result] of [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [['a', 'b'], ['c'], ['c']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ] as const)
    assert.equal(mergePatch(target, patch), result)
})

test('whatever a channel is put over, it becomes what was put', async () => {
  const a = fc.constantFrom({ url: 'srt://h:1' }, { record: 'r' }, { url: 'rtmp://h/a/b', encode: { bitrate: '1M' } })
  const b = fc.constantFrom({ url: 'srt://h:2' }, { record: 's', keep: '1d' })
  const channel = fc.record(
    {
      inputs: fc.constantFrom([{ file: 'a' }], [{ file: 'b' }, { ingest: 'c' }]),
      title: fc.constantFrom('x', 'y'),
      holdBack: fc.constantFrom('5s', 5000, '1m'),
      mode: fc.constantFrom('copy', { encode: {} }, { encode: { fps: 30 } }),
      fill: fc.constantFrom('none', 'repeat'),
      targets: fc.record({ a, b }, { requiredKeys: [] }),
      monitor: fc.constantFrom({}, { content: true }),
    },
    { requiredKeys: ['inputs'] },
  )
  const server = { ingest: {} }
  await fc.assert(
    fc.asyncProperty(channel, channel, channel, async (main, first, second) => {
      const { store } = await storeOf(JSON.stringify({ server, channels: { one: main } }))
      for (const next of [first, second]) {
        const { read } = await committed(store.changeChannel('one', next))
        const wanted = configSchema.parse({ channels: { one: next } }).channels['one']!
        const inputs = wanted.inputs.map((input, index) => ({ ...input, name: `input-${index + 1}` }))
        assert.equal(channelSchema.parse(read.config!.channels['one']), { ...wanted, inputs })
      }
    }),
    { numRuns: runs(12) },
  )
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => [name, sorted(one)])
}

test.run()
