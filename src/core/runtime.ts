import { RxGstError } from './errors'

/**
 * Other runtimes run the JavaScript of this package and then fall over its native half (node-gtk is made for V8 as Node.js
 * has it): told before, and not by a crash. They call themselves Node.js, too.
 */
export function checkRuntime(versions: Readonly<Record<string, string | undefined>> = process.versions, global: object = globalThis): void {
  const name = versions['bun'] !== undefined ? 'Bun' : versions['deno'] !== undefined || 'Deno' in global ? 'Deno' : null
  if (name !== null) throw new RxGstError('ERR_RUNTIME', `rxgst runs on Node.js; this is ${name}, which is not supported`)
}

/** What to do where npm put the package there and ran none of its scripts, nor node-gtk's. */
export const SCRIPTS_NOT_RUN =
  'npm did not run the install scripts (--ignore-scripts, or it waits for their approval): run "npm rebuild rxgst node-gtk --ignore-scripts=false"; ' +
  'where npm says that they are not approved, "npm install-scripts approve rxgst node-gtk" before it'
