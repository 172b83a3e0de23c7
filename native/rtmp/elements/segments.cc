#include "rtmp/elements/segments.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "gst/running_time.h"

namespace rxgst::rtmp {

namespace {

constexpr int64_t ms = 1'000'000, second = 1000 * ms;
/** So much before the first time is not cut off: another track, or a picture that is shown before its time. */
constexpr int64_t before_ns = 10 * second;
/** Tracks of one stream are not further apart. */
constexpr int64_t together_ns = 10 * second;
/** No track goes back so far, or ahead of the clock, without a jump. A file of few pictures is read faster than it
 * lasts. */
constexpr int64_t most_back_ns = 2 * second, most_ahead_ns = 60 * second;
/** The same, of a publisher that came back. */
constexpr int64_t most_ahead_anew_ns = second;
/** Of a track that the others left behind: it may be on its way to them. */
constexpr int64_t strays_ns = 500 * ms;
/** Of a picture. */
constexpr int64_t most_lasting_ns = 200 * ms;

GstSegment segment_at(int64_t at_ns, int64_t running_ns) {
  GstSegment it;
  gst_segment_init(&it, GST_FORMAT_TIME);
  const int64_t start = std::max<int64_t>(0, at_ns - before_ns);
  it.start = it.time = static_cast<guint64>(start);
  it.position = static_cast<guint64>(at_ns);
  it.offset = static_cast<guint64>(at_ns - start);
  it.base = static_cast<guint64>(std::max<int64_t>(0, running_ns));
  return it;
}

}  // namespace

bool Segments::fits(int64_t at_ns) const { return shared_ && std::abs(at_ns - last_ns_) <= together_ns; }

void Segments::adopt(TrackTimes* track) const {
  track->segment = shared_;
  track->serial = serial_;
}

bool Segments::follow(TrackTimes* track, int64_t at_ns, int64_t now_us, int64_t running_ns) {
  const bool first = !track->segment;
  const int64_t step = at_ns - track->last_ns, elapsed = (now_us - track->last_us) * 1000;
  const bool anew = std::exchange(track->may_begin_anew, false);
  const bool jumps =
      anew ? step < 0 || step > elapsed + most_ahead_anew_ns : step < -most_back_ns || step > elapsed + most_ahead_ns;
  const bool strays = track->serial != serial_ && std::abs(step) > strays_ns;
  track->last_ns = at_ns;
  track->last_us = now_us;
  bool other = false;
  if ((first || jumps || strays) && track->serial != serial_ && fits(at_ns)) {
    adopt(track);
    other = true;
  } else if (first || jumps) {
    shared_ = segment_at(at_ns, std::max(running_ns, furthest_ns_));
    ++serial_;
    adopt(track);
    other = true;
  }
  if (track->serial == serial_) last_ns_ = at_ns;
  // What comes next has a time of its own, as far behind this as this is behind what came before.
  const int64_t lasts = step > 0 && step <= most_lasting_ns ? step : 0;
  const int64_t shown = running_time(*track->segment, static_cast<GstClockTime>(at_ns)).value_or(0);
  furthest_ns_ = std::max(furthest_ns_, shown + lasts);
  return other;
}

bool Segments::join(TrackTimes* track, int64_t at_ns, int64_t now_us, int64_t running_ns) {
  if (track->segment && track->serial == serial_) return false;
  track->last_ns = at_ns;
  track->last_us = now_us;
  if (shared_) {
    adopt(track);
  } else {
    // Until the first picture or sound has come.
    track->segment = segment_at(at_ns, running_ns);
  }
  return true;
}

int64_t Segments::near_ns(int64_t at_ns) const { return !shared_ || fits(at_ns) ? at_ns : last_ns_; }

}  // namespace rxgst::rtmp
