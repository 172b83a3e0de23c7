// The pacer's sound: beside its pictures, or by its own timestamps.
#include "output/pacer.h"

#include <utility>

#include "gst/time_units.h"

namespace rxgst {

namespace {

/** Of a source's sound that waits for its place. */
constexpr int64_t most_held_us = 10'000'000;

}  // namespace

void PacerState::push_audio(const float* samples, int64_t position, int64_t count) {
  const size_t bytes = static_cast<size_t>(count) * options.channels * sizeof(float);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
  if (samples) {
    gst_buffer_fill(buffer, 0, samples, bytes);
  } else {
    gst_buffer_memset(buffer, 0, 0, bytes);
  }
  const auto time = [&](int64_t at) {
    return gst_util_uint64_scale_round(static_cast<guint64>(at), GST_SECOND, static_cast<guint64>(options.rate));
  };
  GST_BUFFER_PTS(buffer) = time(position);
  GST_BUFFER_DURATION(buffer) = time(position + count) - time(position);
  if (outlets.push(OutletKind::audio, 0, buffer, [](GstBuffer*, int64_t) {})) wakeup->wake();
}

int64_t PacerState::sample_at(int64_t slot) const {
  const auto time = static_cast<guint64>(slot_time_ns(slot));
  return static_cast<int64_t>(gst_util_uint64_scale_round(time, static_cast<guint64>(options.rate), GST_SECOND));
}

/** Places the audio of `slot`: the audio of `item`, waiting audio, or silence. */
void PacerState::audio_for(int64_t slot, Ready* item) {
  const int64_t here = sample_at(slot);
  const bool brings = item && !item->samples.empty();
  if (brings) {
    const bool source = item->timing == Timing::media;
    // A source's audio lies at its picture's own time, which the slot rounds.
    const int64_t at_us = item->picture ? item->timestamp_us + offset_us_ : item->at_us;
    const int64_t at = source ? audio_lane_.samples_in(at_us) : here;
    audio_lane_.place({item->samples, at, source, item->moved});
  }
  // Audio without pictures goes as far ahead as it comes: its writer waits if it is too early.
  const bool alone = item && !item->picture;
  audio_lane_.lay(here, paced() && !alone ? std::optional(sample_at(slot + 1)) : std::nullopt, brings);
}

bool PacerState::lay_source_sound(bool all) {
  using Verdict = SourceSound::Verdict;
  bool any = false;
  while (!held_.empty()) {
    const auto count = static_cast<int64_t>(held_.front().samples.size()) / options.channels;
    const int64_t now = now_us();
    const auto [verdict, at] =
        source_sound_.place({held_.front().timestamp_us, count * us_per_s / options.rate},
                            {now, slot_time_ns(next_slot_) / 1000, audio_lane_.end_us(), paced()});
    if (verdict == Verdict::wait && !all) break;
    Ready item = std::move(held_.front());
    held_.pop_front();
    held_samples_ -= count;
    any = true;
    if (verdict == Verdict::cut || !at) {
      audio_lane_.cut(count);
      continue;
    }
    begin_clock(now);
    item.at_us = *at;
    audio_lane_.set_grace(source_sound_.grace_us());
    audio_for(next_slot_, &item);
  }
  return any;
}

void PacerState::hold(Ready sound, int64_t count) {
  if (count == 0) return;
  source_sound_.note_sound(now_us());
  if (held_samples_ + count > most_held_us * options.rate / us_per_s) {
    audio_lane_.cut(count);
    return;
  }
  held_samples_ += count;
  held_.push_back(std::move(sound));
}

}  // namespace rxgst
