/**
 * A GTK 3 window that shows a live stream above its alerts.
 *
 *   stream ─▶ RTMPCapture ─┬ frames$ ───────▶ appsrc in ! videoconvert ! gtksink out ─▶ Gtk.Window
 *                          └▶ StreamMonitor ─ alerts$ ─▶ Gtk.Label ─────────────────────▶
 *
 *   node dist/examples/window.js [name=url]
 *
 * Debian packages: gir1.2-gtk-3.0, gstreamer1.0-gtk3. Pictures never pass through GTK's bindings: gtksink gets them in
 * a native thread, and `rxgst/gi` gives its widget.
 */
import { gst, RTMPCapture, run, StreamMonitor, type Alert } from 'rxgst'
import { gi, introspect } from 'rxgst/gi'

const [stream = 'camera=rtmp://localhost/live/camera'] = process.argv.slice(2)
const [name = '', url = ''] = [stream.slice(0, stream.indexOf('=')), stream.slice(stream.indexOf('=') + 1)]
const Gtk = gi('Gtk', '3.0')
const GLib = gi('GLib', '2.0')

Gtk.init(null)
// GTK runs in one thread, the one that owns GLib's main context: without an owner gtksink would use its own.
const context = GLib.MainContext.default()
context.acquire()
const turning = setInterval(() => {
  while (context.iteration(false)) {}
}, 15)

const screen = run(gst`appsrc name=in ! videoconvert ! gtksink name=out sync=false`)
const capture = new RTMPCapture(url)
const monitor = new StreamMonitor()

const window = new Gtk.Window({ title: name, defaultWidth: 640, defaultHeight: 420 })
const box = new Gtk.Box({ orientation: Gtk.Orientation.VERTICAL })
const label = new Gtk.Label({ label: 'no alerts', margin: 8 })
box.packStart(introspect(screen).getByName('out')?.getProperty('widget'), true, true, 0)
box.packStart(label, false, false, 0)
window.add(box)
window.on('destroy', () => void close())
window.showAll()

const red = ({ message }: Alert): string => `<span foreground="#e00000">${GLib.markupEscapeText(message, -1)}</span>`
monitor.alerts$.subscribe(({ severity, message }) => {
  console.log(severity, message)
  label.setMarkup(monitor.getAlerts().map(red).join('\n') || 'no alerts')
})
capture.frames$.subscribe(frame => void screen.push('in', frame).finally(() => frame.close()))

async function close(): Promise<void> {
  monitor[Symbol.dispose]()
  await Promise.all([capture.stop(), screen.stop()])
  clearInterval(turning)
}
process.once('SIGINT', () => window.destroy())

void Promise.all([screen.start(), capture.start()]).then(() => {
  monitor.attachStream(capture, name)
  console.log(`${name} is live`)
})
