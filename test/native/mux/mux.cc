// Decoding times, the order of packets, and containers of streams that are not well. Compiled and run by mux.test.ts.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "mux/container.h"
#include "mux/decode_times.h"
#include "mux/packet_order.h"

using namespace rxgst;
using namespace rxgst::mux;

static int failures = 0;
#define CHECK(what)                                                  \
  do {                                                               \
    if (!(what)) {                                                   \
      std::printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
      ++failures;                                                    \
    }                                                                \
  } while (false)

constexpr int64_t ms = 1'000'000;

static std::shared_ptr<const Format> format_of(Codec codec, std::vector<uint8_t> record, int rate = 0) {
  Format format;
  format.codec = codec;
  format.record = std::move(record);
  format.rate = rate;
  return std::make_shared<const Format>(format);
}
static const auto h264 = format_of(Codec::h264, {1, 66, 0, 30, 0xff, 0xe0, 0});
static const auto aac = format_of(Codec::aac, {0x11, 0x90}, 48'000);

static Packet packet_of(bool video, int64_t dts_ms, size_t size = 100, bool key = false) {
  Packet packet;
  packet.format = video ? h264 : aac;
  packet.data = BufferRef(gst_buffer_new_allocate(nullptr, size, nullptr));
  gst_buffer_memset(packet.data.get(), 0, 0, size);
  packet.video = video;
  packet.key = key;
  packet.dts_ns = packet.pts_ns = dts_ms * ms;
  return packet;
}

/** Two references deep, as x264 makes them, without decoding times: presentation is untouched. */
static void decoding_times_are_made() {
  for (const size_t told : {size_t{2}, size_t{3}}) {
    DecodeTimes times(told);
    int64_t last = INT64_MIN;
    for (int64_t group = 0; group < 100; ++group) {
      for (const int64_t at : {0, 160, 80, 40, 120}) {
        if (at == 0 && group > 0) continue;
        const int64_t pts = (group * 160 + at) * ms;
        const auto [dts, shown] = times.next(std::nullopt, pts, group % 5 == 0 && at == 0);
        CHECK(dts > last && dts <= pts && shown == pts);
        last = dts;
      }
    }
    CHECK(last == (100 * 160 - 40 * static_cast<int64_t>(told)) * ms);
  }
}

static void decoding_times_stay() {
  DecodeTimes none(0);
  for (int64_t i = 0; i < 100; ++i) CHECK(none.next(std::nullopt, i * 40 * ms, false).dts_ns == i * 40 * ms);
  DecodeTimes given(2);
  for (int64_t i = 0; i < 100; ++i) CHECK(given.next(i * 40 * ms, (i * 40 + 80) * ms, false).dts_ns == i * 40 * ms);
  // A stream that reorders more than it has told: a few pictures are late, and never out of order.
  DecodeTimes wrong(0);
  int64_t last = INT64_MIN, late = 0;
  for (int64_t i = 0; i < 400; ++i) {
    constexpr int64_t order[] = {160, 80, 40, 120};
    const int64_t pts = (i / 4 * 160 + order[i % 4]) * ms;
    const auto [dts, shown] = wrong.next(std::nullopt, pts, false);
    CHECK(dts > last && dts <= shown);
    late += shown != pts;
    last = dts;
  }
  CHECK(late > 0 && late <= 8);
  // Another stream begins at its own time.
  CHECK(wrong.next(std::nullopt, 0, true).dts_ns <= 0);
}

static void order_has_a_bound() {
  PacketOrder order;
  size_t taken = 0;
  const auto take = [&](Packet) { ++taken; };
  for (int i = 0; i < 10'000; ++i) {
    order.add(packet_of(true, 0));
    order.release(take);
  }
  CHECK(taken > 5'000);
  order.release_all(take);
  taken = 0;
  for (int i = 0; i < 100; ++i) {
    order.add(packet_of(true, 0, 1 << 20));
    order.release(take);
  }
  CHECK(taken > 80);
}

/** Sound a second ahead stands in its place; without pictures beside it, it waits no longer than its source says. */
static void order_waits_as_told() {
  PacketOrder order;
  std::vector<int64_t> times;
  const auto take = [&](Packet packet) { times.push_back(packet.dts_ns); };
  for (int64_t i = 0; i < 100; ++i) {
    order.add(packet_of(false, 1000 + i * 40));
    order.release(take);
    order.add(packet_of(true, i * 40));
    order.release(take);
  }
  CHECK(times.size() > 70);
  for (size_t i = 1; i < times.size(); ++i) CHECK(times[i] >= times[i - 1]);
}

static size_t count_of(const Bytes& bytes, const std::string& word) {
  const std::string all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  size_t count = 0;
  for (size_t at = all.find(word); at != std::string::npos; at = all.find(word, at + 1)) ++count;
  return count;
}

static void mp4_goes_on_without_pictures() {
  Bytes out;
  const auto file = mp4({h264, aac}, out);
  for (int64_t i = 0; i < 25; ++i) {
    file->add(packet_of(true, i * 40, 100, i == 0), out);
    file->add(packet_of(false, i * 40), out);
  }
  const size_t before = count_of(out, "moof");
  for (int64_t i = 25; i < 25 * 20; ++i) file->add(packet_of(false, i * 40), out);
  CHECK(count_of(out, "moof") >= before + 15);
}

static void mp4_has_a_bound() {
  Bytes out;
  const auto file = mp4({h264, aac}, out);
  for (int i = 0; i < 100; ++i) file->add(packet_of(true, 0, 1 << 20, i == 0), out);
  CHECK(out.size() > 80u << 20);
  out.clear();
  for (int i = 0; i < 10'000; ++i) file->add(packet_of(false, 0, 4), out);
  CHECK(count_of(out, "moof") > 0);
}

/** Of each packet of a table or a track in order: calls see(pid, counter, whole packet). */
template <class See>
static void each_packet(const Bytes& bytes, See&& see) {
  CHECK(bytes.size() % 188 == 0);
  for (size_t at = 0; at + 188 <= bytes.size(); at += 188) {
    const uint8_t* packet = bytes.data() + at;
    see((packet[1] & 31) << 8 | packet[2], packet[3] & 15, packet);
  }
}

static void transport_stream_goes_on() {
  const auto counters = std::make_shared<StreamCounters>();
  Bytes out;
  const auto other = format_of(Codec::h264, {1, 66, 0, 31, 0xff, 0xe0, 0});
  for (const auto& format : {h264, other}) {
    const auto stream = transport_stream({format, aac}, out, counters);
    for (int64_t i = 0; i < 10; ++i) {
      stream->add(packet_of(true, (format == h264 ? 0 : 300) + i * 40, 1000, i == 0), out);
      stream->add(packet_of(false, (format == h264 ? 0 : 300) + i * 40), out);
    }
    ++counters->version;
  }
  int counter[0x2000];
  for (int& each : counter) each = -1;
  int version = -1, versions = 0;
  int64_t clock = -1;
  each_packet(out, [&](int pid, int number, const uint8_t* packet) {
    const bool payload = packet[3] & 0x10;
    if (payload && counter[pid] >= 0) CHECK(number == (counter[pid] + 1) % 16);
    if (payload) counter[pid] = number;
    if (pid == 0x1000) {
      const int told = packet[5 + 5] >> 1 & 31;
      versions += told != version;
      version = told;
    }
    if ((packet[3] & 0x20) && packet[4] > 0 && (packet[5] & 0x10)) {
      const int64_t told = int64_t{packet[6]} << 24 | packet[7] << 16 | packet[8] << 8 | packet[9];
      CHECK(told >= clock);
      clock = told;
    }
  });
  CHECK(versions == 2);
}

static void transport_stream_leaves_out() {
  Bytes out;
  const auto frames = transport_stream({h264, aac}, out);
  CHECK(frames->takes(packet_of(false, 0, 8184)) && !frames->takes(packet_of(false, 0, 8185)));
  const auto foreign = transport_stream({format_of(Codec::av1, {0x81}), aac}, out);
  CHECK(!foreign->takes(packet_of(true, 0)) && foreign->takes(packet_of(false, 0)));
  // Channels by a table of their own.
  const auto silent = transport_stream({h264, format_of(Codec::aac, {0x11, 0x80}, 48'000)}, out);
  CHECK(silent->takes(packet_of(true, 0)) && !silent->takes(packet_of(false, 0)));
  CHECK(out.size() == 0);
}

int main() {
  gst_init(nullptr, nullptr);
  decoding_times_are_made();
  decoding_times_stay();
  order_has_a_bound();
  order_waits_as_told();
  mp4_goes_on_without_pictures();
  mp4_has_a_bound();
  transport_stream_goes_on();
  transport_stream_leaves_out();
  if (failures > 0) return EXIT_FAILURE;
  std::printf("mux: all well\n");
  return EXIT_SUCCESS;
}
