#include "service/audit_log_find.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include "auth/access.h"
#include "store/account.h"

namespace wharf::service {
namespace {

constexpr Millis kDayMs = 86'400'000;
// From an entry's time to where it is committed and other nodes' clocks say the same.
constexpr Millis kSpreadMs = 60'000;

/// The number that `text` begins with, of at most `digits` digits; -1 when there is none. Takes it off `text`.
int take_number(std::string_view& text, std::size_t digits) {
  int value = 0;
  const auto* end = text.data() + std::min(text.size(), digits);
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || text.starts_with('-')) return -1;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return value;
}

bool take_slash(std::string_view& text) {
  if (!text.starts_with('/')) return false;
  text.remove_prefix(1);
  return true;
}

/// The beginning of the day that "MM/DD/YYYY" names.
std::optional<Millis> parse_day(std::string_view text) {
  const int month = take_number(text, 2);
  if (month < 0 || !take_slash(text)) return std::nullopt;
  const int day = take_number(text, 2);
  if (day < 0 || !take_slash(text) || text.size() != 4) return std::nullopt;
  const int year = take_number(text, 4);
  if (year < 1 || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * kDayMs;
}

}  // namespace

LogRange log_range(const std::string& start, const std::string& end, Millis now) {
  // A day is added to the end, so that the day it names is in; to `now` too, as Quay does.
  return {.start_ms = parse_day(start).value_or(now - kDayMs), .end_ms = parse_day(end).value_or(now) + kDayMs};
}

std::string log_date(Millis at) {
  const auto iso = rfc3339(at);  // 2020-11-03T…
  return iso.substr(5, 2) + '/' + iso.substr(8, 2) + '/' + iso.substr(0, 4);
}

Result<store::LogFilter> find_log(db::Tx& tx, const auth::Principal& who, const LogSubject& subject, bool looking) {
  using Kind = LogSubject::Kind;
  store::LogFilter filter;
  switch (subject.kind) {
    case Kind::repository: {
      const auto access = auth::Access::find(tx, who, subject.repository);
      if (!access.may(auth::Action::admin) && !(looking && access.looks_on())) return auth::refusal(who);
      if (!access.repository_exists()) return Error{Errc::repo_unknown, "Not Found"};
      filter.repository_id = access.repository_id();
      filter.namespace_id = access.row().namespace_id;
      break;
    }
    case Kind::caller:
      if (auto ok = auth::require_user(who, auth::ScopeSet::user_admin); !ok) return ok.error();
      filter.namespace_id = who.account_id;
      filter.without_service_keys = true;
      break;
    case Kind::organization: {
      const auto access = auth::require_namespace_admin(tx, who, subject.organization, looking);
      if (!access) return access.error();
      if (!access->is_organization()) return Error{Errc::not_found, "Not Found"};
      filter.namespace_id = access->row().namespace_id;
      break;
    }
    case Kind::everything:
      if (auto ok = auth::require_superuser(who, looking); !ok) return ok.error();
      break;
  }
  return filter;
}

bool may_lag(const db::Database& database, const std::optional<store::LogCursor>& after) {
  return !after || after->at_ms < now_ms() - kSpreadMs - database.most_lag().count();
}

Result<bool> narrow_log(db::Tx& tx, store::LogFilter& filter, const LogQuery& query, const LogRange& range) {
  if (range.end_ms < range.start_ms) return Error{Errc::invalid_request, "Invalid date range for logs"};
  filter.from_ms = range.start_ms;
  filter.before_ms = range.end_ms;
  if (query.performer.empty() || !filter.namespace_id || filter.repository_id) return true;
  if (!db::is_storable_text(query.performer)) return false;
  const auto performer = store::find_account(tx, query.performer);
  if (!performer) return false;
  filter.performer_id = performer->id;
  return true;
}

}  // namespace wharf::service
