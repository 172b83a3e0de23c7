// suite: deep
import { copyFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { exec } from '../../../test/support/child.js'
import { suite } from '../../../test/support/suite.js'
import { tempDir } from '../../../test/support/temp.js'
import { fakeApi } from './support.js'

/** Of the sources: npm needs its lock. */
const SOURCES = fileURLToPath(new URL('../../../../server/test/client', import.meta.url))
const NO_REGISTRY =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|ENOTCACHED|was killed/

const PROGRAM = `import type { components, operations, paths } from './api'

type Channel = components['schemas']['ChannelView']
type Get = paths['/api/v1/channels/{id}']['get']
type Problem = Get['responses'][404]['content']['application/problem+json']

export const states = (channels: Channel[]): string[] =>
  channels.map(({ id, status }) => id + status.phase + status.targets.map(target => target.reason?.code).join())
export const remedy = (problem: Problem): string => problem.remedy
export const query: operations['get-channels-id-history']['parameters']['query'] = { metric: 'fps', since: 0 }

// @ts-expect-error there is no such phase
export const phase: Channel['status']['phase'] = 'dancing'
// @ts-expect-error an action is posted
export type None = paths['/api/v1/channels/{id}:start']['get']['responses']
`

/** A folder with the generator and its compiler; null: no registry of npm can be reached. */
async function install(): Promise<string | null> {
  const folder = tempDir()
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(SOURCES, name), join(folder, name))
  try {
    const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1']
    await exec('npm', args, { cwd: folder, timeout: 180_000 })
    return folder
  } catch (error) {
    if (NO_REGISTRY.test(String(error))) return null
    throw error
  }
}

const folder = await install()
const test = suite('a generated client', { timeout: 240_000 })
// Thousands of files: a busy machine takes longer for them than the end of a process may.
test.after(() => folder && rm(folder, { recursive: true, force: true }))

const body = async () => {
  await using fake = await fakeApi()
  const { text } = await fake.request('GET', '/openapi.json')
  writeFileSync(join(folder!, 'openapi.json'), text)
  writeFileSync(join(folder!, 'program.ts'), PROGRAM)
  const run = (path: string, ...args: string[]) =>
    exec(process.execPath, [join('node_modules', path), ...args], { cwd: folder! })
  await run('openapi-typescript/bin/cli.js', 'openapi.json', '-o', 'api.d.ts')
  const { stdout } = await run(
    'typescript/bin/tsc',
    '--strict',
    '--noEmit',
    '--target',
    'es2022',
    'program.ts',
    'api.d.ts',
  )
  assert.is(stdout.toString(), '')
}
if (folder === null) test.skip('compiles, and knows what the document says')
else test('compiles, and knows what the document says', body)

test.run()
