#include "tap/sink_feed.h"

#include <algorithm>

namespace rxgst {

std::shared_ptr<SinkFeed> SinkFeed::of(GstAppSink* sink) {
  static const GQuark key = g_quark_from_static_string("rxgst-feed");
  // Only the JS thread makes sinks, and adds readers.
  if (auto* known = static_cast<std::shared_ptr<SinkFeed>*>(g_object_get_qdata(G_OBJECT(sink), key))) return *known;
  auto feed = std::make_shared<SinkFeed>();
  const GDestroyNotify release = delete_as<std::shared_ptr<SinkFeed>>;
  g_object_set_qdata_full(G_OBJECT(sink), key, new std::shared_ptr<SinkFeed>(feed), release);
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* from, gpointer data) {
    (*static_cast<std::shared_ptr<SinkFeed>*>(data))->on_sample(from);
    return GST_FLOW_OK;
  };
  callbacks.eos = [](GstAppSink*, gpointer data) { (*static_cast<std::shared_ptr<SinkFeed>*>(data))->on_end(); };
  gst_app_sink_set_callbacks(sink, &callbacks, new std::shared_ptr<SinkFeed>(feed), release);
  return feed;
}

std::vector<std::shared_ptr<SampleReader>> SinkFeed::readers() {
  std::lock_guard lock(mutex_);
  return readers_;
}

void SinkFeed::add(std::shared_ptr<SampleReader> reader) {
  bool ended = false;
  {
    std::lock_guard lock(mutex_);
    readers_.push_back(reader);
    ended = ended_;
  }
  if (ended) reader->on_end();
}

void SinkFeed::remove(const SampleReader* reader) {
  std::lock_guard lock(mutex_);
  std::erase_if(readers_, [&](const auto& each) { return each.get() == reader; });
}

void FeedPlace::take(ObjectRef<GstAppSink> sink, std::shared_ptr<SampleReader> reader) {
  sink_ = std::move(sink);
  reader_ = std::move(reader);
  feed_ = SinkFeed::of(sink_.get());
  feed_->add(reader_);
}

bool FeedPlace::leave() {
  if (!sink_) return false;
  feed_->remove(reader_.get());
  reader_.reset();
  sink_.reset();
  return true;
}

void SinkFeed::on_sample(GstAppSink* sink) {
  SampleRef sample(gst_app_sink_try_pull_sample(sink, 0));
  if (!sample) return;
  // A reader may wait for room: the lock is released, so that another reader can leave meanwhile.
  for (const auto& reader : readers()) reader->on_sample(sample.get());
}

void SinkFeed::on_end() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  for (const auto& reader : readers()) reader->on_end();
}

}  // namespace rxgst
