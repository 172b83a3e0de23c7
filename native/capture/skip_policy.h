// Which compressed pictures a wanted frame rate does without. Arithmetic alone: no GStreamer, no JS.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "capture/slots.h"
#include "h264/nal.h"

namespace rxgst {

/**
 * Whether anything refers to an access unit of H.264: NAL units behind lengths of `length_size` bytes (ISO/IEC
 * 14496-15). True only where all of it is slices with nal_ref_idc 0 and what says nothing about other pictures.
 */
inline bool nothing_refers_to(const uint8_t* data, size_t size, int length_size) {
  if (length_size < 1) return false;
  bool slices = false;
  const auto refers_to_nothing = [&](size_t, size_t length, const uint8_t* nal) {
    if (length == 0) return false;
    const int type = unit_type(nal);
    if (type == slice_unit && reference_of(nal) == 0) return slices = true;
    return type == message_unit || type == delimiter_unit || type == filler_unit;
  };
  return each_length(data, size, static_cast<size_t>(length_size), refers_to_nothing) == size && slices;
}

/**
 * The tap gives a slot to the first picture, in the order in which pictures are shown, whose time reaches it. So a
 * picture is needless when one that is shown before it, and that goes to the decoder, reaches as far. Both must be
 * known: a picture that comes later in the order of decoding, and is shown before, is never waited for. Where anything
 * is odd nothing is needless. One thread.
 */
class SkipPolicy {
 public:
  struct Unit {
    /** µs, as the tap will reckon it. */
    int64_t timestamp;
    int64_t duration;
    /** ns. */
    int64_t dts;
    bool keyframe;
    /** Nothing refers to it. */
    bool disposable;
  };

  /**
   * A decoder that reorders gives a picture out when enough have come in that are shown later. `behind`: so many always
   * go in, so that one that may be wanted comes out as early as it would have.
   */
  explicit SkipPolicy(Slots slots, size_t behind = 0) : slots_(slots), behind_(behind) {}

  /** What went to the decoder so far says nothing about what comes. */
  void forget() {
    count_ = 0;
    synced_ = false;
  }

  /** In the order of decoding, every unit once. True: it need not be decoded. */
  bool needless(const Unit& unit) {
    if (known_ && unit.dts <= dts_) forget();
    known_ = true;
    dts_ = unit.dts;
    if (unit.keyframe) {
      synced_ = true;
      keyframe_ = unit.timestamp;
    }
    // Shown before the keyframe that it comes behind: perhaps it refers to what is not there, and is never shown.
    if (!synced_ || unit.timestamp < keyframe_ || unit.timestamp < 0 || unit.duration <= 0) return false;
    const int64_t reaches = slots_.last(slots_.due(unit.timestamp, unit.duration));
    const bool wanted = unit.keyframe || !served(unit.timestamp, reaches);
    if (unit.disposable && !wanted && !waited_for(unit.timestamp)) return true;
    sent_[next_++ % sent_.size()] = {unit.timestamp, reaches, wanted};
    if (count_ < sent_.size()) ++count_;
    return false;
  }

 private:
  struct Sent {
    int64_t timestamp;
    int64_t reaches;
    bool wanted;
  };

  bool served(int64_t timestamp, int64_t reaches) const {
    for (size_t back = 1; back <= count_; ++back) {
      const Sent& sent = sent_[(next_ - back) % sent_.size()];
      if (sent.timestamp < timestamp && sent.reaches >= reaches) return true;
    }
    return false;
  }

  /** Whether a wanted picture may be in the decoder still, and one with this time would help it out. */
  bool waited_for(int64_t timestamp) const {
    if (behind_ == 0) return false;
    int64_t wanted = -1;
    for (size_t i = 0; i < count_; ++i) {
      const Sent& sent = sent_[(next_ - 1 - i) % sent_.size()];
      if (sent.wanted && sent.timestamp < timestamp) wanted = std::max(wanted, sent.timestamp);
    }
    size_t later = 0;
    for (size_t i = 0; i < count_; ++i) later += sent_[(next_ - 1 - i) % sent_.size()].timestamp > wanted;
    return wanted >= 0 && later < behind_;
  }

  const Slots slots_;
  const size_t behind_;
  // More than the 16 pictures by which H.264 reorders at most.
  std::array<Sent, 32> sent_{};
  size_t next_ = 0;
  size_t count_ = 0;
  bool known_ = false;
  bool synced_ = false;
  int64_t dts_ = 0;
  int64_t keyframe_ = 0;
};

}  // namespace rxgst
