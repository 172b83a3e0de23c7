// Makes of an encoder's AV1 what Enhanced RTMP carries. Neither GStreamer nor Node.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "av1/config.h"
#include "av1/temporal_unit.h"

namespace rxgst {

/**
 * A temporal unit leaves without its delimiter, as in a file of ISO BMFF, and its sequence headers tell the colours,
 * which encoders may leave out. The configuration record is made here as well: av1parse of GStreamer 1.22 has none.
 */
class Av1Units {
 public:
  struct Unit {
    std::vector<uint8_t> bytes;
    /** A decoder can begin with it. */
    bool key;
  };

  /**
   * Nothing: no sequence header has come yet, or the unit has no picture. `colours`: where the header tells none;
   * without them it stays as it is.
   */
  std::optional<Unit> make(const uint8_t* data, size_t size, std::optional<av1::Colours> colours) {
    Unit unit{};
    unit.bytes.reserve(size + colours_bytes);
    av1::each_obu(data, size, [&](const av1::Obu& obu) {
      if (obu.type == av1::temporal_delimiter || obu.type == av1::tile_list) return;
      if (obu.type != av1::sequence_header) return put(&unit.bytes, {obu.begin, obu.begin + obu.size});
      const auto payload = colours ? av1::with_colours(obu.payload, obu.payload_size, *colours)
                                   : std::vector<uint8_t>(obu.payload, obu.payload + obu.payload_size);
      if (auto made = av1::record_of(payload)) record_ = std::move(*made);
      put(&unit.bytes, av1::obu_of(av1::sequence_header, payload));
    });
    const AccessUnit read = units_.read(unit.bytes.data(), unit.bytes.size(), most_obus);
    if (record_.empty() || !read.slices) return std::nullopt;
    unit.key = read.instant;
    return unit;
  }

  /** av1C of the newest sequence header; empty before the first one. */
  const std::vector<uint8_t>& record() const { return record_; }

 private:
  static constexpr size_t colours_bytes = 64, most_obus = 4096;

  static void put(std::vector<uint8_t>* to, const std::vector<uint8_t>& bytes) {
    to->insert(to->end(), bytes.begin(), bytes.end());
  }

  av1::TemporalUnits units_;
  std::vector<uint8_t> record_;
};

}  // namespace rxgst
