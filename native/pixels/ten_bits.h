// Pictures of 10 bits a sample, in words of 16 bits: to 8 bits and back, and between the two forms. Arithmetic alone.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rxgst {

/** Three planes of 4:2:0. Strides in samples; `step`: from one sample of chroma to the next. */
template <class Sample>
struct PlanarPicture {
  Sample* y;
  ptrdiff_t y_stride;
  Sample* u;
  Sample* v;
  ptrdiff_t chroma_stride;
  int step = 1;
};

/** `shift`: in P010 the ten bits are the upper ones of their word, in I420_10LE the lower ones. */
template <class Sample>
struct TenBits : PlanarPicture<Sample> {
  int shift = 0;
};

/** Words of 16 bits begin at even addresses in every pool of pictures. */
inline uint16_t* words(uint8_t* data) { return static_cast<uint16_t*>(static_cast<void*>(data)); }
inline const uint16_t* words(const uint8_t* data) {
  return static_cast<const uint16_t*>(static_cast<const void*>(data));
}

/** Planes of a picture in tight rows, I420_10LE or P010. */
template <class Sample>
TenBits<Sample> tight_ten_bits(Sample* data, bool p010, int width, int height) {
  const ptrdiff_t half = (width + 1) / 2, luma = static_cast<ptrdiff_t>(width) * height;
  if (p010) return {{data, width, data + luma, data + luma + 1, half * 2, 2}, 6};
  return {{data, width, data + luma, data + luma + half * ((height + 1) / 2), half, 1}, 0};
}

/**
 * To 8 bits, each sample to the nearest value: limited range stays limited range, and no pattern is added. Dithering
 * would trade that for smoother ramps; programs that need them take the ten bits.
 */
void narrow(const TenBits<const uint16_t>& from, const PlanarPicture<uint8_t>& to, int width, int height);
/** To 10 bits: four times each value. */
void widen(const PlanarPicture<const uint8_t>& from, const TenBits<uint16_t>& to, int width, int height);
/** From one form of ten bits to the other, or the same. */
void copy(const TenBits<const uint16_t>& from, const TenBits<uint16_t>& to, int width, int height);

}  // namespace rxgst
