// Two connections that give the same stream: where the second one takes over from the first.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "rtmp/protocol/events.h"

namespace rxgst::rtmp {

/**
 * Servers send a new player what they have kept, from a keyframe on, with times that may begin anew. What both
 * connections give is the same to the byte, so the place is found by content: nothing is left out, and nothing comes
 * twice. Where nothing is alike (another encoder, another publisher), the new connection begins at its keyframe.
 */
class Splice {
 public:
  /** By kind; nothing: there was none. */
  using Times = std::array<std::optional<int64_t>, 3>;
  static void note_time(const MediaMessage& message, Times* last_ms);

  /** @param last_ms of the old connection */
  Splice(const Times& last_ms, int64_t now_us) : old_us_(now_us), last_ms_(last_ms) {}

  /** What the old connection gave, from the moment on when the new one was wanted. */
  void note_old(const MediaMessage& message, int64_t now_us);
  void keep_new(MediaMessage message, int64_t now_us);

  /** Something came on both. */
  bool joined() const { return joined_; }
  /** The new connection can take over, and waiting for a place where they join would be too long. */
  bool overdue(int64_t now_us) const;
  /** The new connection has something to begin with. */
  bool ready() const { return joined_ || begins_.has_value(); }

  /** What comes now, instead of what the old connection would give. Once. */
  std::vector<MediaMessage> take();
  /** Then, for each message of the new connection: its time in the stream; false: the old one gave it already. */
  bool goes_on(MediaMessage* message);

 private:
  struct Mark {
    uint64_t content = 0;
    size_t size = 0;
    int64_t time_ms = 0;
  };
  std::optional<Mark> mark_of(const MediaMessage& message) const;
  void compare(const std::deque<Mark>& others, const Mark& mark, bool is_new);

  int64_t old_us_;
  std::deque<Mark> old_, new_;
  std::deque<MediaMessage> kept_;
  size_t kept_bytes_ = 0;
  /** Where in `kept_` the first keyframe is, or the first sound where there are no pictures. */
  std::optional<size_t> begins_;
  int64_t ready_us_ = 0;
  /** Of the old connection, until the new one is further. */
  Times last_ms_;
  bool has_pictures_ = false;
  /** How much speaks for each difference of the times. */
  std::map<int64_t, int> votes_;
  bool joined_ = false;
  int64_t shift_ms_ = 0;
};

}  // namespace rxgst::rtmp
