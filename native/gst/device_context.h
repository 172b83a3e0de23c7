// Contexts of a graphics card that pipelines share: one CUDA context for all elements, and no display.
#pragma once
#include <gst/gst.h>
#include <napi.h>

#include <memory>
#include <mutex>
#include <vector>

namespace rxgst {

/**
 * The shared contexts that one pipeline holds. An element of a card asks for a context (need-context). If it gets none,
 * it makes its own and reports it (have-context): 530 MiB of the card and 140 ms each time. This class hands the first
 * context to every later element; the context ends with the last pipeline that holds it.
 *
 * Any streaming or worker thread. Destroyed on a worker, since a driver takes its time.
 */
class ContextUse {
 public:
  /** @param pipeline the pipeline that posts the message */
  void on_message(GstMessage* message, GstElement* pipeline);

 private:
  void hold(std::shared_ptr<GstContext> context);
  void give(GstElement* element, std::shared_ptr<GstContext> context);

  std::mutex mutex_;
  std::vector<std::shared_ptr<GstContext>> held_;
};

/** Later elements get new contexts: a card that has failed may have broken the present ones. */
void forget_contexts();
/** forgetContexts(), for JS. */
Napi::Value forget_contexts_of(const Napi::CallbackInfo& info);

}  // namespace rxgst
