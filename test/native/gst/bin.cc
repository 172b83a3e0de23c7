// Tests that a walk through a bin finds each element once while another thread changes the bin. Compiled and run by
// arithmetic.test.ts.
#include "gst/bin.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

using namespace rxgst;

/** Memory that GStreamer keeps until the process ends is no leak. */
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

constexpr size_t kept_elements = 40;
constexpr int walks = 3000;

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  ObjectRef<GstElement> bin(GST_ELEMENT(gst_object_ref_sink(gst_bin_new("outer"))));
  GstElement* inner = gst_bin_new("inner");
  gst_bin_add(GST_BIN(bin.get()), inner);
  std::set<GstElement*> kept{inner};
  while (kept.size() < kept_elements) {
    // GStreamer lists the newest element first: a walk that ends early misses the old ones.
    GstElement* element = gst_bin_new(nullptr);
    gst_bin_add(kept.size() % 2 ? GST_BIN(bin.get()) : GST_BIN(inner), element);
    kept.insert(element);
  }
  std::atomic<bool> over{false};
  std::thread changer([&] {
    while (!over) {
      GstElement* element = gst_bin_new(nullptr);
      gst_bin_add(GST_BIN(bin.get()), element);
      gst_bin_remove(GST_BIN(bin.get()), element);
    }
  });
  int failures = 0;
  for (int i = 0; i < walks; ++i) {
    std::set<GstElement*> found;
    for (const auto& element : elements_in(bin.get())) {
      if (!found.insert(element.get()).second) ++failures;
    }
    if (!std::ranges::includes(found, kept)) ++failures;
  }
  over = true;
  changer.join();
  if (!elements_in(inner).size() || !sources_in(bin.get()).empty() || children_of(bin.get()).empty()) ++failures;
  if (failures == 0)
    std::puts("bin: all well");
  else
    std::printf("bin: %d failures\n", failures);
  return failures != 0;
}
