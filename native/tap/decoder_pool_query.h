// A pool of pictures for the decoder before an appsink, so that it decodes into what we read.
#pragma once
#include <gst/gst.h>
#include <gst/video/video.h>

#include <algorithm>

#include "gst/caps.h"
#include "gst/refs.h"
#include "h264/avc_config.h"
#include "tap/decoder_pool.h"

namespace rxgst {

/** Answers allocation queries; the streaming thread of the appsink only. */
class DecoderPoolQuery {
 public:
  /** @param pad the appsink's */
  void answer(GstPad* pad, GstQuery* query) {
    GstCaps* caps = nullptr;
    gboolean need_pool = FALSE;
    gst_query_parse_allocation(query, &caps, &need_pool);
    GstVideoInfo info;
    if (!need_pool || !caps || gst_query_get_n_allocation_pools(query) > 0 || !is_plain(caps) ||
        !gst_video_info_from_caps(&info, caps)) {
      return;
    }
    // avdec_h264 1.22 takes a pool whose width is not the coded one, whole macroblocks, for another's: it would ask
    // anew with every picture.
    if (GST_VIDEO_INFO_WIDTH(&info) % macroblock != 0) return;
    if (!caps_ || !gst_caps_is_equal(caps_.get(), caps)) {
      caps_.reset(gst_caps_ref(caps));
      offers_ = 0;
    }
    if (!decodes_in_place(pad)) return;
    // The same for a picture that is cropped by more than that.
    if (offers_ == most_offers) return;
    ++offers_;
    const ObjectRef<GstBufferPool> pool = new_picture_pool();
    if (!pool) return;
    const auto size = static_cast<guint>(GST_VIDEO_INFO_SIZE(&info));
    GstStructure* config = gst_buffer_pool_get_config(pool.get());
    gst_buffer_pool_config_set_params(config, caps, size, 0, 0);
    gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
    if (gst_buffer_pool_set_config(pool.get(), config)) gst_query_add_allocation_pool(query, pool.get(), size, 0, 0);
  }

 private:
  static constexpr int macroblock = 16;
  /** Negotiations of one format: a decoder asks once or twice. */
  static constexpr int most_offers = 4;

  /** In system memory. */
  static bool is_plain(GstCaps* caps) {
    if (gst_caps_get_size(caps) != 1 || !gst_structure_has_name(gst_caps_get_structure(caps, 0), "video/x-raw"))
      return false;
    const GstCapsFeatures* features = gst_caps_get_features(caps, 0);
    return !features || gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY);
  }

  /**
   * Whether avdec_h264 is what writes into the pool, and shows its pictures from their first line on: 1.22 gives out
   * the buffer that it decoded into without a look at where libav says that the picture begins. Other decoders are left
   * alone: what they do with memory that they have given out is not known.
   */
  static bool decodes_in_place(GstPad* sink) {
    ObjectRef<GstPad> pad(GST_PAD(gst_object_ref(sink)));
    // Past what hands on what it gets, such as a converter that has nothing to do.
    for (int step = 0; step < most_steps; ++step) {
      const ObjectRef<GstPad> peer(gst_pad_get_peer(pad.get()));
      const ObjectRef<GstElement> element(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
      ObjectRef<GstPad> input(element ? gst_element_get_static_pad(element.get(), "sink") : nullptr);
      const CapsRef in(input ? gst_pad_get_current_caps(input.get()) : nullptr);
      if (!in) return false;
      if (factory_name(element.get()) == "avdec_h264") {
        const MappedBuffer record(codec_data(in.get()));
        const auto sets = sequence_sets(record.data(), record.size());
        return !sets.empty() &&
               std::none_of(sets.begin(), sets.end(), [](const CodedSize& set) { return set.cropped_above; });
      }
      const CapsRef out(gst_pad_get_current_caps(peer.get()));
      if (!out || !gst_caps_is_equal(in.get(), out.get())) return false;
      pad = std::move(input);
    }
    return false;
  }

  static constexpr int most_steps = 8;

  CapsRef caps_;
  int offers_ = 0;
};

}  // namespace rxgst
