// FLV as a file: the tags that RTMP carries, behind a header.
#pragma once
#include <memory>

#include "mux/container.h"

namespace rxgst::record {

std::unique_ptr<mux::Container> flv_file(const mux::Formats& formats, mux::Bytes& out);

}  // namespace rxgst::record
