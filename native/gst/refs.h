// RAII for references of GStreamer and GLib: nothing in this addon unrefs by hand.
#pragma once
#include <gst/gst.h>

#include <cstddef>
#include <cstdint>
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

struct TypeClassUnref {
  void operator()(gpointer type) const { g_type_class_unref(type); }
};
using TypeClassRef = std::unique_ptr<GObjectClass, TypeClassUnref>;

/** A destroy notification of GLib: deletes what `new T` made. */
template <class T>
void delete_as(gpointer data) {
  delete static_cast<T*>(data);
}
/** The same for the data of a signal handler. */
template <class T>
void delete_closure_data(gpointer data, GClosure*) {
  delete static_cast<T*>(data);
}

/** The bytes of a buffer, mapped for reading; no bytes if the buffer is null or cannot be mapped. */
class MappedBuffer {
 public:
  explicit MappedBuffer(GstBuffer* buffer)
      : buffer_(buffer && gst_buffer_map(buffer, &map_, GST_MAP_READ) ? buffer : nullptr) {}
  ~MappedBuffer() {
    if (buffer_) gst_buffer_unmap(buffer_, &map_);
  }
  MappedBuffer(const MappedBuffer&) = delete;
  MappedBuffer& operator=(const MappedBuffer&) = delete;
  explicit operator bool() const { return buffer_ != nullptr; }
  const uint8_t* data() const { return buffer_ ? map_.data : nullptr; }
  size_t size() const { return buffer_ ? map_.size : 0; }

 private:
  GstMapInfo map_{};
  GstBuffer* buffer_;
};

}  // namespace rxgst
