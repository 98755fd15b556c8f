#include "service/audit_log.h"

#include <charconv>

#include "base/clock.h"
#include "store/log_day.h"

namespace wharf::service {
namespace {

constexpr int kEntriesAPage = 20;
constexpr int kStepsARound = 100;
constexpr int kEntriesAStep = 5000;  // of adding them up by days
constexpr Millis kDayMs = 86'400'000;
constexpr Millis kLongestSumMs = 31 * kDayMs;
constexpr std::string_view kList = "log";

std::optional<store::LogCursor> parse_cursor(const std::string& place) {
  store::LogCursor cursor;
  const char* end = place.data() + place.size();
  const auto at = std::from_chars(place.data(), end, cursor.at_ms);
  if (at.ec != std::errc() || at.ptr == end) return std::nullopt;
  const auto id = std::from_chars(at.ptr + 1, end, cursor.id);
  if (id.ec != std::errc() || id.ptr != end) return std::nullopt;
  return cursor;
}

/// What `query` asks for of a log that `who` may read; nothing when there cannot be such an entry.
Result<std::optional<store::LogFilter>> find_wanted(db::Tx& tx, const auth::Principal& who, const LogSubject& subject,
                                                    const LogQuery& query, const LogRange& range) {
  auto filter = find_log(tx, who, subject, true);
  if (!filter) return filter.error();
  const auto any = narrow_log(tx, *filter, query, range);
  if (!any) return any.error();
  return *any ? std::optional(std::move(*filter)) : std::nullopt;
}

}  // namespace

LogItem log_item(const store::LogEntry& entry, bool with_namespace) {
  LogItem item;
  item.kind = entry.kind;
  if (auto metadata = json::parse(entry.metadata); metadata && metadata->is_object()) {
    item.metadata = std::move(metadata->get_object());
  }
  if (entry.address) item.ip = *entry.address;
  item.datetime = {entry.at_ms};
  if (entry.count > 1) item.count = entry.count;
  if (entry.performer) {
    const bool robot = entry.performer_is_robot.value_or(false);
    item.performer = {
        .name = *entry.performer,
        .is_robot = robot,
        .avatar = make_avatar(robot ? AvatarKind::robot : AvatarKind::user, *entry.performer, entry.performer_email)};
  }
  if (with_namespace && entry.ns) {
    const bool org = entry.ns_is_organization.value_or(false);
    item.namespace_ = {.kind = org ? "org" : "user",
                       .name = *entry.ns,
                       .avatar = make_avatar(org ? AvatarKind::org : AvatarKind::user, *entry.ns, entry.ns_email)};
  }
  return item;
}

AuditLogService::AuditLogService(const Tools& tools) : tools_(tools), pages_(tools.key), exports_(tools) {}

awaitable<Result<LogPage>> AuditLogService::list(auth::Principal who, LogSubject subject, LogQuery query) {
  const auto now = now_ms();
  const auto range = log_range(query.start, query.end, now);
  const auto after = parse_cursor(pages_.read_at(kList, query.page, now));
  // Who may read it, the primary says.
  auto find = [&](db::Tx& tx) { return find_wanted(tx, who, subject, query, range); };
  const auto filter = co_await tools_.db.lookup(std::move(find));
  if (!filter) co_return filter.error();
  auto read = [&](db::Tx& tx) { return store::list_log(tx, **filter, after, kEntriesAPage + 1); };
  std::vector<store::LogEntry> entries;
  if (*filter && may_lag(tools_.db, after)) {
    entries = co_await tools_.db.read_lagging(std::move(read));
  } else if (*filter) {
    entries = co_await tools_.db.read(std::move(read));
  }
  LogPage page{.start_time = {range.start_ms}, .end_time = {range.end_ms}, .logs = {}, .next_page = {}};
  if (std::ssize(entries) > kEntriesAPage) {
    entries.pop_back();
    const auto& last = entries.back();
    page.next_page = pages_.make_at(kList, std::to_string(last.at_ms) + '.' + std::to_string(last.id), now);
  }
  const bool everything = subject.kind == LogSubject::Kind::everything;
  for (const auto& entry : entries) page.logs.push_back(log_item(entry, everything));
  co_return page;
}

awaitable<Result<LogCounts>> AuditLogService::sum(auth::Principal who, LogSubject subject, LogQuery query) {
  const auto range = log_range(query.start, query.end, now_ms());
  auto find = [&](db::Tx& tx) { return find_wanted(tx, who, subject, query, range); };
  const auto filter = co_await tools_.db.lookup(std::move(find));
  if (!filter) co_return filter.error();
  if (range.end_ms - range.start_ms > kLongestSumMs) {
    co_return Error{Errc::invalid_request, "Invalid date range for logs"};
  }
  LogCounts counts;
  if (!*filter) co_return counts;
  auto add_up = [&](db::Tx& tx) { return store::sum_log(tx, **filter); };
  auto sums = co_await tools_.db.read_lagging(std::move(add_up));
  for (auto& row : sums) {
    counts.aggregated.push_back({.kind = std::move(row.kind), .count = row.count, .datetime = {row.day * kDayMs}});
  }
  co_return counts;
}

awaitable<std::int64_t> AuditLogService::delete_old(int limit) {
  if (tools_.settings.log_retention_s <= 0) co_return 0;
  const auto before = now_ms() - tools_.settings.log_retention_s * 1000;
  auto job = [before, limit](db::Tx& tx) { return store::delete_old_log(tx, before, limit); };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<void> AuditLogService::count_days() {
  const auto now = now_ms();
  auto any = [now](db::Tx& tx) { return store::has_log_days_to_count(tx, now); };
  auto step = [now](db::Tx& tx) { return store::count_log_days(tx, now, kEntriesAStep); };
  if (!co_await tools_.db.lookup(any)) co_return;
  for (int steps = 0; steps < kStepsARound && co_await tools_.db.write(step); ++steps) {
  }
}

}  // namespace wharf::service
