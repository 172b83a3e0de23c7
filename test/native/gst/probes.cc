// Tests that a probe's state outlives a call in flight, and that the removal of the probe does not wait. Compiled and
// run by arithmetic.test.ts.
#include <gst/gst.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <thread>

#include "gst/probe.h"

using namespace rxgst;
using namespace std::chrono_literals;

/** Memory that GStreamer keeps until the process ends is no leak. */
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

static int failures = 0;
static void check(bool holds, const char* what) {
  if (holds) return;
  std::printf("%s: not so\n", what);
  ++failures;
}

static ObjectRef<GstPad> new_pad() {
  ObjectRef<GstPad> pad(GST_PAD(gst_object_ref_sink(gst_pad_new("src", GST_PAD_SRC))));
  gst_pad_set_active(pad.get(), TRUE);
  gst_pad_push_event(pad.get(), gst_event_new_stream_start("test"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_BYTES);
  gst_pad_push_event(pad.get(), gst_event_new_segment(&segment));
  return pad;
}

static void removed_in_a_call() {
  const auto pad = new_pad();
  std::promise<void> entered, may_go;
  auto state = std::make_shared<int>(7);
  const std::weak_ptr<int> lives = state;
  int seen = 0;
  PadProbe probe(ref_object(pad.get()), GST_PAD_PROBE_TYPE_BUFFER,
                 [&entered, &may_go, &seen, state = std::move(state)](GstPad*, GstPadProbeInfo*) {
                   entered.set_value();
                   may_go.get_future().wait();
                   seen = *state;
                   return GST_PAD_PROBE_DROP;
                 });
  std::thread streaming([&] { gst_pad_push(pad.get(), gst_buffer_new()); });
  entered.get_future().wait();
  const auto begun = std::chrono::steady_clock::now();
  probe = PadProbe();
  check(std::chrono::steady_clock::now() - begun < 5s, "removing waits for none");
  check(!lives.expired(), "the call in flight keeps the state");
  may_go.set_value();
  streaming.join();
  check(seen == 7, "the call in flight reads it");
  check(lives.expired(), "the state goes with the last call");
}

static void ends_with_its_owner() {
  const auto pad = new_pad();
  int calls = 0;
  const auto count = [&calls](GstPad*, GstPadProbeInfo*) {
    ++calls;
    return GST_PAD_PROBE_DROP;
  };
  {
    PadProbe first(ref_object(pad.get()), GST_PAD_PROBE_TYPE_BUFFER, count);
    PadProbe second(std::move(first));
    gst_pad_push(pad.get(), gst_buffer_new());
    check(calls == 1, "a moved probe goes on");
    first = PadProbe(ref_object(pad.get()), GST_PAD_PROBE_TYPE_BUFFER, count);
    second = PadProbe();
    gst_pad_push(pad.get(), gst_buffer_new());
    check(calls == 2, "one of two is removed");
  }
  gst_pad_push(pad.get(), gst_buffer_new());
  check(calls == 2, "none outlives its owner");
}

static void ends_with_its_pad() {
  auto pad = new_pad();
  auto state = std::make_shared<int>(1);
  const std::weak_ptr<int> lives = state;
  add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [state = std::move(state)](GstPad*, GstPadProbeInfo*) { return GST_PAD_PROBE_OK; });
  check(!lives.expired(), "a probe without an owner stays");
  pad.reset();
  check(lives.expired(), "and goes with its pad");
}

int main(int count, char** arguments) {
  gst_init(&count, &arguments);
  removed_in_a_call();
  ends_with_its_owner();
  ends_with_its_pad();
  if (failures == 0) std::puts("probes: all well");
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
