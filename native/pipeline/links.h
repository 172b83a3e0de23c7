// Links between the elements of a graph: at once, or when a pad appears.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <string>

#include "capture/timeline.h"
#include "gst/refs.h"
#include "pipeline/build_error.h"

namespace rxgst {

struct LinkEnd {
  GstElement* element;
  std::string name;  // of the element in its graph
  std::string pad;   // empty: any that fits
};

/** The links of one graph whose source pads come with the data. Shared with streaming threads. */
class LateLinks;

/** Makes links, and remembers those that wait for their pad. */
class Linker {
 public:
  /** Links now, or later where the source's pad appears with the data; or says why it cannot be. JS thread. */
  std::optional<BuildError> link(const LinkEnd& from, const LinkEnd& to);
  /** After the last link: from now on pads that appear find their place. */
  void watch(std::shared_ptr<TimelineState> timeline);

 private:
  std::shared_ptr<LateLinks> late_of(GstElement* source);
  std::vector<std::pair<GstElement*, std::shared_ptr<LateLinks>>> late_;
};

}  // namespace rxgst
