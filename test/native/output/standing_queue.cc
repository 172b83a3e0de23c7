// Runs the standing queue in a model of the pacer: sources with stalls, bursts, jitter, clocks of their own, and files.
// Compiled and run by arithmetic.test.ts.
#include "output/standing_queue.h"

#include <cstdio>
#include <deque>
#include <functional>

using rxgst::StandingQueue;

static int failures = 0;
static void check(const char* what, bool well, double value) {
  if (well) return;
  std::printf("%s: %.1f\n", what, value);
  ++failures;
}

constexpr int64_t second_us = 1'000'000;
constexpr int64_t picture_us = 33'333, lead_us = 100'000, missing_after_us = 120'000, capacity = 10;

/** The pacer: slots at 30 a second, a bounded queue, a picture that is missing is repeated. */
struct Pacer {
  StandingQueue standing{capacity * picture_us};
  std::deque<int64_t> queue;  // when each was given
  int64_t zero_us = 0, slot = 0, now_us = 0, forward_us = 0;
  int repeated = 0, dropped = 0;
  int64_t waited_us = 0, longest_us = 0;  // of the last picture that left; of any since it was set to 0

  bool room() const { return static_cast<int64_t>(queue.size()) < capacity; }

  void look() {
    while (!queue.empty() && zero_us + slot * picture_us - lead_us <= now_us) {
      const int64_t given_us = queue.front();
      queue.pop_front();
      waited_us = now_us - given_us;
      if (waited_us > longest_us) longest_us = waited_us;
      standing.left(now_us, zero_us + slot * picture_us - lead_us - given_us);
      const int64_t step_us = standing.step(now_us);
      zero_us -= step_us;
      forward_us += step_us;
      ++slot;
    }
    if (queue.empty() && zero_us + slot * picture_us + missing_after_us <= now_us) {
      ++repeated;
      ++slot;
      standing.missing(now_us);
    }
  }
};

/**
 * A live source: `arrival` says when each picture comes. What finds no room waits behind, as many as fit into the queue
 * once more; the rest is dropped.
 */
static Pacer live(int64_t seconds, const std::function<int64_t(int64_t)>& arrival,
                  const std::function<void(Pacer&)>& each_second = {}) {
  Pacer pacer;
  int64_t next = 0, behind = 0;
  for (pacer.now_us = 0; pacer.now_us < seconds * second_us; pacer.now_us += 1000) {
    for (; arrival(next) <= pacer.now_us; ++next) {
      if (pacer.room() && behind == 0)
        pacer.queue.push_back(pacer.now_us);
      else if (behind < capacity)
        ++behind;
      else
        ++pacer.dropped;
    }
    for (; behind > 0 && pacer.room(); --behind) pacer.queue.push_back(pacer.now_us);
    if (behind > 0) pacer.standing.full();
    pacer.look();
    if (each_second && pacer.now_us % second_us == 0) each_second(pacer);
  }
  return pacer;
}

static void a_regular_source_moves_nothing() {
  const Pacer pacer = live(600, [](int64_t i) { return i * picture_us; });
  check("a regular source: forward", pacer.forward_us == 0, static_cast<double>(pacer.forward_us));
  check("a regular source: repeated", pacer.repeated == 0, pacer.repeated);
}

static void a_stall_costs_no_latency_for_long() {
  const auto stall = [](int64_t i) { return i >= 300 && i < 310 ? 310 * picture_us : i * picture_us; };
  const Pacer pacer = live(20, stall);
  check("a stall: wait 10 s later, in µs", pacer.waited_us <= 2000, static_cast<double>(pacer.waited_us));
  check("a stall: dropped", pacer.dropped == 0, pacer.dropped);
}

static void a_burst_at_the_start_costs_no_latency_for_long() {
  // A server gives what it has of the group of pictures: 2 s of 60 pictures at once.
  const auto burst = [](int64_t i) { return i < 60 ? 0 : (i - 60) * picture_us; };
  const Pacer pacer = live(30, burst);
  check("a burst: wait 30 s later, in µs", pacer.waited_us <= 2000, static_cast<double>(pacer.waited_us));
}

