// The addon's exports: each room registers its own. Their types are in src/addon, in a file for each room.
#include <gst/gst.h>
#include <napi.h>

#include <mutex>

#include "capture/exports.h"
#include "gi/exports.h"
#include "gst/exports.h"
#include "js/exports.h"
#include "js/keep_loaded.h"
#include "meter/exports.h"
#include "output/exports.h"
#include "pipeline/exports.h"
#include "pixels/exports.h"
#include "record/exports.h"
#include "relay/exports.h"
#include "rtmp/exports.h"
#include "stills/exports.h"
#include "tap/exports.h"

namespace {

/**
 * Limits GLib's log to ten lines in ten seconds: a hostile server can make GStreamer's rtmp2 print an assertion for
 * every byte that it sends, thousands in a second. Fatal messages always pass.
 */
void limited_log(const gchar* domain, GLogLevelFlags level, const gchar* message, gpointer data) {
  // GLib prints messages below a warning only if it is asked to.
  if (!(level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)) || level & G_LOG_FLAG_FATAL) {
    g_log_default_handler(domain, level, message, data);
    return;
  }
  static std::mutex mutex;
  static gint64 window = 0;
  static guint64 lines = 0;
  {
    std::lock_guard lock(mutex);
    const gint64 now = g_get_monotonic_time();
    if (now - window > 10 * G_USEC_PER_SEC) {
      if (lines > 10) g_printerr("rxgst: %" G_GUINT64_FORMAT " more lines of GLib's log were left out\n", lines - 10);
      window = now;
      lines = 0;
    }
    if (++lines > 10) return;
  }
  g_log_default_handler(domain, level, message, data);
}

}  // namespace

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  rxgst::keep_this_loaded();
  g_log_set_default_handler(limited_log, nullptr);
  rxgst::register_js(env, exports);
  rxgst::register_gst(env, exports);
  rxgst::register_gi(env, exports);
  rxgst::register_pixels(env, exports);
  rxgst::register_rtmp(env, exports);
  rxgst::register_capture(env, exports);
  rxgst::register_tap(env, exports);
  rxgst::register_stills(env, exports);
  rxgst::register_pipeline(env, exports);
  rxgst::register_output(env, exports);
  rxgst::register_record(env, exports);
  rxgst::register_relay(env, exports);
  rxgst::register_meter(env, exports);
  return exports;
}

NODE_API_MODULE(rxgst, init)
