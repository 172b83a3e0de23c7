// rxgst config check | diff | schema, as functions and through commander.
import { Command } from 'commander'
import * as assert from 'uvu/assert'
import { suite } from '../../../test/support/suite.js'
import { configCheck, configDiff, registerConfigCommands, type CommandResult } from '../../src/commands/config.js'
import { Folder } from '../config/folder.js'

const test = suite('config commands')

const GOOD = 'channels:\n  a: { inputs: [{ url: rtmp://h/live/hunter2 }], fill: repeat }\n'
const env = {}

test('check', async () => {
  const folder = new Folder({ 'rxgst.yaml': GOOD, 'bad.yaml': `${GOOD}sever: {}\n` })
  assert.equal(await configCheck(folder.file, { env }), {
    exitCode: 0,
    stdout: `${folder.file}: valid, 1 channel\n`,
    stderr: '',
  })
  const bad = `${folder.path}/bad.yaml`
  assert.equal(await configCheck(bad, { env }), {
    exitCode: 1,
    stdout: '',
    stderr: `${bad}:3:1: sever: unknown key sever; did you mean 'server'?\n${bad}: 1 problem\n`,
  })
  assert.match((await configCheck(`${folder.path}/none.yaml`, { env })).stderr, /none.yaml: there is no such file/)
  const json = await configCheck(bad, { env, json: true })
  assert.is(json.exitCode, 1)
  assert.equal(JSON.parse(json.stdout), {
    file: bad,
    valid: false,
    channels: null,
    problems: [{ file: bad, line: 3, column: 1, path: 'sever', message: "unknown key sever; did you mean 'server'?" }],
    warnings: [],
  })
})

test('check warns of secrets that are not there', async () => {
  const folder = new Folder({ 'rxgst.yaml': 'channels: { a: { inputs: [{ url: "rtmp://h/a/${env:KEY}" }] } }' })
  const { exitCode, stdout } = await configCheck(folder.file, { env })
  assert.is(exitCode, 0)
  assert.match(stdout, /:1:34: warning: channels.a.inputs\[0\].url: \$\{env:KEY\} is not set\n/)
  assert.not.match((await configCheck(folder.file, { env: { KEY: 'x' } })).stdout, /warning/)
})

test('diff', async () => {
  const folder = new Folder({
    'rxgst.yaml': GOOD,
    'next.yaml': GOOD.replace('repeat', 'none').replace('hunter2', 'hunter3'),
    'bad.yaml': 'channels: 5\n',
  })
  const diff = (next: string, json = false) => configDiff(folder.file, `${folder.path}/${next}`, { env, json })
  assert.equal(await diff('rxgst.yaml'), { exitCode: 0, stdout: 'nothing changes\n', stderr: '' })
  const { exitCode, stdout } = await diff('next.yaml')
  assert.is(exitCode, 1)
  assert.equal(stdout.split('\n'), [
    'a.inputs: 1 entry (what is not shown of it); the channel starts anew',
    'a.fill: repeat → none; the channel starts anew',
    'starts anew: a',
    '',
  ])
  const json = JSON.parse((await diff('next.yaml', true)).stdout) as { restarts: string[]; steps: unknown[] }
  assert.equal([json.restarts, json.steps.length], [['a'], 2])
  const bad = await diff('bad.yaml')
  assert.is(bad.exitCode, 2)
  assert.match(bad.stderr, /bad.yaml:1:11: channels: expected fields but received a number/)
  assert.equal([(await diff('none.yaml')).exitCode, (await diff('none.yaml', true)).exitCode], [2, 2])
})

test('through the command line', async () => {
  const folder = new Folder({ 'rxgst.yaml': GOOD })
  const results: CommandResult[] = []
  const program = new Command().exitOverride()
  registerConfigCommands(program, result => void results.push(result))
  for (const words of [
    ['check', folder.file],
    ['check', '--json', folder.file],
    ['diff', folder.file, folder.file],
    ['schema'],
  ])
    await program.parseAsync(['config', ...words], { from: 'user' })
  assert.equal(
    results.map(({ exitCode }) => exitCode),
    [0, 0, 0, 0],
  )
  assert.ok(JSON.parse(results[1]!.stdout))
  assert.is((JSON.parse(results[3]!.stdout) as { title: string }).title, 'rxgst serve: configuration')
})

test.run()
