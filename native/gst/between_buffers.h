// What sets properties of an element that must not be told anything while it works.
#pragma once
#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "gst/caps.h"
#include "gst/probe.h"
#include "gst/refs.h"

namespace rxgst {

/**
 * Changes of one element with one sink pad: before its first buffer a worker makes them, from then on the streaming
 * thread does, before it gives the element its next buffer. Of each name the newest change counts.
 */
class BetweenBuffers {
 public:
  using Change = std::function<void()>;

  /** Those of the element, which owns them. Any thread. */
  static std::shared_ptr<BetweenBuffers> of(GstElement* element) {
    using Ref = std::shared_ptr<BetweenBuffers>;
    static std::mutex mutex;
    static const GQuark quark = g_quark_from_static_string("rxgst-between-buffers");
    std::lock_guard lock(mutex);
    if (auto* found = static_cast<Ref*>(g_object_get_qdata(G_OBJECT(element), quark))) return *found;
    auto* made = new Ref(std::make_shared<BetweenBuffers>());
    ObjectRef<GstPad> pad(gst_element_get_static_pad(element, "sink"));
    add_probe(pad.get(), each_buffer, [changes = *made](GstPad*, GstPadProbeInfo*) {
      changes->make_next();
      return GST_PAD_PROBE_OK;
    });
    // A buffer that passed the pad before its probe has left the pad its caps.
    if (gst_pad_has_current_caps(pad.get())) (*made)->begun_ = true;
    g_object_set_qdata_full(G_OBJECT(element), quark, made, delete_as<Ref>);
    return *made;
  }

  /** JS threads. False: the streaming thread makes the change. True: a worker must call make_early(). */
  bool add(const std::string& name, Change change) {
    std::lock_guard lock(waiting_mutex_);
    waiting_.insert_or_assign(name, std::move(change));
    return !begun_;
  }

  /** Workers. False: the element has begun meanwhile, and the streaming thread makes the changes. */
  bool make_early() {
    std::lock_guard lock(making_mutex_);
    if (begun_) return false;
    make_all();
    return true;
  }

 private:
  /** The streaming thread. At the first buffer it waits for a worker that changes what nothing uses yet. */
  void make_next() {
    if (!begun_) {
      std::lock_guard lock(making_mutex_);
      begun_ = true;
    }
    make_all();
  }
  void make_all() {
    std::map<std::string, Change> changes;
    {
      std::lock_guard lock(waiting_mutex_);
      changes.swap(waiting_);
    }
    for (const auto& [name, change] : changes) change();
  }

  std::mutex making_mutex_;
  /** Becomes true with making_mutex_ held: no worker makes a change from then on. */
  std::atomic<bool> begun_{false};
  std::mutex waiting_mutex_;
  std::map<std::string, Change> waiting_;
};

}  // namespace rxgst
