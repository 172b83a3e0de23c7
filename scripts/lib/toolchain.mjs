// The check whether this machine can compile the addon, before node-gyp, whose own answer is forty lines long.

import { spawnSync } from 'node:child_process'
import { aptCommand, BUILD_PACKAGES, missingPackages, RUNTIME_PACKAGES } from './packages.mjs'

const LIBRARIES = ['gstreamer-1.0', 'gstreamer-app-1.0', 'gstreamer-video-1.0', 'gstreamer-audio-1.0', 'libebur128']

/** The missing parts, in words; empty when nothing is missing. */
export function missingTools() {
  const missing = ['make', 'python3', 'pkg-config'].filter(tool => !runs(tool, ['--version']))
  if (!missing.includes('pkg-config')) missing.push(...LIBRARIES.filter(name => !runs('pkg-config', [name])))

  // As make reads it: `ccache g++` is a command with an argument.
  const [compiler, ...words] = (process.env.CXX || 'c++').trim().split(/\s+/)
  if (!runs(compiler, [...words, '--version'])) return [...missing, 'a C++ compiler']
  // libyuv has no pkg-config file in Debian: let the compiler look for its header and its library.
  const program = '#include <libyuv.h>\nint main() {}\n'
  if (!runs(compiler, [...words, '-x', 'c++', '-', '-o', '/dev/null', '-lyuv'], program)) missing.push('libyuv')
  return missing
}

/** The message for a machine on which the prebuilt addon does not load, and none compiles. */
export function missingToolsMessage(missing, prebuiltError = null) {
  const runtime = lacking(RUNTIME_PACKAGES)
  const all = [...runtime, ...lacking(BUILD_PACKAGES)]
  const prebuilt = `The prebuilt addon does not load here: ${prebuiltError}.
On Debian 12 or later and Ubuntu 22.04 or later this command brings what it needs:

  ${aptCommand(runtime)}

Then install rxgst again. Where that does not help, rxgst compiles its addon. Not found for that: ${missing.join(', ')}.
This command brings all that compiling and running take:
`
  const why = prebuiltError === null ? 'There is none for this system' : `It does not load here: ${prebuiltError}`
  const compiled = `rxgst cannot use a prebuilt addon, and has to compile it. ${why}.
Not found for that: ${missing.join(', ')}.
On Debian 12 or later and Ubuntu 22.04 or later this command brings all it needs, to compile and to run:
`
  return `
${prebuiltError === null || runtime.length === 0 ? compiled : prebuilt}
  ${aptCommand(all.length > 0 ? all : [...RUNTIME_PACKAGES, ...BUILD_PACKAGES])}

On another system install its packages of GStreamer 1.22 or later (with the base, good, bad, ugly and libav plugins),
libyuv and libebur128; to compile, their headers and a C++20 compiler, too. Then install rxgst again.
`
}

function lacking(packages) {
  return missingPackages(packages) ?? packages
}

function runs(command, args, input = '') {
  return spawnSync(command, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0
}
