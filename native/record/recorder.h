// The recorder: encoded packets to segments on a disk, by a thread of its own.
#pragma once
#include <napi.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "js/js.h"
#include "mux/packet_listener.h"
#include "record/segment_writer.h"

namespace rxgst::record {

/** What has happened to a segment, for JavaScript. */
struct News {
  /** `kept`: it could not be removed. */
  enum class Type : uint32_t { opened, finished, removed, kept };
  Type type;
  Segment segment;
  /** 1, 2 …: what Rewrite counts by. */
  uint64_t number;
};

/** An index without the lines that say nothing any more; it covers the news up to this number. */
struct Rewrite {
  std::string index;
  uint64_t number = 0;
};

struct RecorderOptions {
  SegmentOptions segments;
  std::string index_path;
  /** Of packets that wait for the disk. */
  size_t most_bytes = 0;
};

/**
 * Between the streaming threads and the writer is a queue. A disk that is slow fills it, and then packets are lost up
 * to the next keyframe: no stream waits for a disk.
 */
class RecorderState : public mux::PacketListener, public std::enable_shared_from_this<RecorderState> {
 public:
  explicit RecorderState(RecorderOptions options) : options_(std::move(options)) {}
  void on_packet(const mux::Packet& packet) override;
  void on_end() override;
  bool is_full() override;

  /** The writer locks the folder, and waits for begin(). */
  void start();
  /** What the index says of the segments that are there; the writer writes it, and then packets. */
  void begin(std::string index);
  void close();
  void remove(std::vector<std::string> files);
  void rewrite(Rewrite index);

  std::shared_ptr<Wakeup> wakeup;
  std::mutex mutex;
  // Guarded by mutex:
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t dropped = 0;
  uint64_t handled = 0;  // packets that the writer has done with
  uint64_t written = 0;
  uint64_t present = 0;
  int64_t queue_ns() const;
  bool locked = false;  // nobody else writes into the folder
  bool ready = false;
  bool over = false;  // the writer has ended
  int error = 0;
  std::deque<News> news;

 private:
  void run();
  int lock();
  std::optional<std::string> wait_for_index();
  int open(const std::string& index);
  int work();
  void tell(News::Type type, const Segment& segment);
  void unlink_files(const std::vector<std::string>& files);
  void replace_index(const Rewrite& index);

  const RecorderOptions options_;
  // The writer's:
  Descriptor lock_;
  uint64_t number_ = 0;
  std::deque<std::pair<uint64_t, std::string>> lines_;  // since the last rewrite
  std::condition_variable changed_;
  // Guarded by mutex:
  std::deque<mux::Packet> queue_;
  std::vector<std::string> removing_;
  std::optional<Rewrite> rewrite_;
  std::optional<std::string> index_;
  size_t queued_bytes_ = 0;   // with those of the writer's batch
  size_t batch_packets_ = 0;  // which the writer has taken, and not done with
  bool pictures_ = false;     // there has been one
  bool skipping_ = false;
  bool ending_ = false;
  bool closed_ = false;
};

class Recorder : public Napi::ObjectWrap<Recorder> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit Recorder(const Napi::CallbackInfo& info);
  ~Recorder() override;

 private:
  Napi::Value listener(const Napi::CallbackInfo& info);
  Napi::Value start(const Napi::CallbackInfo& info);
  Napi::Value begin(const Napi::CallbackInfo& info);
  Napi::Value remove(const Napi::CallbackInfo& info);
  Napi::Value rewrite(const Napi::CallbackInfo& info);
  Napi::Value finish(const Napi::CallbackInfo& info);
  Napi::Value take(const Napi::CallbackInfo& info);
  Napi::Value stats(const Napi::CallbackInfo& info);
  Napi::Value unref(const Napi::CallbackInfo& info);
  Napi::Value close(const Napi::CallbackInfo& info);

  std::shared_ptr<RecorderState> state_;
};

}  // namespace rxgst::record
