// How JavaScript takes pictures off a queue: their memory, and their numbers in one array.
#pragma once
#include <napi.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "tap/frame_pool.h"
#include "tap/picture_queue.h"

namespace rxgst {

/** The numbers that read_pictures() writes for each picture. FRAME_FIELDS in TypeScript is the same table. */
inline constexpr const char* frame_fields[] = {"lease",    "width",         "height",   "pixelN",
                                               "pixelD",   "timestamp",     "duration", "arrival",
                                               "sequence", "discontinuity", "format",   "color"};

/**
 * read(max, fields): the memory of the oldest pictures, at most as many as `fields`, a Float64Array, has room for. The
 * first number of `fields` becomes how many pictures still wait; after it come the frame_fields of each picture.
 */
template <class Taken>
Napi::Value read_pictures(const Napi::CallbackInfo& info, PictureQueue& queue, Taken&& taken_one) {
  Napi::Env env = info.Env();
  auto fields = info[1].As<Napi::Float64Array>();
  const size_t room = (fields.ElementLength() - 1) / std::size(frame_fields);
  const size_t max = std::min<size_t>(info[0].ToNumber().Uint32Value(), room);
  size_t left = 0;
  std::deque<Picture> taken = queue.take(max, &left);
  auto result = Napi::Array::New(env, taken.size());
  double* field = fields.Data();
  *field++ = static_cast<double>(left);
  uint32_t index = 0;
  for (Picture& picture : taken) {
    uint32_t lease = 0;
    result[index++] = lend(env, std::move(picture.memory), &lease);
    for (const double value :
         {static_cast<double>(lease), static_cast<double>(picture.width), static_cast<double>(picture.height),
          static_cast<double>(picture.pixel.n), static_cast<double>(picture.pixel.d),
          static_cast<double>(picture.timestamp_us), static_cast<double>(picture.duration_us),
          static_cast<double>(picture.arrival_us), static_cast<double>(picture.sequence),
          picture.discontinuity ? 1.0 : 0.0, static_cast<double>(picture.format), static_cast<double>(picture.color)}) {
      *field++ = value;
    }
    taken_one(picture);
  }
  return result;
}

}  // namespace rxgst
