#pragma once
#include <ostream>

#include "base/error.h"

namespace wharf::app {

/// Says on `err` why a command could not do its work; answers its exit code, 1.
inline int fail(const Error& error, std::ostream& err) {
  err << "wharf: " << error.message;
  if (!error.detail.empty()) err << " (" << error.detail << ")";
  err << "\n";
  return 1;
}

}  // namespace wharf::app
