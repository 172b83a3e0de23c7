// Caption bytes (cc_data of ATSC A/53, part 4) in the messages that carry them. Arithmetic alone.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rxgst::captions {

/** Triples, one behind the other: a byte of type and validity, and two of data. */
using CcData = std::vector<uint8_t>;

constexpr size_t triple_bytes = 3;
/** As many as one message counts. */
constexpr size_t most_triples = 31;
/** No picture needs so many; a hostile peer's may have a message of captions thousands of times. */
constexpr size_t most_picture_triples = 1200;

/** cc_type. */
enum CcType : uint8_t { field_1 = 0, field_2 = 1, packet_data = 2, packet_start = 3 };

inline bool is_valid(const uint8_t* triple) { return triple[0] & 4; }
inline CcType type_of(const uint8_t* triple) { return static_cast<CcType>(triple[0] & 3); }

/** What a message of registered user data (ITU-T T.35) begins with: country, provider, ATSC's mark, cc_data. */
constexpr std::array<uint8_t, 8> head{0xb5, 0x00, 0x31, 'G', 'A', '9', '4', 3};

/** Adds the triples of such a message; of another one nothing. */
inline void read_message(std::span<const uint8_t> message, CcData* to) {
  constexpr uint8_t has_data = 0x40, count_bits = 31;
  const size_t begin = head.size() + 2;
  if (message.size() < begin || !std::equal(head.begin(), head.end(), message.begin())) return;
  const uint8_t flags = message[head.size()];
  if (!(flags & has_data)) return;
  const size_t bytes = std::min<size_t>(flags & count_bits, (message.size() - begin) / triple_bytes) * triple_bytes;
  if (to->size() + bytes > most_picture_triples * triple_bytes) return;
  to->insert(to->end(), message.begin() + begin, message.begin() + begin + bytes);
}

/** The message of at most `most_triples` triples. */
inline std::vector<uint8_t> message_of(std::span<const uint8_t> triples) {
  std::vector<uint8_t> message(head.begin(), head.end());
  message.push_back(static_cast<uint8_t>(0x40 | triples.size() / triple_bytes));
  message.push_back(0xff);
  message.insert(message.end(), triples.begin(), triples.end());
  message.push_back(0xff);
  return message;
}

}  // namespace rxgst::captions
