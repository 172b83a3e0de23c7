// The letters of CEA-608 (CTA-608-E, tables 50, 52, 5 to 10). Arithmetic alone.
#pragma once
#include <cstdint>

namespace rxgst::captions {

/** A code from 0x20 to 0x7f: ASCII, but for ten. */
inline char32_t basic_letter(uint8_t code) {
  switch (code) {
    case 0x27:
      return U'’';
    case 0x2a:
      return U'á';
    case 0x5c:
      return U'é';
    case 0x5e:
      return U'í';
    case 0x5f:
      return U'ó';
    case 0x60:
      return U'ú';
    case 0x7b:
      return U'ç';
    case 0x7c:
      return U'÷';
    case 0x7d:
      return U'Ñ';
    case 0x7e:
      return U'ñ';
    case 0x7f:
      return U'█';
    default:
      return code;
  }
}

/** The second byte less 0x30, behind 0x11. */
inline constexpr char32_t special_letters[] = U"®°½¿™¢£♪à\u00a0èâêîôû";
/** The second byte less 0x20, behind 0x12: Spanish, French. */
inline constexpr char32_t spanish_letters[] = U"ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»";
/** Behind 0x13: Portuguese, German, Danish. */
inline constexpr char32_t german_letters[] = U"ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø┌┐└┘";
static_assert(sizeof special_letters == 17 * sizeof(char32_t));
static_assert(sizeof spanish_letters == 33 * sizeof(char32_t));
static_assert(sizeof german_letters == 33 * sizeof(char32_t));

}  // namespace rxgst::captions
