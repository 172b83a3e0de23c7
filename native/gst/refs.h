// RAII for GStreamer's and GLib's references: nothing in this addon unrefs by hand.
#pragma once
#include <gst/gst.h>

#include <memory>
#include <utility>

namespace rxgst {

struct ObjectUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
template <class T>
using ObjectRef = std::unique_ptr<T, ObjectUnref>;

/** A new reference. */
template <class T = GstElement>
ObjectRef<T> ref_object(T* object) {
  return ObjectRef<T>(static_cast<T*>(gst_object_ref(object)));
}

struct MiniObjectUnref {
  template <class T>
  void operator()(T* object) const {
    gst_mini_object_unref(GST_MINI_OBJECT_CAST(object));
  }
};
using BufferRef = std::unique_ptr<GstBuffer, MiniObjectUnref>;
using SampleRef = std::unique_ptr<GstSample, MiniObjectUnref>;
using CapsRef = std::unique_ptr<GstCaps, MiniObjectUnref>;

struct GFree {
  void operator()(gpointer memory) const { g_free(memory); }
};
using CharPtr = std::unique_ptr<gchar, GFree>;

struct StructureFree {
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
};
using StructurePtr = std::unique_ptr<GstStructure, StructureFree>;

/** A pad probe that ends with its owner; removing waits for no callback, so its data must outlive the pad's thread. */
class PadProbe {
 public:
  PadProbe() = default;
  PadProbe(ObjectRef<GstPad> pad, gulong id) : pad_(std::move(pad)), id_(id) {}
  PadProbe(PadProbe&& other) noexcept : pad_(std::move(other.pad_)), id_(std::exchange(other.id_, 0)) {}
  PadProbe& operator=(PadProbe&& other) noexcept {
    std::swap(pad_, other.pad_);
    std::swap(id_, other.id_);
    return *this;
  }
  ~PadProbe() {
    if (pad_ && id_) gst_pad_remove_probe(pad_.get(), id_);
  }

 private:
  ObjectRef<GstPad> pad_;
  gulong id_ = 0;
};

}  // namespace rxgst
