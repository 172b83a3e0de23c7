// Rules that tell by a connection's counters whether an RTMP server floods us with data that is no media. Arithmetic
// alone.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace rxgst {

/** Bytes since the connection began; `at` in µs, CLOCK_MONOTONIC. */
struct ConnectionLook {
  uint64_t read;     // bytes that the element has read
  uint64_t written;  // bytes that the element has written, sent or not
  uint64_t unsent;   // those of `written` that the peer has not yet taken
  uint64_t media;    // bytes that left the element (a source)
  int64_t at;
};

/** A leaky bucket: excess fills it, and time empties it. */
class Leak {
 public:
  Leak(double room, double a_second) : room_(room), a_second_(a_second) {}
  /** True: it has run over. */
  bool pour(double much, int64_t at) {
    if (last_) level_ = std::max(0.0, level_ - a_second_ * static_cast<double>(at - *last_) / 1e6);
    last_ = at;
    level_ = std::max(0.0, level_ + much);
    return level_ > room_;
  }
  double level() const { return level_; }

 private:
  double room_, a_second_;
  double level_ = 0;
  std::optional<int64_t> last_;
};

/**
 * A player sends a handshake, some commands, an acknowledgement for each window (250 kB and more with known servers: 16
 * bytes), and an answer to a ping every few seconds. rtmp2 queues answers without a limit: about 700 bytes of memory
 * for a ping of 7 to 18 bytes, and while there is data to read it writes one answer for every 8 KiB.
 */
class PlayerRules {
 public:
  std::optional<std::string> look(const ConnectionLook& now) {
    const auto grown = [](uint64_t from, uint64_t to) { return to > from ? static_cast<double>(to - from) : 0.0; };
    const double read = grown(last_.read, now.read), written = grown(last_.written, now.written);
    const double media = grown(last_.media, now.media);
    const bool greeted = last_.media > 0, was_quiet = pending_.level() <= quiet_bytes;
    const bool over = pending_.pour(read - media * overhead, now.at);
    // Bytes that were written while the excess began may be our own commands.
    const double passed = last_.at ? static_cast<double>(now.at - last_.at) / 1e6 : 0;
    const double before = was_quiet ? 0 : std::max(0.0, answers_ - passed * few_a_second);
    answers_ = was_quiet && !greeted ? 0 : before + written;
    const bool answering = pending_.level() > quiet_bytes &&
                           answers_ > (greeted ? few_answers : commands_bytes) + pending_.level() * answers_a_byte;
    const bool talking = talk_.pour(written - media * talk_a_byte, now.at);
    if (now.unsent <= max_unsent_bytes) taken_at_ = now.at;
    last_ = now;
    if (over) return "the server sends messages that it does not end, or that are no media: " + bytes(pending_.level());
    if (answering)
      return "the server sends control messages without end: " + bytes(pending_.level()) + " that are no media";
    if (talking) return "the server has itself answered without end";
    if (now.at - taken_at_ > max_unsent_us) return "the server does not read the answers that it asks for";
    return std::nullopt;
  }

  /** An incomplete message may have 8 MiB: the largest picture that is accepted. */
  static constexpr double max_pending_bytes = 8.0 * 1024 * 1024;

 private:
  static std::string bytes(double count) { return std::to_string(static_cast<int64_t>(count)) + " bytes"; }

  /**
   * A chunk's header has one byte in 128 at RTMP's first chunk size, or five if times are long. A message's header has
   * at most 18 bytes; 15 bytes of FLV come out for it.
   */
  static constexpr double overhead = 1.05;
  /**
   * Data messages that rtmp2 does not pass on, acknowledgements and pings; and 22 bytes of TLS around each of 43 small
   * packets. Per second.
   */
  static constexpr double other_bytes_a_second = 2048;
  /**
   * Up to here it may be an incomplete message. Above it, known servers need about 5 answers for each MiB, of 5 bytes.
   */
  static constexpr double quiet_bytes = 128 * 1024;
  static constexpr double few_answers = 64;
  /** A ping a second. A stream of few bits, of which rtmp2 drops data messages, always stays above it. */
  static constexpr double few_a_second = 20;
  static constexpr double commands_bytes = 400;
  /**
   * In a flood of control messages we write 1 byte for each 1200 to 1700 that come; windows of 64 kB need 1 for 4000.
   */
  static constexpr double answers_a_byte = 1.0 / 4000;
  /** Handshake (3 kB) and commands, with a login too; and then the requests of an unusual server. */
  static constexpr double max_talk_bytes = 12'288;
  static constexpr double talk_bytes_a_second = 1024;
  static constexpr double talk_a_byte = 1.0 / 10'000;
  static constexpr uint64_t max_unsent_bytes = 4096;
  static constexpr int64_t max_unsent_us = 3'000'000;

  ConnectionLook last_{};
  Leak pending_{max_pending_bytes, other_bytes_a_second};
  Leak talk_{max_talk_bytes, talk_bytes_a_second};
  double answers_ = 0;
  int64_t taken_at_ = 0;

 public:
  explicit PlayerRules(int64_t at) : taken_at_(at) {}
};

/**
 * Script tags of a live stream: metadata, cue points, captions, a time code for each picture. Ten seconds of them may
 * come at once when a player joins.
 */
class ScriptRules {
 public:
  std::optional<std::string> look(int tags, uint64_t bytes, int64_t at) {
    const bool many = tags_.pour(tags, at), much = bytes_.pour(static_cast<double>(bytes), at);
    if (!many && !much) return std::nullopt;
    return std::string("the server sends data messages without end: more than ") +
           (many ? "1000 a second" : "1 MiB a second");
  }

 private:
  Leak tags_{3000, 1000};
  Leak bytes_{8.0 * 1024 * 1024, 1024.0 * 1024};
};

/**
 * A publisher receives a handshake, answers to its commands, an acknowledgement for each window that it sent, and
 * pings. All of it is little, and rtmp2 answers pings as above.
 */
class PublisherRules {
 public:
  std::optional<std::string> look(const ConnectionLook& now) {
    const double read = now.read > last_.read ? static_cast<double>(now.read - last_.read) : 0;
    const double written = now.written > last_.written ? static_cast<double>(now.written - last_.written) : 0;
    last_ = now;
    if (!came_.pour(read - written * acknowledged, now.at)) return std::nullopt;
    return "the server sends " + std::to_string(static_cast<int64_t>(came_.level())) +
           " bytes to a publisher, which expects answers alone";
  }

 private:
  /** A login has 1 kB, a bandwidth test 64 kB; 4 kB a second are 200 pings. */
  static constexpr double most = 128 * 1024, a_second = 4096;
  /** Windows of 1000 bytes. */
  static constexpr double acknowledged = 0.016;

  ConnectionLook last_{};
  Leak came_{most, a_second};
};

/**
 * For a connection that may be a player's or a publisher's: a graph may have both, to one server. A good player breaks
 * the rules of publishers sooner or later, and the other way round; a flood breaks both.
 */
class EitherRules {
 public:
  explicit EitherRules(int64_t at) : player_(at) {}
  std::optional<std::string> look(const ConnectionLook& now) {
    const auto as_player = player_.look(now), as_publisher = publisher_.look(now);
    no_player_ = no_player_ || as_player.has_value();
    no_publisher_ = no_publisher_ || as_publisher.has_value();
    if (!no_player_ || !no_publisher_) return std::nullopt;
    // The rule that was broken last is the verdict.
    return as_player ? as_player : as_publisher;
  }

 private:
  PlayerRules player_;
  PublisherRules publisher_;
  bool no_player_ = false, no_publisher_ = false;
};

}  // namespace rxgst
