#include "rtmp/relay/aac_silence.h"

#include <array>
#include <string_view>
#include <utility>

namespace rxgst::rtmp {

namespace {

/** Numbers of audio object types. */
constexpr uint32_t low_complexity = 2, spectral_replication = 5, parametric_stereo = 29;
/** In place of an index: the rate itself follows. */
constexpr uint32_t explicit_rate = 15;
constexpr std::array<uint32_t, 13> rates{96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                                         22'050, 16'000, 12'000, 11'025, 8'000,  7'350};
/** Elements of each channel configuration: single, pair, low frequency. 0: the configuration describes its own. */
constexpr std::array<std::string_view, 8> elements{"", "s", "p", "sp", "sps", "spp", "sppl", "spppl"};

class BitSource {
 public:
  explicit BitSource(Bytes bytes) : bytes_(bytes) {}
  uint32_t take(int bits) {
    uint32_t value = 0;
    for (; bits > 0; --bits, ++at_) {
      const bool there = at_ / 8 < bytes_.size();
      short_ = short_ || !there;
      value = value << 1 | (there ? bytes_[at_ / 8] >> (7 - at_ % 8) & 1u : 0u);
    }
    return value;
  }
  bool is_short() const { return short_; }

 private:
  Bytes bytes_;
  size_t at_ = 0;
  bool short_ = false;
};

class BitSink {
 public:
  void put(uint32_t value, int bits) {
    for (int bit = bits - 1; bit >= 0; --bit, ++count_) {
      if (count_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() = static_cast<uint8_t>(bytes_.back() | (value >> bit & 1) << (7 - count_ % 8));
    }
  }
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
  size_t count_ = 0;
};

/** 0: there is none of this index. */
uint32_t take_rate(BitSource* from) {
  const uint32_t index = from->take(4);
  if (index == explicit_rate) return from->take(24);
  return index < rates.size() ? rates[index] : 0;
}

/** A channel of no scale factor band: no section, no factor and no spectrum follow. */
void put_channel(BitSink* to) {
  to->put(0, 8);  // global gain
  to->put(0, 1);  // reserved
  to->put(0, 2);  // one long window …
  to->put(0, 1);  // … of sine
  to->put(0, 6);  // bands
  to->put(0, 1);  // no prediction
  to->put(0, 3);  // no pulse, no temporal noise shaping, no gain control
}

void put_element(BitSink* to, char kind, uint32_t tag) {
  const bool pair = kind == 'p';
  to->put(kind == 's' ? 0 : pair ? 1 : 3, 3);
  to->put(tag, 4);
  if (pair) to->put(0, 1);  // each channel has its own window
  for (int channel = pair ? 2 : 1; channel > 0; --channel) put_channel(to);
}

}  // namespace

std::optional<AacSilence> aac_silence(Bytes specific_config) {
  BitSource from(specific_config);
  AacSilence it;
  uint32_t type = from.take(5);
  it.rate = take_rate(&from);
  const uint32_t channels = from.take(4);
  if (type == spectral_replication || type == parametric_stereo) {
    take_rate(&from);
    type = from.take(5);
  }
  it.samples = from.take(1) ? 960 : 1024;
  if (from.is_short() || type != low_complexity || it.rate < rates.back() || it.rate > rates.front()) return {};
  if (channels == 0 || channels >= elements.size()) return {};
  BitSink to;
  std::array<uint32_t, 128> tags{};
  for (const char kind : elements[channels]) put_element(&to, kind, tags[static_cast<uint8_t>(kind)]++);
  constexpr uint32_t end = 7;
  to.put(end, 3);
  it.block = to.take();
  return it;
}

}  // namespace rxgst::rtmp
