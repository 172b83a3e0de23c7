// The properties of a temporal unit of AV1: one picture that is shown, and those that others refer to. Arithmetic
// alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "av1/obu.h"
#include "av1/sequence_header.h"
#include "h264/access_unit.h"

namespace rxgst::av1 {

/** The form of `AccessUnit` is that of all codecs: a sequence header is a parameter set, metadata are a message. */
class TemporalUnits {
 public:
  /** `most`: the reader stops after so many OBUs. */
  AccessUnit read(const uint8_t* data, size_t size, size_t most) {
    AccessUnit unit;
    bool intra = true;
    each_obu(data, size, [&](const Obu& obu) {
      if (++unit.units > most) return false;
      if (obu.type == sequence_header) {
        ++unit.parameter_sets;
        note(obu.payload, obu.payload_size);
      } else if (obu.type == metadata) {
        ++unit.messages;
      } else if ((obu.type == frame_header || obu.type == frame) && obu.payload_size > 0) {
        unit.slices = unit.reference = true;
        const uint8_t first = obu.payload[0];
        const bool repeated = !still_ && first >> 7;
        const int type = still_ ? key_frame : repeated ? inter_frame : first >> 5 & 3;
        unit.instant |= type == key_frame && (still_ || first >> 4 & 1);
        intra &= type == key_frame || type == intra_frame;
      }
      return true;
    });
    unit.intra = unit.slices && intra;
    return unit;
  }

  /** A sequence header of a configuration. */
  void note(const uint8_t* payload, size_t size) {
    const auto header = read_sequence_header(payload, size);
    if (!header) return;
    still_ = header->still;
    known_ = true;
  }

  /** Whether a sequence header has come, without which nothing can be decoded. */
  bool known() const { return known_; }

 private:
  static constexpr int key_frame = 0, inter_frame = 1, intra_frame = 2;
  bool still_ = false, known_ = false;
};

}  // namespace rxgst::av1
