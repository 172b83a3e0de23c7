// What elements of a card ask their program for: one context for all of them, and no display.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <memory>
#include <mutex>
#include <vector>

namespace rxgst {

/**
 * What one pipeline has been given of what pipelines share. An element of a card asks its program for a context
 * (need-context) and, where it gets none, makes one of its own and tells of it (have-context): 530 MiB of the card and
 * 140 ms for each. Here the first one is handed to all that come, and goes with the last pipeline that has it.
 *
 * Any streaming or worker thread; destroyed in a worker, since a driver takes its time.
 */
class ContextUse {
 public:
  /** @param pipeline the one that the message comes from */
  void hear(GstMessage* message, GstElement* pipeline);

 private:
  void hold(std::shared_ptr<GstContext> context);
  void tell(GstElement* element, std::shared_ptr<GstContext> context);

  std::mutex mutex_;
  std::vector<std::shared_ptr<GstContext>> held_;
};

/** Who comes from now on gets new ones: a card that failed may have broken what it had. */
void forget_contexts();
/** forgetContexts(): the same, for JS. */
Napi::Value forget_contexts_of(const Napi::CallbackInfo& info);

}  // namespace rxgst
