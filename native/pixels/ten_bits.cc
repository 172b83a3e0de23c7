#include "pixels/ten_bits.h"

#include <algorithm>

namespace rxgst {
namespace {

/** The steps are constants, so that the compiler makes vector code of rows without gaps. */
template <int from_step, int to_step, class From, class To, class Convert>
void rows(const From* from, ptrdiff_t from_stride, To* to, ptrdiff_t to_stride, int width, int height,
          Convert convert) {
  for (int y = 0; y < height; ++y, from += from_stride, to += to_stride) {
    for (int x = 0; x < width; ++x) to[x * to_step] = convert(from[x * from_step]);
  }
}

template <class From, class To, class Convert>
void each_plane(const PlanarPicture<From>& from, const PlanarPicture<To>& to, int width, int height, Convert convert) {
  rows<1, 1>(from.y, from.y_stride, to.y, to.y_stride, width, height, convert);
  const int across = (width + 1) / 2, down = (height + 1) / 2;
  const auto chroma = [&](const From* source, To* target) {
    const auto plane = [&]<int from_step, int to_step>() {
      rows<from_step, to_step>(source, from.chroma_stride, target, to.chroma_stride, across, down, convert);
    };
    if (from.step == 1 && to.step == 1)
      plane.template operator()<1, 1>();
    else if (from.step == 1)
      plane.template operator()<1, 2>();
    else if (to.step == 1)
      plane.template operator()<2, 1>();
    else
      plane.template operator()<2, 2>();
  };
  chroma(from.u, to.u);
  chroma(from.v, to.v);
}

}  // namespace

void narrow(const TenBits<const uint16_t>& from, const PlanarPicture<uint8_t>& to, int width, int height) {
  each_plane(from, to, width, height, [shift = from.shift](uint16_t sample) {
    return static_cast<uint8_t>(std::min(((sample >> shift) + 2) >> 2, 255));
  });
}

void widen(const PlanarPicture<const uint8_t>& from, const TenBits<uint16_t>& to, int width, int height) {
  each_plane(from, to, width, height,
             [shift = to.shift + 2](uint8_t sample) { return static_cast<uint16_t>(sample << shift); });
}

void copy(const TenBits<const uint16_t>& from, const TenBits<uint16_t>& to, int width, int height) {
  each_plane(from, to, width, height,
             [in = from.shift, out = to.shift](uint16_t sample) { return static_cast<uint16_t>(sample >> in << out); });
}

}  // namespace rxgst
