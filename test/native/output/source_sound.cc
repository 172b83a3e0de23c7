// Runs a source's sound without its pictures through a model of the pacer and the real lane: sound that is late or
// early, alone, of another source than the pictures, and sources that pause or change. Compiled and run by
// arithmetic.test.ts.
#include "output/source_sound.h"

#include <cstdio>
#include <functional>
#include <optional>
#include <vector>

#include "output/audio_lane.h"

using rxgst::AudioLane;
using rxgst::SourceSound;

static int failures = 0;
static void check(const char* what, bool well, double value) {
  if (well) return;
  std::printf("%s: %.3f\n", what, value);
  ++failures;
}

constexpr int64_t second_us = 1'000'000, picture_us = 40'000, chunk_us = 20'000, step_us = 5000;
constexpr int rate = 48'000;
constexpr int64_t missing_after_us = 160'000, fill_ahead_us = 300'000;

struct Model {
  struct Waiting {
    int64_t timestamp_us;
    std::vector<float> samples;
  };
  /** Per sample of the output: the timestamp of the sound there, in s; −1: silence. Not of hours. */
  std::vector<float> heard;
  bool keeps = true;
  int64_t heard_samples = 0;
  AudioLane lane{rate, 1, [this](const float* samples, int64_t position, int64_t count) {
                   if (samples) heard_samples += count;
                   if (!keeps) return;
                   heard.resize(static_cast<size_t>(position), -1);
                   for (int64_t i = 0; i < count; ++i) heard.push_back(samples ? samples[i] : -1);
                 }};
  SourceSound sound;
  std::deque<Waiting> held;
  bool paced = true;
  int64_t now_us = 0, next_us = 0, picture_left_us = 0, last_timestamp_us = -1;
  std::optional<int64_t> offset_us;
  bool filled = false;
  /** Of each timestamp: where its picture is. */
  std::vector<std::pair<int64_t, int64_t>> pictures;

  int64_t sample_at(int64_t us) const { return us * rate / second_us; }

  void lay(std::optional<int64_t> next) { lane.lay(sample_at(next_us), next, false); }

  void picture(std::optional<int64_t> timestamp_us) {
    if (timestamp_us) {
      const bool again = !offset_us || filled || *timestamp_us < last_timestamp_us ||
                         *timestamp_us + *offset_us > next_us + fill_ahead_us;
      if (again) {
        offset_us = next_us - *timestamp_us;
        sound.anchor(*timestamp_us, *offset_us);
      }
      sound.note_picture(now_us);
      last_timestamp_us = *timestamp_us;
      pictures.emplace_back(*timestamp_us, next_us);
    }
    filled = false;
    lay(sample_at(next_us + picture_us));
    next_us += picture_us;
    picture_left_us = now_us;
    give();
  }

  void fill() {
    if (!sound.flows(now_us)) lane.expect_none();
    lay(sample_at(next_us + picture_us));
    next_us += picture_us;
    filled = true;
    give();
  }

  void chunk(int64_t timestamp_us, int64_t length_us = chunk_us) {
    sound.note_sound(now_us);
    held.push_back({timestamp_us, std::vector<float>(static_cast<size_t>(sample_at(length_us)),
                                                     static_cast<float>(timestamp_us) / second_us)});
    give();
  }

  void give() {
    while (!held.empty()) {
      const auto length_us = static_cast<int64_t>(held.front().samples.size()) * second_us / rate;
      const auto [verdict, at] =
          sound.place({held.front().timestamp_us, length_us}, {now_us, next_us, lane.end_us(), paced});
      if (verdict == SourceSound::Verdict::wait) return;
      const Waiting it = std::move(held.front());
      held.pop_front();
      if (verdict == SourceSound::Verdict::cut || !at) continue;
      lane.set_grace(sound.grace_us());
      lane.place({it.samples, lane.samples_in(*at), true, false});
      lane.lay(sample_at(next_us), std::nullopt, true);
    }
  }

  /** The clock: each slot in its time, filled where no picture has come. */
  void tick() {
    now_us += step_us;
    if (paced && now_us - next_us >= missing_after_us && now_us - picture_left_us >= missing_after_us) fill();
    give();
  }

  double heard_s() const { return static_cast<double>(heard_samples) / rate; }

  /** The share of what is heard that lies within 10 ms (and a picture's rounding) of its picture. */
  double together() const {
    double with = 0, all = 0;
    size_t at = 0;
    for (size_t i = 0; i < heard.size(); i += 240) {
      if (heard[i] < 0) continue;
      const auto timestamp_us = static_cast<int64_t>(static_cast<double>(heard[i]) * second_us);
      while (at + 1 < pictures.size() && pictures[at + 1].first <= timestamp_us) ++at;
      while (at > 0 && pictures[at].first > timestamp_us) --at;
      const int64_t due_us = pictures[at].second + (timestamp_us - pictures[at].first);
      const int64_t apart_us = static_cast<int64_t>(i) * second_us / rate - due_us;
      all += 1;
      with += apart_us > -chunk_us - 10'000 && apart_us < chunk_us + 10'000;
    }
    return all > 0 ? with / all : 0;
  }
};

/** Pictures and sound of one source in real time, the sound later than its pictures by `lag_us`. */
static void in_time(Model& model, int64_t lag_us, int64_t seconds) {
  int64_t picture = 0, chunk = 0;
  for (; model.now_us < seconds * second_us; model.tick()) {
    for (; picture * picture_us <= model.now_us; ++picture) model.picture(7 * second_us + picture * picture_us);
    for (; chunk * chunk_us + lag_us <= model.now_us; ++chunk) model.chunk(7 * second_us + chunk * chunk_us);
  }
}

