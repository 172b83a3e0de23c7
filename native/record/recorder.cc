#include "record/recorder.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "gst/element.h"
#include "record/index_lines.h"

namespace rxgst::record {
namespace {

/** JavaScript that stands still gets no more than this. */
constexpr size_t most_news = 4096;
constexpr size_t most_packets = 100'000;
constexpr const char* type_names[] = {"opened", "finished", "removed", "kept"};
/** Without packets for so long, what the writer holds goes to the disk. */
constexpr auto rest_after = std::chrono::milliseconds(1000);

}  // namespace

/** Streaming threads. */
void RecorderState::on_packet(const mux::Packet& packet) {
  {
    std::lock_guard lock(mutex);
    if (closed_ || over || ending_) return;
    const size_t size = gst_buffer_get_size(packet.data.get());
    pictures_ = pictures_ || packet.video;
    // Sound alone goes on at once.
    if (skipping_ && pictures_ && !(packet.key && packet.video)) {
      ++dropped;
      return;
    }
    if (queued_bytes_ + size > options_.most_bytes || queue_.size() + batch_packets_ >= most_packets) {
      ++dropped;
      skipping_ = true;
      return;
    }
    skipping_ = false;
    ++packets;
    bytes += size;
    queued_bytes_ += size;
    mux::Packet copy = packet.copy();
    copy.unix_ms = g_get_real_time() / 1000;
    queue_.push_back(std::move(copy));
  }
  changed_.notify_one();
}

void RecorderState::on_end() {
  {
    std::lock_guard lock(mutex);
    ending_ = true;
  }
  changed_.notify_one();
}

bool RecorderState::is_full() {
  std::lock_guard lock(mutex);
  return !over && queued_bytes_ > options_.most_bytes / 2;
}

int64_t RecorderState::queue_ns() const {
  return queue_.empty() ? 0 : std::max<int64_t>(0, queue_.back().dts_ns - queue_.front().dts_ns);
}

void RecorderState::remove(std::vector<std::string> files) {
  {
    std::lock_guard lock(mutex);
    removing_.insert(removing_.end(), files.begin(), files.end());
  }
  changed_.notify_one();
}

void RecorderState::rewrite(Rewrite index) {
  {
    std::lock_guard lock(mutex);
    rewrite_ = std::move(index);
  }
  changed_.notify_one();
}

void RecorderState::begin(std::string index) {
  {
    std::lock_guard lock(mutex);
    index_ = std::move(index);
  }
  changed_.notify_one();
}

void RecorderState::close() {
  {
    std::lock_guard lock(mutex);
    closed_ = true;
  }
  changed_.notify_one();
}

void RecorderState::start() {
  try {
    std::thread([self = shared_from_this()] {
      pthread_setname_np(pthread_self(), "rxgst-recorder");
      self->run();
    }).detach();
  } catch (const std::system_error& refused) {
    // The process has as many threads as it may.
    {
      std::lock_guard lock(mutex);
      over = true;
      error = refused.code().value();
    }
    wakeup->wake();
  }
}

/** The writer's thread; it owns the folder until it ends. */
void RecorderState::run() {
  const auto note = [this](bool RecorderState::* what) {
    {
      std::lock_guard lock(mutex);
      this->*what = true;
    }
    wakeup->wake();
  };
  int failure = lock();
  if (failure == 0) {
    note(&RecorderState::locked);
    if (const auto index = wait_for_index()) {
      failure = open(*index);
      if (failure == 0) {
        note(&RecorderState::ready);
        failure = work();
      }
    }
  }
  lock_ = Descriptor();
  std::deque<mux::Packet> rest;
  {
    std::lock_guard lock(mutex);
    over = true;
    error = failure;
    present = 0;
    dropped += queue_.size();
    rest.swap(queue_);
    queued_bytes_ = 0;
  }
  wakeup->wake();
}

int RecorderState::lock() {
  const std::string& folder = options_.segments.folder;
  if (const int error = make_folders(folder); error != 0) return error;
  return lock_folder(folder, &lock_);
}

/** JavaScript reads the index, and removes what is old, under the lock. Nothing: it has ended the recorder instead. */
std::optional<std::string> RecorderState::wait_for_index() {
  std::unique_lock lock(mutex);
  changed_.wait(lock, [this] { return index_ || ending_ || closed_; });
  return std::exchange(index_, std::nullopt);
}

int RecorderState::open(const std::string& index) {
  if (const int error = check_room(options_.segments.folder); error != 0) return error;
  return replace_file(options_.index_path, index);
}

int RecorderState::work() {
  SegmentEvents events{[this](const Segment& segment) { tell(News::Type::opened, segment); },
                       [this](const Segment& segment) { tell(News::Type::finished, segment); },
                       [this](const Segment& segment) { tell(News::Type::removed, segment); }};
  SegmentWriter writer(options_.segments, std::move(events));
  for (;;) {
    std::deque<mux::Packet> batch;
    std::vector<std::string> files;
    std::optional<Rewrite> rewrite;
    bool ends = false, rests = false;
    {
      std::unique_lock lock(mutex);
      const auto due = [&] { return !queue_.empty() || !removing_.empty() || rewrite_ || ending_ || closed_; };
      rests = !changed_.wait_for(lock, rest_after, due);
      batch.swap(queue_);
      files.swap(removing_);
      rewrite.swap(rewrite_);
      batch_packets_ = batch.size();
      ends = ending_ || closed_;
    }
    unlink_files(files);
    if (rewrite) replace_index(*rewrite);
    int error = 0;
    size_t given = 0;
    while (given < batch.size() && error == 0) {
      const size_t size = gst_buffer_get_size(batch[given].data.get());
      error = writer.add(std::move(batch[given++]));
      // By each packet: a batch takes a slow disk longer than a disk may be silent.
      std::lock_guard lock(mutex);
      ++handled;
      --batch_packets_;
      queued_bytes_ -= size;
      written = writer.bytes();
      present = writer.present_bytes();
    }
    if (error == 0 && rests) error = writer.rest();
    if (error == 0 && ends) error = writer.finish();
    {
      std::lock_guard lock(mutex);
      written = writer.bytes();
      present = writer.present_bytes();
    }
    if (error != 0 || ends) {
      std::lock_guard lock(mutex);
      dropped += writer.lost() + batch.size() - given;
      return error;
    }
  }
}

void RecorderState::tell(News::Type type, const Segment& segment) {
  ++number_;
  if (type != News::Type::kept) {
    std::string line = type == News::Type::opened     ? opened_line(segment)
                       : type == News::Type::finished ? finished_line(segment)
                                                      : removed_line(segment);
    // What a full disk does not take is in `news`, and so in the index that the next recorder writes.
    append_line(options_.index_path, line);
    lines_.emplace_back(number_, std::move(line));
    if (lines_.size() > most_news) lines_.pop_front();
  }
  {
    std::lock_guard lock(mutex);
    news.push_back({type, segment, number_});
    if (news.size() > most_news) news.pop_front();
  }
  wakeup->wake();
}

void RecorderState::unlink_files(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const bool gone = unlink((options_.segments.folder + "/" + file).c_str()) == 0 || errno == ENOENT;
    tell(gone ? News::Type::removed : News::Type::kept, {file, 0, 0, 0});
  }
}

