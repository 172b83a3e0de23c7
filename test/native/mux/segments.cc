// Segments of streams whose times go back, or whose pictures stop. Compiled and run by mux.test.ts.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "record/flv_file.h"
#include "record/segment_writer.h"

using namespace rxgst;
using namespace rxgst::record;

/** No test here writes FLV. */
std::unique_ptr<mux::Container> rxgst::record::flv_file(const mux::Formats&, mux::Bytes&) { return nullptr; }

static int failures = 0;
#define CHECK(actual, expected)                                                              \
  do {                                                                                       \
    const long long is = (actual), should = (expected);                                      \
    if (is != should) {                                                                      \
      std::printf("%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, is, should); \
      ++failures;                                                                            \
    }                                                                                        \
  } while (false)

constexpr int64_t ms = 1'000'000;

struct Recorded {
  std::vector<Segment> segments;
  uint64_t lost = 0;
};

static std::shared_ptr<const mux::Format> format_of(bool video) {
  mux::Format format;
  format.codec = video ? mux::Codec::h264 : mux::Codec::aac;
  format.record = video ? std::vector<uint8_t>{1, 66, 0, 30, 0xff, 0xe0, 0} : std::vector<uint8_t>{0x11, 0x90};
  format.rate = 48'000;
  return std::make_shared<const mux::Format>(format);
}

class Recording {
 public:
  explicit Recording(int64_t longest_ms)
      : folder_(made()),
        writer_({folder_, "%s.ts", Kind::ts, longest_ms * ms},
                {[](const Segment&) {}, [this](const Segment& one) { result_.segments.push_back(one); },
                 [](const Segment&) {}}) {}

  void add(bool video, int64_t dts_ms, bool key = false) {
    mux::Packet packet;
    packet.format = video ? video_ : audio_;
    packet.data = BufferRef(gst_buffer_new_allocate(nullptr, 100, nullptr));
    gst_buffer_memset(packet.data.get(), 0, 0, 100);
    packet.video = video;
    packet.key = key;
    packet.source = 1;
    packet.dts_ns = packet.pts_ns = dts_ms * ms;
    packet.unix_ms = 1'700'000'000'000 + dts_ms;
    CHECK(writer_.add(std::move(packet)), 0);
  }
  Recorded end() {
    CHECK(writer_.finish(), 0);
    for (const Segment& segment : result_.segments) unlink((folder_ + "/" + segment.file).c_str());
    rmdir(folder_.c_str());
    result_.lost = writer_.lost();
    return result_;
  }

 private:
  static std::string made() {
    char name[] = "/tmp/rxgst-segments-XXXXXX";
    return mkdtemp(name) ? name : "";
  }

  const std::shared_ptr<const mux::Format> video_ = format_of(true), audio_ = format_of(false);
  const std::string folder_;
  Recorded result_;
  SegmentWriter writer_;
};

/** Pictures and sound, 40 ms each; a keyframe each second. */
static void add_both(Recording& recording, int64_t from_ms, int64_t to_ms, int64_t shift_ms = 0) {
  for (int64_t at = from_ms; at < to_ms; at += 40) {
    recording.add(true, at + shift_ms, at % 1000 == 0);
    recording.add(false, at + shift_ms);
  }
}

static void sound_that_goes_back_is_lost_alone() {
  Recording recording(60'000);
  add_both(recording, 0, 2400);
  recording.add(false, 2000);
  add_both(recording, 2400, 5000);
  const Recorded all = recording.end();
  CHECK(all.segments.size(), 1);
  CHECK(all.lost, 1);
  CHECK(all.segments.at(0).duration_ms, 5000);
}

static void another_stream_begins_a_segment() {
  Recording recording(60'000);
  add_both(recording, 0, 5000);
  add_both(recording, 0, 3000);
  const Recorded all = recording.end();
  CHECK(all.segments.size(), 2);
}

static void sound_goes_on_alone() {
  Recording recording(2000);
  add_both(recording, 0, 3000);
  for (int64_t at = 3000; at < 20'000; at += 40) recording.add(false, at);
  add_both(recording, 20'000, 22'000);
  const Recorded all = recording.end();
  // Two of both; one with the end of the pictures; of sound alone from 5 s after them, each of 2 s; of both again.
  CHECK(all.segments.size() > 7, 1);
  CHECK(all.segments.back().duration_ms, 2000);
  CHECK(all.lost, 0);
}

int main() {
  gst_init(nullptr, nullptr);
  sound_that_goes_back_is_lost_alone();
  another_stream_begins_a_segment();
  sound_goes_on_alone();
  if (failures > 0) return EXIT_FAILURE;
  std::printf("segments: all well\n");
  return EXIT_SUCCESS;
}
