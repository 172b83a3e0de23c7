import { spawnSync } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'

const firstLine = (command, args) => spawnSync(command, args, { encoding: 'utf8' }).stdout?.split('\n')[0]?.trim() ?? ''

/** The facts of the machine that belong to every figure. */
export function describeMachine() {
  const processors = cpus()
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    gstreamer: firstLine('gst-launch-1.0', ['--version']).replace(/^gst-launch-1.0 version /, ''),
    ffmpeg: firstLine('ffmpeg', ['-version']).replace(/^ffmpeg version (\S+).*/, '$1'),
    date: new Date().toISOString(),
    load: load(),
  }
}

/** Load of the last minute: above the number of cores other programs are at work, and times mean little. */
export function load() {
  return Number(loadavg()[0].toFixed(2))
}

export function machineLine(machine) {
  const { cpu, cores, memoryGiB, kernel, node, gstreamer, ffmpeg } = machine
  return (
    `${cpu}, ${cores} cores, ${memoryGiB} GiB; Linux ${kernel}; Node ${node}; GStreamer ${gstreamer}; ` +
    `ffmpeg ${ffmpeg}`
  )
}