/** Its text lacks what has happened since JavaScript made it. */
void RecorderState::replace_index(const Rewrite& index) {
  while (!lines_.empty() && lines_.front().first <= index.number) lines_.pop_front();
  if (lines_.empty() ? index.number != number_ : lines_.front().first != index.number + 1) return;
  std::string text = index.index;
  for (const auto& [number, line] : lines_) text += line;
  replace_file(options_.index_path, text);
}

Napi::Function Recorder::define(Napi::Env env) {
  return DefineClass(env, "Recorder",
                     {InstanceMethod("listener", &Recorder::listener), InstanceMethod("start", &Recorder::start),
                      InstanceMethod("begin", &Recorder::begin), InstanceMethod("remove", &Recorder::remove),
                      InstanceMethod("rewrite", &Recorder::rewrite), InstanceMethod("finish", &Recorder::finish),
                      InstanceMethod("take", &Recorder::take), InstanceMethod("stats", &Recorder::stats),
                      InstanceMethod("unref", &Recorder::unref), InstanceMethod("close", &Recorder::close)});
}

/** new Recorder({ folder, pattern, format, segmentMs, indexPath, mostBytes }, onChange) */
Recorder::Recorder(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Recorder>(info) {
  auto given = info[0].As<Napi::Object>();
  const auto text = [&](const char* name) { return given.Get(name).As<Napi::String>().Utf8Value(); };
  const std::string format = text("format");
  RecorderOptions options;
  options.segments.folder = text("folder");
  options.segments.pattern = text("pattern");
  options.segments.kind = format == "flv" ? Kind::flv : format == "ts" ? Kind::ts : Kind::mp4;
  options.segments.longest_ns = static_cast<int64_t>(given.Get("segmentMs").ToNumber().DoubleValue() * 1e6);
  options.index_path = text("indexPath");
  options.most_bytes = static_cast<size_t>(given.Get("mostBytes").ToNumber().Int64Value());
  state_ = std::make_shared<RecorderState>(std::move(options));
  state_->wakeup = Wakeup::create(info.Env(), info[1].As<Napi::Function>(), "rxgst recorder");
}

Recorder::~Recorder() {
  if (!state_) return;
  state_->close();
  state_->wakeup->close();
}

/** listener(): for who has packets. */
Napi::Value Recorder::listener(const Napi::CallbackInfo& info) {
  return Napi::External<mux::ListenerRef>::New(info.Env(), new mux::ListenerRef(state_),
                                               [](Napi::Env, mux::ListenerRef* held) { delete held; });
}

Napi::Value Recorder::start(const Napi::CallbackInfo& info) {
  state_->start();
  return info.Env().Undefined();
}

/** begin(index): what the index says of the segments that are there; then it can be written. */
Napi::Value Recorder::begin(const Napi::CallbackInfo& info) {
  state_->begin(info[0].As<Napi::String>());
  return info.Env().Undefined();
}

/** remove(files): the writer removes them. */
Napi::Value Recorder::remove(const Napi::CallbackInfo& info) {
  auto given = info[0].As<Napi::Array>();
  std::vector<std::string> files;
  for (uint32_t i = 0; i < given.Length(); ++i) files.push_back(given.Get(i).As<Napi::String>());
  state_->remove(std::move(files));
  return info.Env().Undefined();
}

/** rewrite(index, number): the index is this one, and what has happened since the news of this number. */
Napi::Value Recorder::rewrite(const Napi::CallbackInfo& info) {
  state_->rewrite({info[0].As<Napi::String>(), static_cast<uint64_t>(info[1].ToNumber().Int64Value())});
  return info.Env().Undefined();
}

/** finish(): what has come is written, the segment ends, and so does the writer. */
Napi::Value Recorder::finish(const Napi::CallbackInfo& info) {
  state_->on_end();
  return info.Env().Undefined();
}

/** take(): [{ type, file, begin, duration, bytes, number }], oldest first. */
Napi::Value Recorder::take(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::deque<News> news;
  {
    std::lock_guard lock(state_->mutex);
    news.swap(state_->news);
  }
  auto result = Napi::Array::New(env, news.size());
  uint32_t index = 0;
  for (const auto& [type, segment, number] : news) {
    auto object = Napi::Object::New(env);
    object["type"] = type_names[static_cast<size_t>(type)];
    object["number"] = static_cast<double>(number);
    object["file"] = segment.file;
    object["begin"] = static_cast<double>(segment.begin_ms);
    object["duration"] = static_cast<double>(segment.duration_ms);
    object["bytes"] = static_cast<double>(segment.bytes);
    result[index++] = object;
  }
  return result;
}

/** stats(): { packets, bytes, dropped, handled, written, present, queueMs, locked, ready, over, error, errorText } */
Napi::Value Recorder::stats(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  std::lock_guard lock(state_->mutex);
  result["packets"] = static_cast<double>(state_->packets);
  result["bytes"] = static_cast<double>(state_->bytes);
  result["dropped"] = static_cast<double>(state_->dropped);
  result["handled"] = static_cast<double>(state_->handled);
  result["written"] = static_cast<double>(state_->written);
  result["present"] = static_cast<double>(state_->present);
  result["queueMs"] = static_cast<double>(state_->queue_ns()) / 1e6;
  result["locked"] = Napi::Boolean::New(env, state_->locked);
  result["ready"] = Napi::Boolean::New(env, state_->ready);
  result["over"] = Napi::Boolean::New(env, state_->over);
  const int error = state_->error;
  const bool full = error == ENOSPC || error == EDQUOT;
  result["error"] = error == 0 ? env.Null()
                               : Napi::String::New(env, full             ? "full"
                                                        : error == EBUSY ? "taken"
                                                                         : "other");
  result["errorText"] = error == 0 ? "" : std::strerror(error);
  return result;
}

/** unref(): it no longer keeps the process alive. */
Napi::Value Recorder::unref(const Napi::CallbackInfo& info) {
  state_->wakeup->keep_alive(info.Env(), false);
  return info.Env().Undefined();
}

/** close(): ends the writer as finish() does, and tells nothing more. */
Napi::Value Recorder::close(const Napi::CallbackInfo& info) {
  state_->close();
  state_->wakeup->close();
  return info.Env().Undefined();
}

}  // namespace rxgst::record