static void jitter_keeps_what_it_needs() {
  // Pictures in bursts: as many as have room, and more.
  for (const int64_t burst : {4, 8, 12}) {
    const Pacer pacer = live(600, [&](int64_t i) { return (i / burst + 1) * burst * picture_us; });
    check("jitter: repeated", pacer.repeated <= 24, pacer.repeated);
    check("jitter: forward", pacer.forward_us <= 200'000, static_cast<double>(pacer.forward_us));
    check("jitter: dropped", pacer.dropped == 0, pacer.dropped);
  }
}

static void pauses_far_apart_are_learnt() {
  // A pause of 300 ms every 7 s.
  const auto pauses = [](int64_t i) {
    const int64_t within = i % 210;
    return within < 9 ? (i - within + 9) * picture_us : i * picture_us;
  };
  int after_ten_minutes = 0;
  const Pacer pacer = live(1200, pauses, [&](Pacer& it) {
    if (it.now_us == 600 * second_us) after_ten_minutes = it.repeated;
  });
  const int then = pacer.repeated - after_ten_minutes;
  check("pauses: repeated in the second ten minutes, of 85 pauses", then < 85, then);
}

static void a_slow_source_gives_up_its_burst_too() {
  // Five pictures a second with timestamps of their own, eight of them at once; the clock fills the slots between.
  Pacer pacer;
  std::deque<int64_t> slots;
  int64_t waited_us = 0;
  for (int64_t next = 0; pacer.now_us < 60 * second_us; pacer.now_us += 1000) {
    for (; (next < 8 ? 0 : (next - 8) * 200'000) <= pacer.now_us; ++next) {
      pacer.queue.push_back(pacer.now_us);
      slots.push_back(next * 6);
    }
    while (!slots.empty() && pacer.zero_us + slots.front() * picture_us - lead_us <= pacer.now_us) {
      const int64_t given_us = pacer.queue.front();
      waited_us = pacer.now_us - given_us;
      pacer.standing.left(pacer.now_us, pacer.zero_us + slots.front() * picture_us - lead_us - given_us);
      pacer.zero_us -= pacer.standing.step(pacer.now_us);
      pacer.slot = slots.front() + 1;
      pacer.queue.pop_front();
      slots.pop_front();
    }
    if (pacer.zero_us + pacer.slot * picture_us + missing_after_us > pacer.now_us) continue;
    ++pacer.slot;
    if (slots.empty()) pacer.standing.missing(pacer.now_us);
  }
  check("5 pictures a second, a burst of 8: wait after a minute, in µs", waited_us < 700'000,
        static_cast<double>(waited_us));
}

static void a_fast_clock_is_followed() {
  // 200 ppm.
  const Pacer pacer = live(3600, [](int64_t i) { return i * (picture_us * 10'000 - picture_us * 2) / 10'000; });
  check("a fast clock: wait after an hour, in µs", pacer.waited_us <= 4000, static_cast<double>(pacer.waited_us));
  check("a fast clock: dropped", pacer.dropped == 0, pacer.dropped);
}

static void too_many_pictures_make_no_faster_stream() {
  // 31 pictures a second for 30.
  const Pacer pacer = live(3600, [](int64_t i) { return i * second_us / 31; });
  const double most_us = 1e6 + 3600e6 / 200;
  check("too many: forward", static_cast<double>(pacer.forward_us) <= most_us, static_cast<double>(pacer.forward_us));
  check("too many: dropped", pacer.dropped > 1000, pacer.dropped);
}

static void a_file_is_read_in_its_own_time() {
  Pacer pacer;
  for (; pacer.now_us < 3600 * second_us; pacer.now_us += 1000) {
    while (pacer.room()) pacer.queue.push_back(pacer.now_us);
    pacer.standing.full();
    pacer.look();
  }
  // A dozen trials of a queue each.
  check("a file: forward in an hour", pacer.forward_us <= 4 * second_us, static_cast<double>(pacer.forward_us));
}

static void a_long_stall_of_the_program_is_no_reason() {
  // An hour without a picture, then as before.
  const auto silent = [](int64_t i) { return i < 300 ? i * picture_us : 3600 * second_us + (i - 300) * picture_us; };
  const Pacer pacer = live(3700, silent);
  check("silence: forward", pacer.forward_us <= 1000, static_cast<double>(pacer.forward_us));
}

int main() {
  a_regular_source_moves_nothing();
  a_stall_costs_no_latency_for_long();
  a_burst_at_the_start_costs_no_latency_for_long();
  jitter_keeps_what_it_needs();
  pauses_far_apart_are_learnt();
  a_slow_source_gives_up_its_burst_too();
  a_fast_clock_is_followed();
  too_many_pictures_make_no_faster_stream();
  a_file_is_read_in_its_own_time();
  a_long_stall_of_the_program_is_no_reason();
  if (failures == 0) std::printf("standing_queue: all well\n");
  return failures;
}
