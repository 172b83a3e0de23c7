// A copy of a stream from one RTMP server to others: packets as they come, without GStreamer and without JavaScript.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "js/js.h"
#include "rtmp/relay/fill.h"
#include "rtmp/relay/packet_listener.h"
#include "rtmp/relay/passing_listener.h"
#include "rtmp/relay/program_clock.h"
#include "rtmp/relay/relay_input.h"
#include "rtmp/relay/relay_target.h"

namespace rxgst::rtmp {

/** What happened to a connection, for JavaScript. */
struct RelayNews {
  enum class What : uint8_t {
    /** A server has accepted the publication. */
    started,
    /** An input has something to begin with. */
    ready,
    /** An input's publisher has left, and is back. */
    left,
    back,
    /** A publisher's server says what it takes; in `text`. */
    takes,
    /** A publisher's server wishes to be left, which `follow_wish()` does. */
    wish,
    /** The connection is at the address that its server asked for. */
    moved,
    /** An input goes on air, in place of another. */
    on_air,
    /** No input is on air, and the fill begins. Of no connection. */
    fill,
    /** The pictures on air have another configuration: a slate must fit it. Of no connection. */
    configured,
    over,
  };
  uint32_t connection = 0;
  What what{};
  std::string text;
  std::optional<Failure> failure;
};

/**
 * Inputs and targets, each of them one connection; who makes another one after it is JavaScript. One input is on air.
 * Everything happens in the I/O thread; other threads add and close connections, and read counters.
 */
class PacketRelay final : public std::enable_shared_from_this<PacketRelay> {
 public:
  /** @param hold_back_us how long an input that is preferred must have been well before it goes on air again */
  PacketRelay(std::shared_ptr<Wakeup> wakeup, int64_t hold_back_us, FillMode fill)
      : wakeup_(std::move(wakeup)), hold_back_us_(hold_back_us), fill_(fill) {}

  // Any thread

  uint32_t add_input(SessionOptions options, uint32_t rank);
  /** An input without a connection, which gets what feed() is given. */
  uint32_t add_input(uint32_t rank);
  uint32_t add_target(SessionOptions options);
  /** As `LiveStream::follow`. */
  void follow_wish(uint32_t connection, int64_t publish_by_us);
  /** What waits for its network still leaves; then `over` is told. */
  void finish(uint32_t connection);
  /** Nothing more is told of it. */
  void close(uint32_t connection);
  void close_all();
  /**
   * The inputs of this rank go before all others, until another one has taken the place of one of them on air. One that
   * is ready goes on air now. False: none is ready, and nothing changes.
   */
  bool prefer(uint32_t rank);
  std::vector<RelayNews> take_news();

  struct InputStats {
    InputCounters counters;
    SessionStats session;
    bool on_air = false;
  };
  struct TargetStats {
    TargetCounters counters;
    SessionStats session;
  };
  /** Nothing: it is closed. */
  std::optional<InputStats> input_stats(uint32_t connection);
  std::optional<TargetStats> target_stats(uint32_t connection);
  /** Of the input on air, or of the last that was. */
  StreamFacts facts();
  /** Pictures and sound that came from inputs on air. */
  uint64_t packets();
  void add_listener(std::shared_ptr<PacketListener> listener);
  void remove_listener(const PacketListener* listener);
  /** It gets what the targets get, from now on. */
  void follow(std::shared_ptr<PassingListener> follower);
  void unfollow(const PassingListener* follower);

  // The I/O thread

  void feed(uint32_t connection, MediaMessage message) { on_media(connection, std::move(message)); }

  /** The picture that a slate must be like. */
  struct FillPicture {
    uint32_t serial = 0;
    /** Nothing: no input has had one. */
    std::optional<Fill::Picture> picture;
  };
  FillPicture fill_picture();
  /** False: the pictures on air are others by now. */
  bool set_slate(uint32_t serial, Slate slate);
  /** Begins without an input. */
  void start_fill();
  void end_fill();
  Fill::Counters fill_counters();

 private:
  class Ear;
  /** Of what a server says besides; then it says no more. */
  static constexpr size_t most_news = 1000;

  // The I/O thread
  void on_media(uint32_t connection, MediaMessage message);
  void on_input_told(uint32_t connection, const Event& event);
  void on_target_told(uint32_t connection, const Event& event);
  void on_over(uint32_t connection, std::optional<Failure> failure);
  void fill_air();
  void put_preferred_on_air();
  void on_timer(int64_t at_us);

  // With mutex_
  RelayInput& make_input(uint32_t rank);
  std::shared_ptr<LiveStream> connect(SessionOptions options, uint32_t number);
  /** Whether this input, at something to begin with, goes on air in place of the present one. */
  bool is_due(const RelayInput& input, int64_t now_us);
  bool is_preferred(const RelayInput& input) const { return preferred_rank_ == input.rank(); }
  void go_on_air(uint32_t connection, RelayInput* input, int64_t now_us);
  /** The one on air is lost: another goes on air at once, if one is ready. */
  void replace(int64_t now_us);
  void catch_up(uint32_t connection, RelayInput* input, int64_t now_us);
  bool has_viewers() const;
  void begin_followers(const StreamRecords& records);
  void hand_over(const RelayInput& input, const Seen& seen, const MediaMessage& message, bool can_begin,
                 int64_t now_us);
  void pass(const Passing& passing, const StreamRecords& records, int64_t now_us);
  void begin_fill(int64_t now_us);
  void run_fill(int64_t now_us);
  void pass_filled(const std::vector<Filled>& messages, int64_t now_us);
  /** The I/O thread looks at the input on air, or at the fill, by then. */
  void look_by(int64_t at_us);
  void leave_air(const RelayInput* input, int64_t now_us);
  void tell(uint32_t connection, RelayNews::What what, std::string text = {}, std::optional<Failure> failure = {});
  std::shared_ptr<LiveStream> stream_of(uint32_t connection);

  const std::shared_ptr<Wakeup> wakeup_;
  const int64_t hold_back_us_;
  std::mutex mutex_;
  // Guarded by mutex_
  uint32_t last_number_ = 0;
  std::map<uint32_t, RelayInput> inputs_;
  std::map<uint32_t, RelayTarget> targets_;
  RelayInput* on_air_ = nullptr;
  std::optional<uint32_t> preferred_rank_;
  /** An input of that rank has been on air since. */
  bool preferred_came_ = false;
  /** There is, or was, an input besides the first: each keeps its pictures. */
  bool has_standby_ = false;
  ProgramClock clock_;
  StreamFacts facts_;
  Fill fill_;
  /** 0: none is set. */
  int64_t timer_us_ = 0;
  /** The last look came late, and found nothing out. */
  bool was_late_ = false;
  uint64_t packets_ = 0;
  std::vector<RelayNews> news_;
  std::vector<std::shared_ptr<PacketListener>> listeners_;
  std::vector<std::shared_ptr<PassingListener>> followers_;
};

}  // namespace rxgst::rtmp
