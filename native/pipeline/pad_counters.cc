#include "pipeline/pad_counters.h"

namespace rxgst {
namespace {

struct Watched {
  std::weak_ptr<PadBook> book;
  std::string name;
};

}  // namespace

void PadBook::watch(GstElement* element, const std::string& name) {
  std::vector<ObjectRef<GstPad>> pads;
  GST_OBJECT_LOCK(element);
  for (GList* at = GST_ELEMENT_PADS(element); at; at = at->next) pads.push_back(ref_object(GST_PAD_CAST(at->data)));
  GST_OBJECT_UNLOCK(element);
  for (const auto& pad : pads) add(name, pad.get());
  g_signal_connect_data(
      element, "pad-added", G_CALLBACK(+[](GstElement*, GstPad* pad, gpointer data) {
        auto& watched = *static_cast<Watched*>(data);
        if (auto book = watched.book.lock()) book->add(watched.name, pad);
      }),
      new Watched{weak_from_this(), name}, [](gpointer data, GClosure*) { delete static_cast<Watched*>(data); },
      static_cast<GConnectFlags>(0));
}

void PadBook::add(const std::string& element, GstPad* pad) {
  CharPtr name(gst_pad_get_name(pad));
  std::shared_ptr<PadCounts> counts;
  {
    std::lock_guard lock(mutex_);
    Entry& entry = entries_[element + "." + name.get()];
    // A pad that went and came again goes on counting.
    if (!entry.counts) entry.counts = std::make_shared<PadCounts>();
    entry.pad = ref_object(pad);
    counts = entry.counts;
  }
  count_on(pad, counts);
}

Napi::Value PadBook::read(Napi::Env env, const std::string& name) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(name);
  if (found == entries_.end()) return env.Null();
  return counts_to_js(env, *found->second.counts, found->second.pad.get());
}

uint64_t PadBook::total() {
  std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const auto& [name, entry] : entries_) sum += entry.counts->buffers.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace rxgst
