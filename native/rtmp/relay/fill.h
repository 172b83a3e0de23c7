// What the targets of a relay get while no input is on air.
#pragma once
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "rtmp/protocol/events.h"
#include "rtmp/relay/passing.h"
#include "rtmp/relay/program_clock.h"
#include "rtmp/relay/stream_records.h"

namespace rxgst::rtmp {

enum class FillMode : uint8_t { none, repeat, slate };

/** A short group of pictures, encoded. */
struct Slate {
  Codec codec = Codec::unknown;
  /** The codec's configuration record. */
  std::vector<uint8_t> record;
  /** The first one is a keyframe, and no other. */
  std::vector<std::vector<uint8_t>> pictures;
};

/** A message of a fill. */
struct Filled {
  MediaKind kind{};
  Seen seen;
  int64_t time_ms = 0;
  Payload payload;
  /** A target may begin with it. */
  bool can_begin = false;
};

/**
 * The last keyframe, or a slate, again and again, and silence. Keeps what it needs of the input on air. No thread and
 * no clock of its own; guarded by the relay.
 */
class Fill {
 public:
  /** Between two pictures: with what a machine and a network add, a viewer waits less than half a second. */
  static constexpr int64_t picture_step_us = 300'000;
  /** Silence goes in packets of so much. */
  static constexpr int64_t sound_step_us = 50'000;

  explicit Fill(FillMode mode) : mode_(mode) {}
  bool is_wanted() const { return mode_ != FillMode::none; }
  /** Ends it for good. */
  void give_up();

  /**
   * Something of the input on air, on its way to the targets, at this time of the program.
   * @return whether it is a keyframe of another configuration than the last one: a slate must fit it
   */
  bool note(const Seen& seen, const Payload& payload, const StreamRecords& records, int64_t time_ms);
  /** Of a configuration: it grows with each. */
  uint32_t serial() const { return serial_; }
  /** Codec, record and picture of the last keyframe, as parts of messages; nothing: there is none. */
  struct Picture {
    Codec codec = Codec::unknown;
    Payload record_message, message;
    Bytes record, picture;
  };
  std::optional<Picture> picture() const;
  /** @param serial for which it was made; false: that is past */
  bool set_slate(uint32_t serial, Slate slate);

  bool is_running() const { return running_; }
  /** Whether there is something to fill with. */
  bool can_begin() const;
  void begin(const ProgramClock& clock, int64_t now_us);
  /** A target may join at once: the next message is a keyframe. */
  void restart(int64_t now_us);
  /** What is due now, in order. */
  std::vector<Filled> due(ProgramClock* clock, int64_t now_us);
  /** An input takes over: the silence up to it. */
  std::vector<Filled> end(ProgramClock* clock, int64_t now_us);
  /** When the next message is due; 0: none will be. */
  int64_t next_us() const;
  /** Metadata and configurations of what it gives, or gave last. */
  const StreamRecords& records() const { return given_records_; }
  /** Once after each change of these. */
  bool take_renewal() { return std::exchange(renewed_, false); }

  struct Counters {
    /** Pictures, and fills that have begun. */
    uint64_t repeated = 0, fills = 0;
    /** 0: none is running. */
    int64_t since_us = 0;
    /** Of the present or the last one: what it shows, and whether sound goes on where the input had some. */
    bool slate = false, sound_stops = false;
  };
  const Counters& counters() const { return counters_; }

 private:
  /** One track of sound. */
  struct Silence {
    Payload payload;
    Seen seen;
    uint32_t rate, samples;
    int64_t base_ms;
    uint64_t count = 0;
    int64_t time_ms(uint64_t index) const { return base_ms + static_cast<int64_t>(index * samples * 1000 / rate); }
  };

  void stop();
  bool has_pictures() const { return key_ || (!heard_ && slate_); }
  bool shows_slate() const;
  void choose_pictures();
  void choose_sound(const ProgramClock& clock, int64_t now_us);
  void add_silence(std::vector<Filled>* out, ProgramClock* clock, int64_t now_us);
  void add_picture(std::vector<Filled>* out, ProgramClock* clock, int64_t now_us);

  FillMode mode_;
  std::optional<Slate> slate_;
  // Of the input that is or was on air.
  StreamRecords records_;
  std::optional<std::pair<Seen, Payload>> key_;
  /** The configuration of `key_`: `records_` may have the next one already. */
  std::optional<Payload> key_record_;
  uint32_t serial_ = 0;
  /** Anything of an input has come. */
  bool heard_ = false;
  int64_t shown_ms_ = INT64_MIN;

  // Of the present fill.
  bool running_ = false, renewed_ = false;
  StreamRecords given_records_;
  std::vector<std::pair<Seen, Payload>> pictures_;
  size_t next_picture_ = 0;
  int64_t next_picture_us_ = 0, next_sound_us_ = 0;
  std::vector<Silence> silences_;
  Counters counters_;
};

}  // namespace rxgst::rtmp
