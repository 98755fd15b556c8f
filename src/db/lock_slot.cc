#include "db/lock_slot.h"

#include <algorithm>

namespace wharf::db {

std::int64_t lock_slot(std::string_view name) {
  if (name == kSchemaLock) return kLockSlots - 1;
  // Source: Fowler, Noll and Vo's FNV-1a with 64 bits.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  // Its upper half is mixed better than its lowest bits.
  return static_cast<std::int64_t>((hash ^ (hash >> 32)) % (kLockSlots - 1));
}

void lock_all(Tx& tx, std::vector<std::string> names) {
  std::ranges::sort(names, {},
                    [](const std::string& name) { return std::pair(lock_slot(name), std::string_view(name)); });
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  for (const auto& name : names) tx.lock(name);
}

}  // namespace wharf::db
