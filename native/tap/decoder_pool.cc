#include "tap/decoder_pool.h"

#include <gst/video/video.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

namespace rxgst {
namespace {

/** Free memory blocks of one size; blocks of another size, from an earlier stream, are freed. Any thread. */
class Blocks {
 public:
  Blocks() = default;
  Blocks(const Blocks&) = delete;
  Blocks& operator=(const Blocks&) = delete;
  ~Blocks() { clear(); }

  uint8_t* take(size_t size, size_t alignment) {
    {
      std::lock_guard lock(mutex_);
      if (size != size_ || alignment != alignment_) {
        clear();
        size_ = size;
        alignment_ = alignment;
      }
      if (!free_.empty()) {
        uint8_t* data = free_.back();
        free_.pop_back();
        return data;
      }
    }
    return static_cast<uint8_t*>(std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment));
  }

  void give(uint8_t* data, size_t size, size_t alignment) {
    {
      std::lock_guard lock(mutex_);
      if (size == size_ && alignment == alignment_ && free_.size() < most) {
        free_.push_back(data);
        return;
      }
    }
    std::free(data);
  }

 private:
  /** The most that readers hold at once: two in the queue behind the decoder, one in the sink, one in conversion. */
  static constexpr size_t most = 4;

  void clear() {
    for (uint8_t* data : free_) std::free(data);
    free_.clear();
  }

