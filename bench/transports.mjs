// The transports side by side: age of a picture in JS after it entered its encoder, over nginx on loopback, and what a
// picture costs the processor on either side. Every way has its turn in every round, so that all see the same machine.
//
//   node bench/transports.mjs [--quick] [--seconds 10] [--warmup 3] [--rounds 3] [--sound 0] [--json]
import { startNginx } from '../dist/test/support/peers/nginx.js'
import { calm } from './lib/calm.mjs'
import { describeMachine } from './lib/machine.mjs'
import { startHelper } from './lib/processes.mjs'
import { readOptions, report, tell } from './lib/report.mjs'
import { percentile, round } from './lib/statistics.mjs'

const PICTURE = { width: 640, height: 360, fps: 30 }
const TRANSPORTS = ['rxrtmp', 'rtmp2']

const options = readOptions({ seconds: [10, 4], warmup: [3, 2], rounds: [3, 1], sound: [0, 0] })
const machine = describeMachine()
const nginx = await startNginx()
const results = new Map()

/** One way for some seconds. */
async function measure(writer, from, to, url, name = `${from} → ${to}`) {
  const reader = await startHelper('./transport-process.mjs')
  const before = await writer.ask('cost')
  const { seconds, warmup: warmUp } = options
  const { ages, parts, unreadable, ...read } = await reader.ask('read', {
    reader: 'capture',
    url,
    transport: to,
    ...PICTURE,
    seconds,
    warmUp,
  })
  const after = await writer.ask('cost')
  await reader.stop()
  const all = results.get(name) ?? { ages: [], parts: [], unreadable: 0, writing: [], reading: [], medians: [] }
  all.ages.push(...ages)
  all.parts.push(...parts)
  all.unreadable += unreadable
  all.writing.push((after.seconds - before.seconds) / (after.written - before.written))
  all.reading.push(read.seconds / ages.length)
  all.medians.push(percentile(ages, 0.5))
  results.set(name, all)
  const [half, most] = [0.5, 0.99].map(part => round(percentile(ages, part)))
  tell(`${name}: ${half} ms, 99 %: ${most} ms; ${after.queued} pictures wait in the output`)
}

for (let turn = 0; turn < options.rounds; turn++) {
  for (const from of TRANSPORTS) {
    const stream = `${from}-${turn}`
    const writer = await startHelper('./transport-process.mjs')
    await calm()
    await writer.ask('publish', {
      url: nginx.url(stream),
      transport: from,
      ...PICTURE,
      bitrate: '2500k',
      sound: options.sound > 0,
    })
    await nginx.published(stream)
    for (const to of TRANSPORTS) await measure(writer, from, to, nginx.url(stream))
    if (options.sound > 0) {
      // In JavaScript between the two: what a program adds that draws nothing.
      const relay = await startHelper('./transport-process.mjs')
      const relayed = `${stream}-relayed`
      await relay.ask('relay', {
        from: nginx.url(stream),
        to: nginx.url(relayed),
        transport: from,
        ...PICTURE,
        bitrate: '2500k',
      })
      await nginx.published(relayed)
      await measure(writer, from, from, nginx.url(relayed), `${from} → relay with sound → ${from}`)
      await relay.stop()
    }
    await writer.stop()
  }
}
await nginx.stop()

const rows = [...results].map(([way, { ages, parts, unreadable, writing, reading, medians }]) => ({
  way,
  'p50 ms': round(percentile(ages, 0.5)),
  'p99 ms': round(percentile(ages, 0.99)),
  'of it since arrival, p50 ms': round(percentile(parts, 0.5)),
  'p50 of each round': medians.map(value => round(value)).join(' '),
  'output, ms of processor a picture': round(Math.min(...writing) * 1000, 2),
  'capture, ms of processor a picture': round(Math.min(...reading) * 1000, 2),
  pictures: ages.length,
  unreadable,
}))
const [ours, theirs] = ['rxrtmp → rxrtmp', 'rtmp2 → rtmp2'].map(name => percentile(results.get(name).ages, 0.5))
report('transports', options, {
  title:
    `${PICTURE.height}p${PICTURE.fps} of 2.5 Mbit/s ${options.sound > 0 ? 'with sound ' : ''}over nginx, ` +
    `${options.rounds} × ${options.seconds} s each after ${options.warmup} s; ` +
    'processor: the least of the rounds',
  rows,
  goals: [
    {
      goal: 'rxrtmp at both ends no older at the median than rtmp2 at both, within 1 ms',
      value: `${round(ours)} ms beside ${round(theirs)} ms`,
      met: ours <= theirs + 1,
    },
  ],
  checks: rows.map(({ way, pictures, unreadable }) => ({
    check: `${way}: ${pictures} clocks read, ${unreadable} not`,
    well: pictures > 0 && unreadable <= pictures / 100,
  })),
  machine,
})
