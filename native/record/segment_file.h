// The files of a recording, on its writer's thread alone. Errors are errno values; 0: none.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "js/descriptor.h"

namespace rxgst::record {

/** Makes a folder and those above it. */
int make_folders(const std::string& path);
/** Whether nobody else records into this folder; the lock lasts as long as the descriptor, also through kill −9. */
int lock_folder(const std::string& path, Descriptor* lock);
/** A disk with less room than this is full. */
int check_room(const std::string& path);
/** All of the bytes, or an error. */
int write_all(int descriptor, std::span<const uint8_t> bytes);
/** In place of what the file had, which stays whole until then. */
int replace_file(const std::string& path, const std::string& text);
int append_line(const std::string& path, const std::string& line);

/** One segment. */
class SegmentFile {
 public:
  /** A new file; where the name is taken, one with a number behind it. `path` is relative to the folder. */
  int open(const std::string& folder, const std::string& path);
  /** Where it cannot take all, the file ends where it did before. */
  int append(std::span<const uint8_t> bytes);
  int patch(uint64_t at, std::span<const uint8_t> bytes);
  /** Whether somebody has removed it. */
  bool is_gone() const;
  void remove();
  const std::string& name() const { return name_; }
  uint64_t bytes() const { return bytes_; }

 private:
  Descriptor file_;
  std::string folder_, name_;
  uint64_t bytes_ = 0;
};

}  // namespace rxgst::record
