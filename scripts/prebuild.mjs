// The maker of prebuilds/linux-x64/node.napi.glibc.node, the addon in the tarball: the addon of this checkout without
// its symbol table, on Debian 12 and x64. One file serves Node.js 20 and later, since it uses Node-API.
//
//   npm run prebuild                     sets up, then makes it
//   node scripts/prebuild.mjs --here     on any Linux, for this machine: what the tests pack
//   node scripts/prebuild.mjs --check    fails if it is missing, or made from other sources
//
// On another system:  sudo scripts/check-fresh.sh --working-tree --bring prebuilds npm run prebuild

import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { addonReason, buildAddon, sourcesStamp } from './lib/addon.mjs'
import { loadError, PREBUILT_FILE } from './lib/prebuilt.mjs'
import { readStamp, writeStamp } from './lib/stamp.mjs'
import { SetupError } from './lib/task.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values: options } = parseArgs({ options: { here: { type: 'boolean' }, check: { type: 'boolean' } } })
const file = join(root, PREBUILT_FILE)
const stampFile = `${file}.stamp`

/** Libraries that RUNTIME_PACKAGES bring, and those of C and C++. Another one would have to be installed, too. */
const LIBRARIES = [
  /^libgst(reamer|base|app|video|audio)-1\.0\.so\.0$/,
  /^lib(gio|gobject|glib)-2\.0\.so\.0$/,
  /^libebur128\.so\.1$/,
  /^libyuv\.so\.0$/,
  /^(libstdc\+\+\.so\.6|libgcc_s\.so\.1|libm\.so\.6|libc\.so\.6|ld-linux-x86-64\.so\.2)$/,
]
/** Of symbols: what Ubuntu 22.04 has, the oldest system that is asked for; Debian 12 has all of it. */
const NEWEST = { GLIBC: '2.35', GLIBCXX: '3.4.30', CXXABI: '1.3.13', GCC: '12.0.0' }

function make() {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new SetupError('A prebuilt addon is for linux-x64.')
  mkdirSync(dirname(file), { recursive: true })
  copyFileSync(join(root, 'build/Release/rxgst.node'), file)
  execFileSync('strip', ['--strip-unneeded', file])
  if (!options.here) checkAbi()
  const error = loadError(file)
  if (error !== null) throw new SetupError(`The prebuilt addon does not load: ${error}`)
  writeStamp(stampFile, sourcesStamp(root))
  console.log(`${PREBUILT_FILE}: ${(statSync(file).size / 1e6).toFixed(1)} MB`)
}

/** Checks that it needs only the libraries and symbols of the oldest system. */
function checkAbi() {
  const text = execFileSync('objdump', ['-p', '-T', file], { encoding: 'utf8' })
  const needed = [...text.matchAll(/^\s*NEEDED\s+(\S+)/gm)].map(match => match[1])
  const strange = needed.filter(name => !LIBRARIES.some(pattern => pattern.test(name)))
  if (strange.length > 0) throw new SetupError(`The addon needs libraries that nobody installs: ${strange.join(', ')}`)
  const newer = [...text.matchAll(/\b(GLIBCXX|GLIBC|CXXABI|GCC)_([\d.]+)\b/g)].filter(
    ([, name, version]) => version.localeCompare(NEWEST[name], 'en', { numeric: true }) > 0,
  )
  if (newer.length > 0) {
    const names = [...new Set(newer.map(([symbol]) => symbol))]
    throw new SetupError(`The addon needs what older systems do not have: ${names.join(', ')}`)
  }
}

function check() {
  if (!existsSync(file)) return console.log('No prebuilt addon: who installs this tarball compiles. npm run prebuild')
  if (readStamp(stampFile) !== sourcesStamp(root)) {
    throw new SetupError('The prebuilt addon is of other sources: run "npm run prebuild", or remove prebuilds/.')
  }
}

function isDebian12() {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  return /^ID=debian$/m.test(text) && /^VERSION_ID="12"$/m.test(text)
}

try {
  if (options.check) check()
  else if (options.here || isDebian12()) {
    if (addonReason(root)) await buildAddon(root)
    make()
  } else {
    throw new SetupError(
      'A prebuilt addon is made on Debian 12. On another system this makes it on an empty one:\n\n' +
        '  sudo scripts/check-fresh.sh --working-tree --bring prebuilds npm run prebuild\n',
    )
  }
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error)
  process.exitCode = 1
}
