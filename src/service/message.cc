#include "service/message.h"

#include "auth/access.h"
#include "base/clock.h"
#include "base/random.h"

namespace wharf::service {
namespace {

constexpr std::size_t kLongestContent = 16 * 1024;
constexpr std::int64_t kMostMessages = 100;

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }

Result<void> check(const NewMessage& wanted) {
  if (wanted.content.empty() || wanted.content.size() > kLongestContent) {
    return invalid("message.content: must have 1 to 16384 bytes");
  }
  if (wanted.media_type != "text/plain" && wanted.media_type != "text/markdown") {
    return invalid("message.media_type: must be one of text/plain, text/markdown");
  }
  if (wanted.severity != "info" && wanted.severity != "warning" && wanted.severity != "error") {
    return invalid("message.severity: must be one of info, warning, error");
  }
  return {};
}

}  // namespace

awaitable<Result<GlobalMessages>> MessageService::list(auth::Principal who) {
  if (who.anonymous() && !tools_.settings.features.anonymous_access) co_return auth::refusal(who);
  auto job = [](db::Tx& tx) { return store::list_messages(tx); };
  GlobalMessages result;
  result.messages = co_await tools_.db.read(std::move(job));
  co_return result;
}

awaitable<Result<bool>> MessageService::create(auth::Principal who, Result<NewMessage> wanted) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!wanted) co_return wanted.error();
  if (auto ok = check(*wanted); !ok) co_return ok.error();
  const store::GlobalMessage message{.uuid = random_uuid(),
                                     .content = wanted->content,
                                     .media_type = wanted->media_type,
                                     .severity = wanted->severity};
  auto job = [message](db::Tx& tx) -> Result<bool> {
    tx.lock("global messages");
    if (store::count_messages(tx) >= kMostMessages) return invalid("There are 100 messages already");
    store::insert_message(tx, message, now_ms());
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> MessageService::remove(auth::Principal who, std::string uuid) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!db::is_storable_text(uuid)) co_return false;
  auto job = [uuid](db::Tx& tx) -> Result<bool> { return store::delete_message(tx, uuid); };
  co_return co_await tools_.db.write(std::move(job));
}

}  // namespace wharf::service