  std::mutex mutex_;
  std::vector<uint8_t*> free_;
  size_t size_ = 0;
  size_t alignment_ = 0;
};

/** The bytes of one picture. They return to the free blocks with the last memory that holds them. */
struct Bytes {
  Bytes(std::shared_ptr<Blocks> blocks, size_t size, size_t alignment)
      : blocks(std::move(blocks)), size(size), alignment(alignment), data(this->blocks->take(size, alignment)) {}
  ~Bytes() {
    if (data) blocks->give(data, size, alignment);
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;

  const std::shared_ptr<Blocks> blocks;
  const size_t size;
  const size_t alignment;
  uint8_t* const data;
};

/** GStreamer's part comes first, since GStreamer casts. */
struct Memory {
  GstMemory base;
  std::shared_ptr<Bytes> bytes;
};

Memory* of(GstMemory* memory) { return reinterpret_cast<Memory*>(memory); }

struct RxgstPictureAllocator {
  GstAllocator base;
  std::shared_ptr<Blocks> blocks;
};
struct RxgstPictureAllocatorClass {
  GstAllocatorClass base;
};
gpointer allocator_parent = nullptr;

GstMemory* make(GstAllocator* allocator, std::shared_ptr<Bytes> bytes, GstMemoryFlags flags, gsize align, gsize offset,
                gsize size) {
  auto* memory = new Memory{};
  const gsize whole = bytes->size;
  memory->bytes = std::move(bytes);
  gst_memory_init(&memory->base, flags, allocator, nullptr, whole, align, offset, size);
  return &memory->base;
}

GstMemory* allocate(GstAllocator* allocator, gsize size, GstAllocationParams* params) {
  // GStreamer describes an alignment by the bits that must be zero; 64 bytes are AVX-512's.
  const gsize align = params->align | gst_memory_alignment | 63;
  const gsize whole = params->prefix + size + params->padding;
  auto bytes = std::make_shared<Bytes>(reinterpret_cast<RxgstPictureAllocator*>(allocator)->blocks, whole, align + 1);
  if (!bytes->data) return nullptr;
  if (params->flags & GST_MEMORY_FLAG_ZERO_PREFIXED) std::memset(bytes->data, 0, params->prefix);
  if (params->flags & GST_MEMORY_FLAG_ZERO_PADDED) std::memset(bytes->data + params->prefix + size, 0, params->padding);
  return make(allocator, std::move(bytes), params->flags, align, params->prefix, size);
}

void free_memory(GstAllocator*, GstMemory* memory) { delete of(memory); }

gpointer map(GstMemory* memory, gsize, GstMapFlags) { return of(memory)->bytes->data; }

void unmap(GstMemory*) {}

GstMemory* copy(GstMemory* memory, gssize offset, gssize size) {
  const gsize from = memory->offset + static_cast<gsize>(offset);
  const gsize count = size < 0 ? memory->size - static_cast<gsize>(offset) : static_cast<gsize>(size);
  const auto& bytes = of(memory)->bytes;
  // A reader of memory that a decoder still holds asks for it, or a writer: the decoder's lock tells which.
  const bool held = g_atomic_int_get(&GST_MINI_OBJECT_CAST(memory)->lockstate) & GST_LOCK_FLAG_WRITE;
  if (held && !GST_MEMORY_IS_READONLY(memory)) {
    return make(memory->allocator, bytes, GST_MEMORY_FLAG_READONLY, memory->align, from, count);
  }
  auto own = std::make_shared<Bytes>(bytes->blocks, bytes->size, bytes->alignment);
  if (!own->data) return nullptr;
  std::memcpy(own->data + from, bytes->data + from, count);
  return make(memory->allocator, std::move(own), static_cast<GstMemoryFlags>(0), memory->align, from, count);
}

void init_allocator(GTypeInstance* instance, gpointer) {
  auto* self = reinterpret_cast<RxgstPictureAllocator*>(instance);
  // GObject gives zeroed bytes, and no constructed objects.
  new (&self->blocks) std::shared_ptr<Blocks>(std::make_shared<Blocks>());
  GstAllocator* base = &self->base;
  base->mem_type = "RxgstPicture";
  base->mem_map = map;
  base->mem_unmap = unmap;
  base->mem_copy = copy;
  // A part of a picture is a copy like any other.
  base->mem_share = copy;
  GST_OBJECT_FLAG_SET(base, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

void finalize_allocator(GObject* object) {
  std::destroy_at(&reinterpret_cast<RxgstPictureAllocator*>(object)->blocks);
  G_OBJECT_CLASS(allocator_parent)->finalize(object);
}

void init_allocator_class(gpointer type, gpointer) {
  allocator_parent = g_type_class_peek_parent(type);
  auto* own = static_cast<RxgstPictureAllocatorClass*>(type);
  G_OBJECT_CLASS(own)->finalize = finalize_allocator;
  own->base.alloc = allocate;
  own->base.free = free_memory;
}

/** Registered under a name that no other copy of this library in the process uses: GObject takes each name once. */
template <typename Instance, typename Class>
GType own_type(GType parent, const char* base, GClassInitFunc init_class, GInstanceInitFunc init) {
  static const char mine = 0;
  CharPtr name(g_strdup_printf("%s-%p", base, static_cast<const void*>(&mine)));
  return g_type_register_static_simple(parent, name.get(), sizeof(Class), init_class, sizeof(Instance), init,
                                       static_cast<GTypeFlags>(0));
}

GType allocator_type() {
  static const GType type = own_type<RxgstPictureAllocator, RxgstPictureAllocatorClass>(
      GST_TYPE_ALLOCATOR, "RxgstPictureAllocator", init_allocator_class, init_allocator);
  return type;
}

struct RxgstPicturePool {
  GstVideoBufferPool base;
  GstAllocator* allocator;
};
struct RxgstPicturePoolClass {
  GstVideoBufferPoolClass base;
};
gpointer pool_parent = nullptr;

gboolean set_config(GstBufferPool* pool, GstStructure* config) {
  // A decoder chooses alignment and padding; the memory is ours.
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  gst_buffer_pool_config_get_allocator(config, nullptr, &params);
  gst_buffer_pool_config_set_allocator(config, reinterpret_cast<RxgstPicturePool*>(pool)->allocator, &params);
  return GST_BUFFER_POOL_CLASS(pool_parent)->set_config(pool, config);
}

/** Only readers may still hold the buffer. */
void release_buffer(GstBufferPool* pool, GstBuffer* buffer) {
  for (guint i = 0; i < gst_buffer_n_memory(buffer); ++i) {
    GstMemory* memory = gst_buffer_peek_memory(buffer, i);
    if (memory->allocator != reinterpret_cast<RxgstPicturePool*>(pool)->allocator) continue;
    auto& bytes = of(memory)->bytes;
    if (bytes.use_count() == 1) {
      // The reads of readers happen before the decoder's next writes.
      std::atomic_thread_fence(std::memory_order_acquire);
      continue;
    }
    // A reader holds the memory itself, and must not see it change.
    const bool shared = GST_MINI_OBJECT_REFCOUNT_VALUE(memory) != 1 || !gst_memory_is_writable(memory);
    auto others = std::make_shared<Bytes>(bytes->blocks, bytes->size, bytes->alignment);
    // In that case, or without memory, the pool gives this buffer up.
    if (shared || !others->data)
      GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_TAG_MEMORY);
    else
      bytes = std::move(others);
  }
  GST_BUFFER_POOL_CLASS(pool_parent)->release_buffer(pool, buffer);
}

void init_pool(GTypeInstance* instance, gpointer) {
  reinterpret_cast<RxgstPicturePool*>(instance)->allocator =
      GST_ALLOCATOR(gst_object_ref_sink(g_object_new(allocator_type(), nullptr)));
}

void finalize_pool(GObject* object) {
  // The parent frees the last buffers, which hold the allocator themselves.
  GstAllocator* allocator = reinterpret_cast<RxgstPicturePool*>(object)->allocator;
  G_OBJECT_CLASS(pool_parent)->finalize(object);
  gst_object_unref(allocator);
}

void init_pool_class(gpointer type, gpointer) {
  pool_parent = g_type_class_peek_parent(type);
  auto* own = static_cast<RxgstPicturePoolClass*>(type);
  G_OBJECT_CLASS(own)->finalize = finalize_pool;
  GstBufferPoolClass* pool = GST_BUFFER_POOL_CLASS(own);
  pool->set_config = set_config;
  pool->release_buffer = release_buffer;
}

GType pool_type() {
  static const GType type = own_type<RxgstPicturePool, RxgstPicturePoolClass>(
      GST_TYPE_VIDEO_BUFFER_POOL, "RxgstPicturePool", init_pool_class, init_pool);
  return type;
}

}  // namespace

ObjectRef<GstBufferPool> new_picture_pool() {
  return ObjectRef<GstBufferPool>(GST_BUFFER_POOL(gst_object_ref_sink(g_object_new(pool_type(), nullptr))));
}

}  // namespace rxgst
