// Names of shared memory: who has one, and what becomes of those whose process has died.
#pragma once
#include <string>
#include <utility>

#include "js/descriptor.h"

namespace rxgst::share {

/** Where shm_open() finds what it calls '/<prefix><name>'. */
std::string path_of(const std::string& name);

/** A new segment without a name, of so many bytes that are there and not only promised. errno, or 0. */
int new_segment(size_t bytes, Descriptor* made);

/**
 * The name of a segment, with a lock on the segment: whoever finds it free knows that its process has died. The lock
 * ends with the process, however it ends. One thread at a time.
 */
class SharedName {
 public:
  /**
   * Gives the segment this name, and removes segments of processes that have died. EBUSY: a process that lives has it;
   * EPERM: it is another user's, or nothing of rxgst's.
   */
  int claim(const std::string& name, Descriptor segment);
  /** This segment has the name from now on; no moment passes in which there is none. */
  int replace(Descriptor segment);
  /** Nobody has the name any more. Idempotent. */
  void release();

 private:
  std::string path_;
  Descriptor segment_;
};

}  // namespace rxgst::share
