// suite: deep
// lane: processor
// deadline: 1200
//
// The package as its users get it: packed with a prebuilt addon, installed into an ES module project and a CommonJS
// one, run there and type-checked there. No compiler is found: compile.test.ts has the way where the prebuilt addon
// does not load. Only the packages that rxgst depends on are copied from this repository, in the versions it pins.
// Last, the projects get node-gtk.

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite'
import { PROJECTS } from './projects'

const repository = join(__dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'rxgst-package-'))
const workspace = join(folder, 'workspace')

const test = suite('the package', { timeout: 500_000 })

// Each test goes on where the one before it ended.
test('packs', async () => {
  const source = join(folder, 'source')
  const generated = new Set(['node_modules', 'build', 'dist', 'prebuilds', '.git'])
  cpSync(repository, source, { recursive: true, filter: path => !generated.has(basename(path)) })
  symlinkSync(join(repository, 'node_modules'), join(source, 'node_modules'))
  for (const built of ['build/Release/rxgst.node', 'build/.rxgst-setup']) {
    cpSync(join(repository, built), join(source, built))
  }
  await run(source, process.execPath, 'scripts/prebuild.mjs', '--here')
  await npm(source, 'pack', '--pack-destination', folder)
  assert.ok(existsSync(tarball()), 'npm pack made a tarball')
})

test('packs the server', async () => {
  await npm(join(folder, 'source'), 'pack', '--workspace', 'rxgst-server', '--pack-destination', folder)
  assert.ok(existsSync(serverTarball()), 'npm pack made a tarball of the server')
})

test('holds what a user needs, and nothing else', async () => {
  const list = await run(folder, 'tar', '-tzf', tarball())
  const files = list
    .trim()
    .split('\n')
    .map(path => path.slice('package/'.length))
  const needed = [
    'package.json',
    'README.md',
    'LICENSE',
    'binding.gyp',
    'scripts/install.mjs',
    'scripts/lib/units.mjs',
    'prebuilds/linux-x64/node.napi.glibc.node',
    'native/addon.cc',
    'dist/src/index.js',
    'dist/src/index.d.ts',
    'dist/src/gi/index.js',
    'dist/src/gi/index.d.ts',
    'monitoring/grafana-dashboard.json',
    'monitoring/prometheus-rules.yml',
  ]
  assert.equal(
    needed.filter(path => !files.includes(path)),
    [],
    'missing',
  )
  // The pictures of a document that is packed are packed too.
  const pictures = files
    .filter(path => path.endsWith('.md'))
    .flatMap(path =>
      [...readFileSync(join(repository, path), 'utf8').matchAll(/!\[[^\]]*\]\(([^):]+)\)/g)].map(([, target]) =>
        join(dirname(path), target!).replace(/\/$/, ''),
      ),
    )
  assert.equal(
    pictures.filter(path => !files.includes(path)),
    [],
    'pictures',
  )
  // And what it links to, but for what is of use in a checkout alone.
  const linked = files
    .filter(path => path.endsWith('.md') && path !== 'CONTRIBUTING.md')
    .flatMap(path =>
      [...readFileSync(join(repository, path), 'utf8').matchAll(/[^!]\[[^\]]*\]\(([^):#]+)(?:#[^)]*)?\)/g)].map(
        ([, target]) => join(dirname(path), target!).replace(/\/$/, ''),
      ),
    )
  assert.equal(
    linked.filter(path => !files.some(file => file === path || file.startsWith(`${path}/`))),
    [],
    'linked',
  )

  const allowed = [
    /^(package\.json|README\.md|CONTRIBUTING\.md|LICENSE|binding\.gyp)$/,
    /^examples\/[\w/-]+\.(ts|py)$/,
    /^dist\/src\/.*\.(js|d\.ts)$/,
    /^native\/[\w/]+\.(cc|h)$/,
    /^scripts\/(install|rxgst)\.mjs$/,
    /^prebuilds\/linux-x64\/node\.napi\.glibc\.node$/,
    /^scripts\/lib\/[\w-]+\.mjs$/,
    /^docs\/.*\.md$/,
    /^docs\/charts\/[\w-]+\.svg$/,
    /^docs\/server\/[\w-]+\.png$/,
    /^monitoring\/(grafana-dashboard\.json|prometheus-rules\.yml)$/,
  ]
  assert.equal(
    files.filter(path => !allowed.some(pattern => pattern.test(path))),
    [],
    'too many',
  )
})

test('installs without a compiler', async () => {
  for (const project of PROJECTS) write(project.name, project.files)
  write('.', {
    'package.json': JSON.stringify({ private: true, workspaces: PROJECTS.map(project => project.name) }),
  })
  copyDependencies()
  // Offline: a version of a dependency that is not the copied one fails here, and no server has a say in the result.
  const workspaces = PROJECTS.flatMap(project => ['--workspace', project.name])
  process.env['CXX'] = 'no-compiler'
  await npm(workspace, 'install', '--offline', '--no-audit', '--no-fund', ...workspaces, tarball())

  assert.not.ok(existsSync(join(workspace, 'node_modules/rxgst/build')), 'nothing was compiled')
  assert.not.ok(existsSync(join(workspace, 'node_modules/node-gtk')), 'what nobody asked for')
})

