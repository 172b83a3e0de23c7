#!/usr/bin/env node
// The command of the package. `doctor` shows which codecs work on this machine, and the remedy for the others; all the
// other commands are those of the package rxgst-server.
//
//   npx rxgst doctor [--fresh] [--json]
//   npx rxgst serve | relay | record | snapshot | monitor | probe | preflight | config | passwd | ctl | fleet …
//   npx rxgst --version
//
// Exit status 1 if a capture or an output could not start.
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const USAGE = `usage: rxgst doctor [--fresh] [--json]
       rxgst serve [FILE] and the other commands of the package rxgst-server: rxgst COMMAND --help
       rxgst --version

  doctor    tries decoders and encoders; shows the ones in use, and why the others are not
  --fresh   repeats all trials
  --json    the report as JSON`
const FIRST = 'the first that works is used'

const SERVER_COMMANDS = [
  ...['serve', 'relay', 'record', 'snapshot', 'monitor', 'probe', 'preflight'],
  ...['config', 'passwd', 'service', 'ctl', 'fleet', 'completion'],
]
const [command = ''] = process.argv.slice(2)
if (SERVER_COMMANDS.includes(command)) await runServerCommand()
else await runDoctor()

async function runDoctor() {
  let given
  try {
    given = parseArgs({
      options: {
        fresh: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    fail(`${error.message}\n\n${USAGE}`, 2)
  }
  const { values, positionals } = given
  if (values.help) {
    console.log(USAGE)
    process.exit(0)
  }
  if (values.version) {
    console.log(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
    process.exit(0)
  }
  if (positionals.length !== 1 || positionals[0] !== 'doctor') fail(USAGE, 2)

  try {
    const { doctor } = await import('../dist/src/index.js')
    if (!values.json) console.error('Trying the codecs of this machine for some seconds …')
    const report = await doctor({ fresh: values.fresh ?? false })
    console.log(values.json ? JSON.stringify(report, null, 2) : text(report))
    process.exit(
      report.missing.length > 0 || report.unfit.some(({ needed }) => needed) || !report.decoder || !report.encoder
        ? 1
        : 0,
    )
  } catch (error) {
    fail(
      error.code === 'ERR_MODULE_NOT_FOUND'
        ? 'rxgst is not compiled: run npm run build'
        : `${error.code ?? ''} ${error.message}\n${error.remedy ?? ''}`.trim(),
      1,
    )
  }
}

/** In a checkout the server is compiled beside the library. Ends the process where the package is not there. */
async function runServerCommand() {
  const own = new URL('../dist/server/src/commands/main.js', import.meta.url)
  const place = existsSync(own) ? own.href : 'rxgst-server/commands'
  let main
  try {
    ;({ main } = await import(place))
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('rxgst-server')) throw error
    fail(`rxgst ${command} needs the server's package: npm install rxgst-server`, 2)
  }
  await main(process.argv.slice(2))
}

function text({ rxgst, node, gstreamer, nvidia, renderNodes, missing, unfit, decoders, encoders, decoder, encoder }) {
  const lines = [`rxgst ${rxgst}, Node.js ${node}, GStreamer ${gstreamer}`]
  lines.push(`NVIDIA: ${nvidia === null ? 'none' : `driver ${nvidia || 'of unknown version'}`}`)
  const nodes = renderNodes.map(
    ({ path, vendor, accessible }) => `${path} (${vendor}${accessible ? '' : ', no access'})`,
  )
  lines.push(`VA: ${nodes.join(', ') || 'none'}`)
  const decodersOf = codec => decoders.filter(finding => finding.codec === codec)
  const encodersOf = codec => encoders.filter(finding => finding.codec === codec)
  const firstThatWorks = list => list.find(({ works }) => works)?.element
  for (const [title, list, used] of [
    [`Decoders of H.264, ${FIRST}`, decodersOf('h264'), decoder],
    [`Decoders of HEVC, ${FIRST}`, decodersOf('hevc'), firstThatWorks(decodersOf('hevc'))],
    [`Decoders of AV1, ${FIRST}`, decodersOf('av1'), firstThatWorks(decodersOf('av1'))],
    [`Encoders of H.264, ${FIRST}`, encodersOf('h264'), encoder],
    ['Encoders of HEVC, used where `vcodec` names one', encodersOf('hevc'), null],
    ['Encoders of AV1, likewise', encodersOf('av1'), null],
  ]) {
    lines.push('', `${title}:`)
    for (const finding of list) lines.push(...row(finding, used))
  }
  if (missing.length > 0) lines.push('', 'Missing elements:')
  for (const { element, debian } of missing) lines.push(`  ${element.padEnd(14)} Debian package ${debian}`)
  if (unfit.length > 0) lines.push('', 'Properties that this version of GStreamer does not accept:')
  for (const { element, property, needed } of unfit)
    lines.push(`  ${element.padEnd(14)} ${property}${needed ? ': streams cannot start' : ': left out'}`)
  lines.push(
    '',
    `A capture decodes with ${decoder ?? 'nothing (none works)'}, an output encodes with ` +
      `${encoder ?? 'nothing (none works)'}.`,
  )
  return lines.join('\n')
}

function row({ element, works, reason, remedy, latency, psnr }, used) {
  const figures = latency === null ? '' : `, ${latency} ms, ${psnr} dB`
  const state = works ? `works${figures}${element === used ? '  ← used' : ''}` : `not used: ${reason}`
  return [`  ${works ? '✓' : '·'} ${element.padEnd(14)} ${state}`, ...(remedy ? [`                   ${remedy}`] : [])]
}

function fail(message, status) {
  console.error(message)
  process.exit(status)
}
