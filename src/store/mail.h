#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"

/// Mails that are still to be sent: rows of `mail_queue`.
namespace wharf::store {

void insert_mail(db::Tx& tx, std::string_view sealed_message, Millis now);

struct QueuedMail {
  std::int64_t id = 0;
  std::string sealed_message;
  std::int64_t attempts = 0;  ///< With this one.
};
BOOST_DESCRIBE_STRUCT(QueuedMail, (), (id, sealed_message, attempts))

/// The mails that are due, oldest first, `limit` at most; nobody else gets them before `until`. Counts the attempt.
std::vector<QueuedMail> take_due_mails(db::Tx& tx, Millis now, Millis until, int limit);
bool has_due_mail(db::Tx& tx, Millis now);

void delete_mail(db::Tx& tx, std::int64_t id);
/// It is due again at `at`, after so many attempts.
void put_mail_back(db::Tx& tx, std::int64_t id, Millis at, std::int64_t attempts);

}  // namespace wharf::store
