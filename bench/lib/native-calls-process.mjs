// The native calls of one way to read a capture, in a process of its own.
//
//   node [--expose-gc --max-semi-space-size=256] native-calls-process.mjs DIST URL WAY SECONDS [count]
//
// With `count` each class and function that the addon exports is replaced by one that counts, which costs time and
// memory of its own. Without it the process measures time and memory instead.
import Module from 'node:module'
import { pathToFileURL } from 'node:url'
import { ownThreadSeconds } from './processes.mjs'

const [dist, url, way, seconds, count] = process.argv.slice(2)
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

const counts = { calls: 0, properties: 0, elements: 0, arguments: 0, wakeups: 0, names: {} }

/** Values that native code has written into the value that it returns. */
function weigh(value) {
  if (value === null || typeof value !== 'object') return
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return
  if (Array.isArray(value)) {
    counts.elements += value.length
    value.forEach(weigh)
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    counts.properties += Object.keys(value).length
    Object.values(value).forEach(weigh)
  }
}

/** Functions that the addon calls. */
const heard = args =>
  args.map(value =>
    typeof value === 'function'
      ? (...given) => {
          counts.wakeups++
          return value(...given)
        }
      : value,
  )

function counted(name, call) {
  return function (...args) {
    counts.calls++
    counts.arguments += args.length
    counts.names[name] = (counts.names[name] ?? 0) + 1
    const result = call.apply(this, heard(args))
    weigh(result)
    return result
  }
}

/** A class of the addon with counted methods, derived so that its objects are still the addon's. */
function countedMethods(name, original) {
  const methods = Object.create(original)
  for (const key of Object.getOwnPropertyNames(original)) {
    if (key !== 'constructor' && typeof original[key] === 'function') {
      Object.defineProperty(methods, key, { value: counted(`${name}.${key}`, original[key]) })
    }
  }
  return methods
}

function countedClass(name, Original) {
  const methods = countedMethods(name, Original.prototype)
  return class {
    constructor(...args) {
      const made = new Original(...heard(args))
      Object.setPrototypeOf(made, methods)
      // biome-ignore lint/correctness/noConstructorReturn: the object is the addon's own
      return made
    }
  }
}

/** Objects that a function returns have a class that is not exported. */
function countedFunction(name, original) {
  return counted(name, (...args) => {
    const made = original(...args)
    const prototype = made !== null && typeof made === 'object' ? Object.getPrototypeOf(made) : null
    const foreign = prototype && ![Object.prototype, Array.prototype].includes(prototype)
    if (foreign) Object.setPrototypeOf(made, countedMethods(name, prototype))
    return made
  })
}

if (count) {
  const load = Module._extensions['.node']
  Module._extensions['.node'] = (module, file) => {
    load(module, file)
    if (!file.endsWith('rxgst.node')) return
    const exported = module.exports
    module.exports = Object.fromEntries(
      Object.entries(exported).map(([name, value]) => {
        if (typeof value !== 'function') return [name, value]
        const isClass = Object.getOwnPropertyNames(value.prototype ?? {}).length > 1
        return [name, (isClass ? countedClass : countedFunction)(name, value)]
      }),
    )
  }
}

const { RTMPCapture, StreamMonitor } = await import(pathToFileURL(`${dist}/src/index.js`))

let pictures = 0
const take = frame => {
  pictures++
  frame.close()
}
const capture = new RTMPCapture(url, { decode: way !== 'watched', reconnect: false })
capture.state$.subscribe(({ phase }) => phase === 'failed' && process.exit(1))
let cleanUp = () => {}
let taken = () => pictures
if (way === 'frames$') capture.frames$.subscribe(take)
if (way === 'framesWithAudio$') capture.framesWithAudio$.subscribe(({ frame }) => take(frame))
await capture.start()
if (way === 'getFrame()') {
  let on = true
  const loop = (async () => {
    while (on) take(await capture.getFrame())
  })()
  cleanUp = () => {
    on = false
    return loop
  }
}
if (way === 'watched') {
  const monitor = new StreamMonitor()
  monitor.attachStream(capture)
  cleanUp = () => monitor[Symbol.dispose]()
  const from = performance.now()
  taken = () => Math.round(((performance.now() - from) / 1000) * 30)
}

await sleep(2000)
globalThis.gc?.()
for (const key of ['calls', 'properties', 'elements', 'arguments', 'wakeups']) counts[key] = 0
counts.names = {}
const first = taken()
const heap = process.memoryUsage().heapUsed
const busy = ownThreadSeconds()
await sleep(Number(seconds) * 1000)
const each = value => value / (taken() - first)
const measured = {
  pictures: taken() - first,
  microseconds: each(ownThreadSeconds() - busy) * 1e6,
  bytes: each(process.memoryUsage().heapUsed - heap),
  calls: each(counts.calls),
  properties: each(counts.properties),
  elements: each(counts.elements),
  arguments: each(counts.arguments),
  wakeups: each(counts.wakeups),
  names: Object.fromEntries(
    Object.entries(counts.names)
      .map(([name, calls]) => [name, Number(each(calls).toFixed(2))])
      .sort(([, a], [, b]) => b - a),
  ),
}
await cleanUp()
await capture.stop()
console.log(JSON.stringify(measured))
process.exit()
