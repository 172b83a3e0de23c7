// The Debian packages that rxgst needs, and those of them that this machine lacks.
// The names are those of Debian 12 and later, and of Ubuntu 22.04 and later.

import { spawnSync } from 'node:child_process'

/** Packages for running a program that uses the library, with the addon prebuilt or not. */
export const RUNTIME_PACKAGES = [
  'gstreamer1.0-plugins-base', // appsrc, appsink, videotestsrc, audioconvert, audioresample, videoscale
  'gstreamer1.0-plugins-good', // flvdemux, flvmux, level
  'gstreamer1.0-plugins-bad', // rtmp2src and rtmp2sink, the librtmp pair, h264parse, openh264, va, nvcodec
  'gstreamer1.0-plugins-ugly', // x264enc
  'gstreamer1.0-libav', // avdec_h264, avdec_aac, avenc_aac
  'gstreamer1.0-x', // textoverlay and clockoverlay: Debian keeps the pango plugin here
  'glib-networking', // TLS of GLib, without which rtmps:// has none
  'ca-certificates', // … and whom that TLS trusts
  'libebur128-1', // loudness (BS.1770, EBU R 128)
  'libyuv0', // pixel formats
]

/** Further packages for compiling the addon. */
export const BUILD_PACKAGES = [
  'g++',
  'make',
  'python3', // node-gyp is written in it
  'pkg-config', // how binding.gyp finds its libraries
  'libgstreamer1.0-dev',
  'libgstreamer-plugins-base1.0-dev', // headers of app, video and audio
  'libebur128-dev',
  'libyuv-dev',
]

/** Further packages to compile node-gtk, which has no binaries for Node 20. */
export const INTROSPECTION_BUILD_PACKAGES = [
  'libgirepository1.0-dev',
  'libcairo2-dev', // linked, drawing or not
]

/** Further packages that `rxgst/gi` alone needs to run. */
const INTROSPECTION_PACKAGES = [
  'gir1.2-gstreamer-1.0', // typelib of the core
  'gir1.2-gst-plugins-base-1.0', // typelibs of app, video and audio
]

/** Further packages for the tests and the benchmarks. */
export const DEVELOPMENT_PACKAGES = [
  ...INTROSPECTION_PACKAGES,
  'gir1.2-gtk-3.0', // a window through rxgst/gi …
  'libharfbuzz-gobject0', // … for its fonts' typelib, which only recommends it …
  'gstreamer1.0-gtk3', // … gtksink, which draws in it …
  'xvfb', // … and a screen where there is none
  'nginx', // with the next one the RTMP server broadcasters run; the tests start their own, on a free port
  'libnginx-mod-rtmp',
  'ffmpeg', // ffmpeg and ffprobe: the other party, and the judge of what we send
  'rtmpdump', // rtmpsrv: librtmp's own server
  'gir1.2-gst-rtsp-server-1.0', // the cameras of the tests …
  'python3-gi', // … in Debian's python
  'srt-tools', // srt-live-transmit, the other party of SRT
  'gstreamer1.0-tools', // gst-launch-1.0, to compare with
  'postgresql', // the store of a fleet; the tests make clusters of their own
  'prometheus', // promtool, which checks the alert rules we ship; the server itself stays off
]

/** Further packages with which the benchmarks compare; large, so the tests do without them. */
export const BENCH_PACKAGES = [
  'python3-av', // PyAV
  'python3-opencv',
]

/** The packages of this list that are not installed; null: there is no dpkg. */
export function missingPackages(packages) {
  const { error, stdout } = spawnSync('dpkg-query', ['-W', '-f=${Package} ${db:Status-Abbrev}\n', ...packages], {
    encoding: 'utf8',
  })
  if (error) return null
  // "ii": wanted and installed, "hi": the same, held. Names that dpkg does not know go to stderr, and are missing too.
  const installed = new Set([...stdout.matchAll(/^(\S+) [ih]i/gm)].map(match => match[1]))
  return packages.filter(name => !installed.has(name))
}

/** The apt line, ready to paste. */
export function aptCommand(packages) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
}
