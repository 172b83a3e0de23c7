// What rxrtmpsink does with FLV tags: they become messages of a stream.
#pragma once
#include <gst/gst.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gst/refs.h"
#include "js/strand.h"
#include "rtmp/io/live_stream.h"

namespace rxgst::rtmp {

/** The publication of one run of the element: from READY to PAUSED, until it is back there. */
class TagPublisher final : public SessionListener, public std::enable_shared_from_this<TagPublisher> {
 public:
  explicit TagPublisher(GstElement* element);
  ~TagPublisher() override;
  TagPublisher(const TagPublisher&) = delete;
  TagPublisher& operator=(const TagPublisher&) = delete;

  void set_stream(std::shared_ptr<LiveStream> stream) { stream_ = std::move(stream); }
  const std::shared_ptr<LiveStream>& stream() const { return stream_; }

  /** Sends what the buffer holds; waits while much is on its way. The streaming thread. */
  GstFlowReturn take(GstBuffer* buffer);
  /** Waits until all has left and the server was told so, at most `longest_us`. False: it had failed. */
  bool finish(int64_t longest_us);
  /** Nobody waits; until it is called with false. */
  void set_flushing(bool flushing);
  /** The stream ends; nothing is told of it any more. */
  void close();

  bool on_media(MediaMessage) override { return true; }
  bool on_told(Event event) override;
  void on_sent() override;
  void on_over(std::optional<Failure> failure) override;

 private:
  GstFlowReturn wait_for_room();
  /** Once, by whoever is first: the streaming thread says nothing upstream before the error is posted. */
  void tell_failure(GstElement* element);
  void send_tag(const uint8_t* tag, size_t body, const std::shared_ptr<const void>& owner);
  /** Bytes of whole tags, and of an FLV header. */
  size_t send_tags(Bytes bytes, const std::shared_ptr<const void>& owner);

  /** News that waits to be told, in its order; a server may have much of it. */
  static constexpr int most_told = 64;

  GWeakRef element_;
  /** Whoever hears a message may take as long as it likes: not in the I/O thread. */
  const std::shared_ptr<Strand> messages_ = std::make_shared<Strand>();
  std::atomic<int> told_{0};
  std::shared_ptr<LiveStream> stream_;
  /** Of a tag whose rest is in a buffer to come. */
  std::vector<uint8_t> rest_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_
  bool started_ = false, over_ = false, failed_ = false, flushing_ = false;

  std::mutex telling_;
  // Guarded by telling_
  std::optional<Failure> failure_;
};

}  // namespace rxgst::rtmp
