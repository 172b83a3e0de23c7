// Reads the captions of a stream's pictures, which come in the order of their decoding. Arithmetic alone.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "captions/cc_data.h"
#include "captions/cea608.h"
#include "captions/cea708.h"
#include "captions/cue.h"

namespace rxgst::captions {

/** One thread at a time. */
class CaptionReader {
 public:
  explicit CaptionReader(TellCue tell)
      : tell_(std::move(tell)), fields_{Cea608Field(false, tell_), Cea608Field(true, tell_)}, packets_(tell_) {}
  CaptionReader(const CaptionReader&) = delete;
  CaptionReader& operator=(const CaptionReader&) = delete;

  /** A picture, shown at `pts` and decoded at `dts`, in ns; none: the stream does not tell. */
  void picture(int64_t pts, std::optional<int64_t> dts, CcData data) {
    if (last_ && pts < *last_ - longest_step_back_ns) finish();
    waiting_.emplace(pts, std::move(data));
    // No later picture is shown before this one is decoded.
    while (!waiting_.empty() && (dts ? waiting_.begin()->first <= *dts : waiting_.size() > most_reordered)) next();
    while (waiting_.size() > most_waiting) next();
  }
  /** The stream is over, or its time begins anew: what stands on the screen is told. */
  void finish() {
    while (!waiting_.empty()) next();
    if (!last_) return;
    for (auto& field : fields_) field.finish(*last_);
    packets_.finish(*last_);
    last_.reset();
  }

 private:
  static constexpr int64_t longest_step_back_ns = 1'000'000'000;
  /** Where no decoding times are told: cameras and encoders of live streams reorder less. */
  static constexpr size_t most_reordered = 4;
  static constexpr size_t most_waiting = 64;

  void next() {
    const auto first = waiting_.extract(waiting_.begin());
    const CcData& data = first.mapped();
    const int64_t at = last_ ? std::max(*last_, first.key()) : first.key();
    last_ = at;
    for (size_t i = 0; i + triple_bytes <= data.size(); i += triple_bytes) {
      const uint8_t* triple = data.data() + i;
      if (!is_valid(triple)) continue;
      const CcType type = type_of(triple);
      if (type == field_1 || type == field_2)
        fields_[type].pair(triple[1], triple[2], at);
      else
        packets_.add(type == packet_start, triple[1], triple[2], at);
    }
    for (auto& field : fields_) field.pass(at);
    packets_.pass(at);
  }

  const TellCue tell_;
  Cea608Field fields_[2];
  Cea708 packets_;
  std::multimap<int64_t, CcData> waiting_;
  std::optional<int64_t> last_;
};

}  // namespace rxgst::captions