test('the server is a package beside it, and its commands run', async () => {
  const { name } = PROJECTS[0]!
  const command = join(workspace, 'node_modules/rxgst/scripts/rxgst.mjs')
  const there = join(workspace, name)
  const told = await run(there, process.execPath, command, 'config', 'schema').catch((error: Error) => error.message)
  assert.match(told, /rxgst config needs the server's package: npm install rxgst-server/)
  // The installation before has removed what it did not need, and its lock says so.
  for (const lock of ['package-lock.json', 'node_modules/.package-lock.json']) rmSync(join(workspace, lock))
  copyDependencies()
  await npm(workspace, 'install', '--offline', '--no-audit', '--no-fund', '--workspace', name, serverTarball())
  const schema = JSON.parse(await run(there, process.execPath, command, 'config', 'schema')) as { properties: object }
  assert.equal(Object.keys(schema.properties), ['server', 'channels'])
  for (const needed of ['page/index.html', 'rules/youtube.json', 'deploy/rxgst.service', 'dist/src/channel/main.js'])
    assert.ok(existsSync(join(workspace, 'node_modules/rxgst-server', needed)), needed)
  assert.not.ok(existsSync(join(workspace, 'node_modules/rxgst-server/test')), 'tests are not packed')
  const unit = await run(there, process.execPath, command, 'service', 'install', '--dry-run')
  assert.match(unit, /ExecStart=\S+node \S+rxgst\.mjs serve \/etc\/rxgst\/rxgst\.yaml/)
  const rules = await run(there, process.execPath, command, 'preflight', 'rtmp://127.0.0.1:1/a/b', 'nowhere').catch(
    (error: Error) => error.message,
  )
  assert.match(rules, /ERR_PLATFORM.*[^]*facebook, kick, twitch, youtube/)
})

test('where the prebuilt addon does not load, the install script asks for what is missing', async () => {
  const broken = join(folder, 'broken')
  cpSync(join(workspace, 'node_modules/rxgst'), broken, { recursive: true })
  symlinkSync(join(workspace, 'node_modules'), join(broken, 'node_modules'))
  writeFileSync(join(broken, 'prebuilds/linux-x64/node.napi.glibc.node'), 'no library')
  const said = await run(broken, process.execPath, 'scripts/install.mjs').catch((error: Error) => error.message)
  assert.match(said, /Not found for that: .*a C\+\+ compiler/)
  assert.match(said, /sudo apt-get update && sudo apt-get install -y --no-install-recommends /)
})

for (const project of PROJECTS) {
  test(`runs in ${project.title}`, async () => {
    assert.is(await run(join(workspace, project.name), process.execPath, project.main), 'true ERR_URL\n')
  })

  for (const config of project.configs) {
    test(`has types in ${project.title}, ${config}`, async () => {
      const tsc = join(repository, 'node_modules/typescript/bin/tsc')
      await run(join(workspace, project.name), process.execPath, tsc, '--noEmit', '-p', config)
    })
  }
}

const GI =
  "import('rxgst/gi').then(({ gi }) => gi().versionString()).catch(({ code, message }) => code + ' ' + message)"

test('rxgst/gi says how to install node-gtk, and gives GStreamer where it is', async () => {
  const say = (name: string) => run(join(workspace, name), process.execPath, '-e', `${GI}.then(console.log)`)
  const told = /^ERR_ADDON_NOT_BUILT rxgst\/gi needs node-gtk, .* run "npm install node-gtk@[\d.]+"; it needs the/
  for (const { name } of PROJECTS) assert.match(await say(name), told)
  symlinkSync(join(repository, 'node_modules/node-gtk'), join(workspace, 'node_modules/node-gtk'))
  for (const { name } of PROJECTS) assert.match(await say(name), /^GStreamer 1\./)
})

test.after(() => rmSync(folder, { recursive: true, force: true }))
test.run()

function serverTarball(): string {
  const { version } = readJson('server/package.json') as { version: string }
  return join(folder, `rxgst-server-${version}.tgz`)
}

function tarball(): string {
  const { name, version } = readJson('package.json') as { name: string; version: string }
  return join(folder, `${name}-${version}.tgz`)
}

/** Every package that an installation without devDependencies has, at its place, so that npm finds nothing to add. */
function copyDependencies(): void {
  const { packages } = readJson('package-lock.json') as { packages: Record<string, { dev?: boolean; link?: boolean }> }
  const isWanted = ([path, { dev, link }]: (typeof entries)[number]): boolean =>
    path.startsWith('node_modules/') && !dev && !link
  const entries = Object.entries(packages)
  const paths = entries.filter(isWanted)
  // Links of an earlier copy lead nowhere once npm has removed what they lead to.
  rmSync(join(workspace, 'node_modules/.bin'), { recursive: true, force: true })
  // A package whose commands are not in .bin counts as broken, and is installed anew.
  for (const path of ['node_modules/.bin', ...paths.map(([path]) => path)]) {
    if (!existsSync(join(repository, path))) continue // optional, and not for this platform
    cpSync(join(repository, path), join(workspace, path), { recursive: true, verbatimSymlinks: true })
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(repository, file), 'utf8'))
}

function write(directory: string, files: Record<string, string>): void {
  mkdirSync(join(workspace, directory), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(workspace, directory, name), text)
}

function npm(cwd: string, ...args: string[]): Promise<string> {
  const running = process.env.npm_execpath ?? ''
  return basename(running) === 'npm-cli.js' ? run(cwd, process.execPath, running, ...args) : run(cwd, 'npm', ...args)
}

/** Its standard output; what it said at all when it fails. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  // What the npm above us told its script about this repository is not true of the projects.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
  try {
    return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 26 })).stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${[basename(command), ...args].join(' ')} failed in ${cwd}\n${stdout}${stderr}`)
  }
}
