// The demo: `npm start` sets up, then runs this, which runs examples/relay.ts beside `rxgst serve`.
//
//   node scripts/start.mjs --help

import { existsSync } from 'node:fs'
import { startDemoServer } from './lib/demo-server.mjs'

const file = new URL('../dist/examples/relay.js', import.meta.url)
if (existsSync(file)) {
  const { main } = await import(file)
  process.exit(await main(process.argv.slice(2), startDemoServer))
}
console.error('The demo is not compiled yet: run "npm start", which sets everything up first.')
process.exitCode = 1
