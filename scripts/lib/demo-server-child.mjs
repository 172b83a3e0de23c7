// The process of scripts/lib/demo-server.mjs: node demo-server-child.mjs PORT STREAM…
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '../../dist/server/src/commands/serve.js'

const TITLES = { programme: 'Test programme', relay: 'Relay, drawn on in JavaScript' }
/** What the programs of README.md send, so that they may send it here. */
const EXAMPLES = ['drawn', 'one', 'two']

process.title = 'rxgst serve'
const [port, ...streams] = process.argv.slice(2)
// Nobody else may enter it.
const folder = mkdtempSync(join(tmpdir(), 'rxgst-demo-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
// The demo has gone without a word. The first of two signals ends in order, the second one now.
process.once('disconnect', () => {
  for (let signals = 0; signals < 2; signals++) process.emit('SIGTERM')
  process.exit()
})

const channel = name => ({ title: TITLES[name], inputs: [{ name, ingest: name }], monitor: { content: true } })
const config = {
  server: { listen: '127.0.0.1:8787', state: 'state', ingest: { listen: `127.0.0.1:${port}`, streamKeys: false } },
  channels: {
    ...Object.fromEntries(streams.map(name => [name, channel(name)])),
    examples: {
      title: "What the README's programs send",
      enabled: false,
      inputs: EXAMPLES.map(name => ({ name, ingest: name })),
    },
  },
}
const file = join(folder, 'rxgst.yaml')
// JSON is YAML.
writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
await serve(file, { freePort: true }).catch(error => {
  console.error(`${error.code ?? ''} ${error.message}. ${error.remedy ?? ''}`.trim())
  process.exit(1)
})