static void late_and_early_sound_is_heard_with_its_pictures() {
  for (const int64_t lag_ms : {-2000, -200, 0, 60, 120, 300, 400, 600, 900}) {
    Model model;
    in_time(model, lag_ms * 1000, 30);
    check("sound by lag, heard of 30 s", model.heard_s() > 26, model.heard_s() + 1000.0 * static_cast<double>(lag_ms));
    check("sound by lag, together", model.together() > 0.99, model.together() + static_cast<double>(lag_ms));
  }
}

static void sound_of_another_source_than_the_pictures_is_heard() {
  for (const int64_t other_s : {0, 5, 3600}) {
    Model model;
    int64_t picture = 0, chunk = 0;
    for (; model.now_us < 20 * second_us; model.tick()) {
      for (; picture * picture_us <= model.now_us; ++picture)
        model.picture(other_s == 0 ? std::nullopt : std::optional(picture * picture_us));
      for (; chunk * chunk_us <= model.now_us; ++chunk) model.chunk(other_s * second_us + chunk * chunk_us);
    }
    check("another source's sound, heard of 20 s", model.heard_s() > 19, model.heard_s());
  }
}

static void slides_do_not_disturb_sound() {
  Model model;
  int64_t slide = 0, chunk = 0;
  for (; model.now_us < 30 * second_us; model.tick()) {
    for (; slide * second_us <= model.now_us; ++slide) model.picture(slide * second_us);
    for (; chunk * chunk_us <= model.now_us; ++chunk) model.chunk(500 * second_us + chunk * chunk_us);
  }
  check("slides, heard of 30 s", model.heard_s() > 28, model.heard_s());
}

static void sound_alone_comes_back_after_a_pause() {
  Model model;
  int64_t chunk = 0;
  for (; model.now_us < 30 * second_us; model.tick()) {
    for (; chunk * chunk_us + (chunk > 400 ? 450'000 : 0) <= model.now_us; ++chunk) model.chunk(chunk * chunk_us);
  }
  check("alone, with a pause, heard of 30 s", model.heard_s() > 27, model.heard_s());
}

static void sound_alone_of_another_clock_goes_on() {
  for (const int64_t ppm : {-300, 300}) {
    Model model;
    model.keeps = false;
    int64_t chunk = 0;
    for (; model.now_us < 1800 * second_us; model.tick())
      for (; chunk * chunk_us + chunk * chunk_us / 1'000'000 * ppm <= model.now_us; ++chunk)
        model.chunk(chunk * chunk_us);
    check("alone, of another clock, heard of 1800 s", model.heard_s() > 1785, model.heard_s());
  }
}

static void a_change_of_source_costs_little() {
  for (const int64_t ahead_ms : {-2500, -500, 100, 500, 1500, 2500, 2900, 3500, 60'000}) {
    Model model;
    int64_t picture = 0, chunk = 0;
    const auto zero = [&](int64_t at_us) {
      return at_us < 10 * second_us ? 100 * second_us : (100'000 + ahead_ms) * 1000;
    };
    for (; model.now_us < 20 * second_us; model.tick()) {
      // Of the new source sound comes first.
      for (; chunk * chunk_us <= model.now_us; ++chunk) model.chunk(zero(chunk * chunk_us) + chunk * chunk_us);
      for (; picture * picture_us + 20'000 <= model.now_us; ++picture)
        model.picture(zero(picture * picture_us) + picture * picture_us);
    }
    check("a change of source, heard of 20 s", model.heard_s() > 19,
          model.heard_s() + 1000.0 * static_cast<double>(ahead_ms));
  }
}

static void a_pause_of_both_keeps_them_together() {
  Model model;
  int64_t picture = 0, chunk = 0;
  // Both stop for 800 ms every 5 s; the sound is 100 ms late.
  const auto due = [](int64_t at_us) { return at_us + at_us / (5 * second_us) * 800'000; };
  for (; model.now_us < 60 * second_us; model.tick()) {
    for (; due(picture * picture_us) <= model.now_us; ++picture) model.picture(picture * picture_us);
    for (; due(chunk * chunk_us + 100'000) <= model.now_us; ++chunk) model.chunk(chunk * chunk_us);
  }
  check("pauses, together", model.together() > 0.98, model.together());
  check("pauses, heard of some 51 s", model.heard_s() > 47, model.heard_s());
}

static void without_a_clock_sound_waits_for_its_pictures() {
  Model model;
  model.paced = false;
  int64_t chunk = 0;
  for (int64_t picture = 0; picture < 25; ++picture) {
    model.picture(picture * picture_us);
    for (; chunk < 2 * picture; ++chunk) model.chunk(chunk * chunk_us);
  }
  for (; chunk < 450; ++chunk) {
    model.now_us += chunk_us;
    model.chunk(chunk * chunk_us);
  }
  check("without a clock, laid before its pictures", model.heard_s() < 1.5, model.heard_s());
  for (int64_t picture = 25; picture < 225; ++picture) model.picture(picture * picture_us);
  check("without a clock, heard of 9 s", model.heard_s() > 8.8, model.heard_s());
}

int main() {
  late_and_early_sound_is_heard_with_its_pictures();
  sound_of_another_source_than_the_pictures_is_heard();
  slides_do_not_disturb_sound();
  sound_alone_comes_back_after_a_pause();
  sound_alone_of_another_clock_goes_on();
  a_change_of_source_costs_little();
  a_pause_of_both_keeps_them_together();
  without_a_clock_sound_waits_for_its_pictures();
  if (failures == 0) std::printf("source_sound: all well\n");
  return failures;
}
