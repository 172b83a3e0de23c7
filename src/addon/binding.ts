/**
 * The addon's door: the only loader of the .node file. What it exports is typed in one file for each room of native/;
 * C++ registers it in native/<room>/exports.h. Everything here is called on the JS thread; what it wraps works in
 * GStreamer's streaming threads. Facades validate before; C++ trusts.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { RxGstError } from '../core/errors'
import { scriptsNotRun } from '../core/runtime'
import type { CaptureExports } from './capture'
import { RUNTIME_PACKAGES } from './debian'
import type { GiExports } from './gi'
import type { GstExports } from './gst'
import type { JsExports } from './js'
import type { MeterExports } from './meter'
import type { OutputExports } from './output'
import type { PipelineExports } from './pipeline'
import type { PixelsExports } from './pixels'
import type { RtmpExports } from './rtmp'
import type { TapExports } from './tap'

export interface Native
  extends JsExports,
    GstExports,
    GiExports,
    PixelsExports,
    RtmpExports,
    CaptureExports,
    TapExports,
    PipelineExports,
    OutputExports,
    MeterExports {}

let loaded: Native | null = null

/** Loads the addon once. ERR_ADDON_NOT_BUILT tells what to do. */
export function native(): Native {
  if (loaded) return loaded
  const file = addonFile()
  try {
    loaded = require(file) as Native
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    const run = `it needs the Debian packages ${RUNTIME_PACKAGES.join(' ')}`
    const compile = 'where they are installed, run "npm rebuild rxgst --ignore-scripts=false", which compiles it anew'
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon does not load (${why}): ${run}; ${compile}`, {
      cause,
    })
  }
  return loaded
}

/** What was compiled here, in build/, before what came with the package, in prebuilds/. */
function addonFile(): string {
  // This file is dist/src/addon/binding.js, in a checkout as in a package.
  const root = path.resolve(__dirname, '../../..')
  try {
    return (require('node-gyp-build') as { path(root: string): string }).path(root)
  } catch (cause) {
    const tried = existsSync(path.join(root, 'build'))
    const installed = tried ? 'it did not compile; run "npm rebuild rxgst" and see why' : scriptsNotRun('rxgst')
    const checkout = 'run "npm start" or "npm test" in a checkout: they build it'
    const todo = root.includes('node_modules') ? installed : checkout
    throw new RxGstError('ERR_ADDON_NOT_BUILT', `the native addon is missing (${root}): ${todo}`, { cause })
  }
}
