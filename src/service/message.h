#pragma once
#include <string>
#include <vector>

#include "auth/principal.h"
#include "base/async.h"
#include "base/error.h"
#include "service/tools.h"
#include "store/message.h"

namespace wharf::service {

struct GlobalMessages {
  std::vector<store::GlobalMessage> messages;
};
BOOST_DESCRIBE_STRUCT(GlobalMessages, (), (messages))

struct NewMessage {
  std::string content;     ///< 1 byte to 16 KiB.
  std::string media_type;  ///< "text/plain" or "text/markdown".
  std::string severity;    ///< "info", "warning" or "error".
};
BOOST_DESCRIBE_STRUCT(NewMessage, (), (content, media_type, severity))

/// Messages to everybody, at most 100 at a time. Source: Quay, "Messages".
class MessageService {
 public:
  explicit MessageService(const Tools& tools) : tools_(tools) {}

  /// Oldest first. Errors: unauthenticated for the anonymous where they may see nothing at all.
  awaitable<Result<GlobalMessages>> list(auth::Principal who);
  /// Errors: denied to all but superusers; then those of `wanted`; invalid_request.
  awaitable<Result<bool>> create(auth::Principal who, Result<NewMessage> wanted);
  /// Answers whether it was there. Errors: denied to all but superusers.
  awaitable<Result<bool>> remove(auth::Principal who, std::string uuid);

 private:
  const Tools tools_;
};

}  // namespace wharf::service
