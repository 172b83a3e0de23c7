// Lines of a recording's index: NDJSON, one object for each segment that begins, and one when it is whole.
#pragma once
#include <string>

#include "record/segment_writer.h"

namespace rxgst::record {

std::string opened_line(const Segment& segment);
std::string finished_line(const Segment& segment);
std::string removed_line(const Segment& segment);

}  // namespace rxgst::record
