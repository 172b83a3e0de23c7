#include "pipeline/lifecycle.h"

#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <atomic>
#include <string_view>

#include "gst/bin.h"
#include "gst/caps.h"
#include "gst/probe.h"
#include "pipeline/live_graph.h"
#include "rtmp/sockets.h"

namespace rxgst {

void wait_until_idle(GstElement* source) {
  GstState state = GST_STATE_NULL;
  gst_element_get_state(source, &state, nullptr, 0);
  ObjectRef<GstPad> pad(gst_element_get_static_pad(source, "src"));
  if (!pad || state < GST_STATE_PAUSED) return;
  auto caught = std::make_shared<std::atomic<bool>>(false);
  add_probe(pad.get(), GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, [caught](GstPad*, GstPadProbeInfo*) {
    *caught = true;
    return GST_PAD_PROBE_OK;
  });
  // From here on no second buffer passes: a source that stays held is held by one and the same buffer.
  for (int held = 0; held < 20 && !*caught && gst_pad_get_task_state(pad.get()) == GST_TASK_STARTED;) {
    held = is_held(source) ? held + 1 : 0;
    g_usleep(5000);
  }
}

bool change_state(GstElement* pipeline, GstState state) {
  if (state > GST_STATE_READY) {
    SocketWatch watch(pipeline);
    return gst_element_set_state(pipeline, state) != GST_STATE_CHANGE_FAILURE;
  }
  cut_sources(pipeline);
  const bool ok = gst_element_set_state(pipeline, state) != GST_STATE_CHANGE_FAILURE;
  close_sockets(pipeline);
  return ok;
}

void send_end_of_stream(GstElement* pipeline, const std::vector<std::shared_ptr<GstElement>>& but) {
  for (const auto& source : sources_in(pipeline)) {
    const auto is_source = [&](const auto& each) { return each.get() == source.get(); };
    if (std::any_of(but.begin(), but.end(), is_source)) continue;
    if (GST_IS_APP_SRC(source.get())) {
      gst_app_src_end_of_stream(GST_APP_SRC(source.get()));
    } else {
      gst_element_send_event(source.get(), gst_event_new_eos());
    }
  }
}

void stop_abandoned(GstElement* pipeline, std::mutex& changing) {
  {
    std::unique_lock lock(changing, std::try_to_lock);
    if (!lock) {
      // A state change is stuck: the bus goes before it, since a bus costs two file descriptors.
      gst_element_set_bus(pipeline, nullptr);
      lock.lock();
    }
    if (GST_STATE(pipeline) != GST_STATE_NULL || GST_STATE_PENDING(pipeline) > GST_STATE_NULL) {
      for (const auto& source : sources_in(pipeline)) {
        if (factory_name(source.get()) == "rtmpsrc") wait_until_idle(source.get());
      }
      change_state(pipeline, GST_STATE_NULL);
    }
  }
  gst_element_set_bus(pipeline, nullptr);
}

bool needs_end_of_stream(GstElement* pipeline) {
  return std::ranges::any_of(elements_in(pipeline), [](const auto& element) {
    const std::string_view klass = klass_of(element.get());
    if (klass.find("Muxer") != std::string_view::npos) return true;
    if (klass.find("Sink") == std::string_view::npos || GST_IS_BIN(element.get())) return false;
    if (klass == "Sink/Video" || klass == "Sink/Audio") return false;
    const std::string_view name = factory_name(element.get());
    return name.substr(0, 4) != "fake" && name != "appsink";
  });
}

}  // namespace rxgst
