#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Messages to everybody: rows of `global_message`.
namespace wharf::store {

struct GlobalMessage {
  std::string uuid;
  std::string content;
  std::string media_type;
  std::string severity;
};
BOOST_DESCRIBE_STRUCT(GlobalMessage, (), (uuid, content, media_type, severity))

/// Oldest first.
std::vector<GlobalMessage> list_messages(db::Tx& tx);
std::int64_t count_messages(db::Tx& tx);
void insert_message(db::Tx& tx, const GlobalMessage& message, Millis now);
/// False when there is none.
bool delete_message(db::Tx& tx, std::string_view uuid);

}  // namespace wharf::store
