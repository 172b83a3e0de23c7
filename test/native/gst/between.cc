// Tests that an element is told nothing while it works, whoever changes it and however late a worker comes. Compiled
// and run by arithmetic.test.ts.
#include <gst/gst.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <thread>

#include "gst/between_buffers.h"

using namespace rxgst;

/** Memory that GStreamer keeps until the process ends is no leak. */
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

static int failures = 0;
static void check(bool holds, const char* what) {
  if (holds) return;
  std::printf("%s: not so\n", what);
  ++failures;
}

/** An element that works as long as the buffer is in its source pad, which the test may hold up. */
struct Worker {
  ObjectRef<GstElement> element{GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("identity", nullptr)))};
  ObjectRef<GstPad> sink{gst_element_get_static_pad(element.get(), "sink")};
  ObjectRef<GstPad> src{gst_element_get_static_pad(element.get(), "src")};
  std::atomic<bool> works{false};
  std::function<void()> on_work = [] {};

  Worker() {
    gst_element_set_state(element.get(), GST_STATE_PLAYING);
    add_probe(src.get(), each_buffer, [this](GstPad*, GstPadProbeInfo*) {
      works = true;
      on_work();
      works = false;
      return GST_PAD_PROBE_DROP;
    });
    gst_pad_send_event(sink.get(), gst_event_new_stream_start("test"));
  }
  ~Worker() { gst_element_set_state(element.get(), GST_STATE_NULL); }
  void begin() {
    gst_pad_send_event(sink.get(), gst_event_new_caps(gst_caps_new_empty_simple("video/x-raw")));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_send_event(sink.get(), gst_event_new_segment(&segment));
  }
  void push() { gst_pad_chain(sink.get(), gst_buffer_new()); }
};

static void in_its_order() {
  Worker worker;
  const auto changes = BetweenBuffers::of(worker.element.get());
  check(BetweenBuffers::of(worker.element.get()) == changes, "an element has one");
  int value = 0;
  check(changes->add("a", [&] { value = 1; }) && changes->make_early() && value == 1, "a worker changes what is idle");
  worker.begin();
  worker.push();
  check(!changes->add("a", [&] { value = 2; }) && value == 1, "what has begun is left to the streaming thread");
  check(!changes->add("a", [&] { value = 3; }), "the newest counts");
  worker.push();
  check(value == 3, "the next buffer brings it");
}

/** The caller looks before the first caps; its worker comes when the first buffer is being worked on. */
static void a_late_worker() {
  Worker worker;
  std::promise<void> entered, may_go;
  worker.on_work = [&] {
    entered.set_value();
    may_go.get_future().wait();
  };
  int value = 0;
  const auto changes = BetweenBuffers::of(worker.element.get());
  worker.begin();
  std::thread streaming([&] { worker.push(); });
  entered.get_future().wait();
  changes->add("a", [&] { value = 1; });
  check(!changes->make_early() && value == 0, "a worker that comes late changes nothing");
  may_go.set_value();
  streaming.join();
  worker.on_work = [] {};
  worker.push();
  check(value == 1, "its change comes with the next buffer");
}

static void none_while_it_works() {
  int early = 0;
  for (int round = 0; round < 300; ++round) {
    Worker worker;
    std::atomic<bool> done{false};
    std::atomic<int> clashes{0}, newest{0};
    const auto changes = BetweenBuffers::of(worker.element.get());
    std::thread streaming([&] {
      worker.begin();
      for (int i = 0; i < 20; ++i) worker.push();
      done = true;
    });
    int last = 0;
    while (!done) {
      const auto change = [&, value = ++last] {
        if (worker.works) ++clashes;
        newest = value;
        if (worker.works) ++clashes;
      };
      if (changes->add("a", change) && changes->make_early()) ++early;
    }
    streaming.join();
    worker.push();
    check(clashes == 0, "no change while it works");
    check(newest == last, "none is lost");
  }
  check(early > 0, "some came early");
}

/** Its caps are on the pad before anybody changes anything. */
static void one_that_has_begun() {
  Worker worker;
  worker.begin();
  int value = 0;
  check(!BetweenBuffers::of(worker.element.get())->add("a", [&] { value = 1; }), "it has begun");
  worker.push();
  check(value == 1, "its next buffer brings the change");
}

int main() {
  gst_init(nullptr, nullptr);
  in_its_order();
  a_late_worker();
  none_while_it_works();
  one_that_has_begun();
  std::puts(failures ? "between: failed" : "between: all well");
  return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
