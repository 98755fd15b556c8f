#include "service/audit_log_export.h"

#include <array>

#include "auth/access.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"
#include "base/names.h"
#include "base/random.h"
#include "net/http_client.h"
#include "service/audit.h"
#include "service/audit_log.h"
#include "service/mail.h"
#include "service/outside.h"
#include "store/log.h"

namespace wharf::service {
namespace {

constexpr Millis kHourMs = 3'600'000;
constexpr int kEntriesAPiece = 200;
constexpr std::size_t kCodeLength = 40;

// From the beginning of a call that fails to the next; the one after them is the last.
constexpr std::array<Millis, 3> kWaits{60'000, 5 * 60'000, 15 * 60'000};
// Until when nobody else makes the call: longer than it can last.
constexpr Millis kLease = 2 * 60'000;

std::string hash_of(std::string_view code) { return std::string(Digest::of(code).hex()); }
std::string sealed_for(const std::string& uuid) { return "log_export:" + uuid; }

std::string address_of(const store::LogExport& wanted, const std::string& code) {
  return wanted.base_url + "/exportedlogs/" + code;
}

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value();
}

/// Quay's keys that both kinds of entries about an export share.
json::Object told(const LogCallback& callback, const LogSubject& subject, Millis now) {
  json::Object metadata{
      {"date/time", now / 1000}, {"url", or_null(callback.callback_url)}, {"email", or_null(callback.callback_email)}};
  if (subject.kind == LogSubject::Kind::repository) {
    metadata["repo"] = subject.repository.name;
    metadata["namespace"] = subject.repository.ns;
  }
  return metadata;
}

json::Value repository_or_null(const store::NamedLogExport& of) {
  return of.repository.empty() ? json::Value() : json::Value(of.repository);
}

std::optional<LogCallback> readable(const Result<LogCallback>& callback) {
  return callback ? std::optional(*callback) : std::nullopt;
}

}  // namespace

LogExportFile::LogExportFile(db::Database& database, store::NamedLogExport of) : db_(database), of_(std::move(of)) {}

awaitable<Result<bool>> LogExportFile::next(std::string& piece) {
  if (ended_) co_return false;
  const auto& wanted = of_.export_;
  if (!begun_) {
    begun_ = true;
    const json::Object details{{"start_time", rfc2822(wanted.start_ms)},
                               {"end_time", rfc2822(wanted.end_ms)},
                               {"namespace", of_.ns},
                               {"repository", repository_or_null(of_)}};
    piece += "{\"export_id\": ";
    json::append_string(piece, wanted.uuid);
    piece += ", \"details\": " + json::to_text(details) + ", \"logs\": [";
  }
  store::LogFilter filter{
      .repository_id = wanted.repository_id, .namespace_id = wanted.namespace_id, .performer_id = wanted.performer_id};
  filter.from_ms = wanted.start_ms;
  filter.before_ms = wanted.end_ms;
  auto read = [&](db::Tx& tx) { return store::list_log(tx, filter, after_, kEntriesAPiece); };
  std::vector<store::LogEntry> entries;
  if (may_lag(db_, after_)) {
    entries = co_await db_.read_lagging(std::move(read));
  } else {
    entries = co_await db_.read(std::move(read));
  }
  for (const auto& entry : entries) {
    piece += first_ ? "\n" : ",\n";
    first_ = false;
    json::write(piece, log_item(entry, false));
    after_ = store::LogCursor{entry.at_ms, entry.id};
  }
  if (std::ssize(entries) < kEntriesAPiece) {
    ended_ = true;
    piece += first_ ? "\n" : ",\n";
    piece += "{\"terminator\": true}]}\n";
  }
  co_return true;
}

AuditLogExports::AuditLogExports(const Tools& tools) : tools_(tools) {
  policy_ = outside_policy(tools.settings);
  client_ = std::make_unique<net::HttpClient>(net::HttpClientOptions{.policy = policy_});
}

AuditLogExports::~AuditLogExports() = default;

void AuditLogExports::stop() { client_->stop(); }

Result<void> AuditLogExports::check(const LogCallback& callback) const {
  if (callback.callback_url) {
    if (auto url = policy_->check_url(*callback.callback_url); !url) {
      return Error{Errc::invalid_request, "callback_url: " + url.error().message};
    }
  }
  if (callback.callback_email) {
    if (!is_email(*callback.callback_email)) return Error{Errc::invalid_request, "callback_email: is no address"};
    if (!tools_.settings.features.mailing) {
      return Error{Errc::invalid_request, "callback_email: this registry sends no mail"};
    }
  }
  return {};
}

Result<std::string> AuditLogExports::write_request(db::Tx& tx, const auth::Principal& who, const LogSubject& subject,
                                                   const LogQuery& query, const Result<LogCallback>& callback,
                                                   const std::string& base_url, LogPlace& place) const {
  const auto now = now_ms();
  auto filter = find_log(tx, who, subject, false);
  if (!filter) return filter.error();
  place = {filter->namespace_id.value_or(0), filter->repository_id.value_or(0)};
  if (!callback) return callback.error();
  if (auto ok = check(*callback); !ok) return ok.error();
  const auto range = log_range(query.start, query.end, now);
  const auto any = narrow_log(tx, *filter, query, range);
  if (!any) return any.error();
  if (!*any) return Error{Errc::invalid_request, "performer: there is no such user or robot"};

  const auto code = random_text(kCodeLength, kLettersAndDigits);
  store::LogExport wanted{.uuid = random_uuid(), .sealed_code = {}, .namespace_id = place.namespace_id};
  wanted.sealed_code = tools_.secrets.seal(code, sealed_for(wanted.uuid));
  wanted.repository_id = filter->repository_id;
  wanted.performer_id = filter->performer_id;
  wanted.start_ms = range.start_ms;
  wanted.end_ms = range.end_ms;
  wanted.callback_url = callback->callback_url;
  wanted.callback_email = callback->callback_email;
  wanted.base_url = base_url;
  wanted.expires_ms = now + kHourMs;
  store::insert_log_export(tx, wanted, hash_of(code), !wanted.callback_url, now);
  if (wanted.callback_email) {
    letter::Notice notice;
    notice.subject = "Export of action logs";
    notice.paragraphs = {"The logs that you asked for (export " + wanted.uuid + ") are ready.",
                         "They can be fetched for an hour by whoever has this link."};
    notice.link_label = "Fetch the logs";
    notice.link_url = address_of(wanted, code);
    tools_.mails.queue(tx, *wanted.callback_email, notice, base_url);
  }
  auto metadata = told(*callback, subject, now);
  metadata["export_id"] = wanted.uuid;
  metadata["message"] = "The export was asked for";
  audit(tx, who, "export_logs_success", place, std::move(metadata));
  return wanted.uuid;
}

awaitable<Result<std::string>> AuditLogExports::request(auth::Principal who, LogSubject subject, LogQuery query,
                                                        Result<LogCallback> callback, std::string base_url) {
  LogPlace place;
  auto write = [&](db::Tx& tx) { return write_request(tx, who, subject, query, callback, base_url, place); };
  auto id = co_await tools_.db.write(std::move(write));
  if (id) co_return id;
  // What failed is told of too, once somebody is known to have asked; of an organization also who may not.
  auto tell = [&](db::Tx& tx) {
    if (place.namespace_id == 0 && subject.kind == LogSubject::Kind::organization && !who.anonymous()) {
      const auto access = auth::Access::find(tx, who, {subject.organization, ""});
      if (access.is_organization()) place.namespace_id = access.row().namespace_id;
    }
    if (place.namespace_id == 0) return false;
    auto metadata = told(readable(callback).value_or(LogCallback{}), subject, now_ms());
    metadata["error"] = id.error().message;
    audit(tx, who, "export_logs_failure", place, std::move(metadata));
    return true;
  };
  co_await tools_.db.write(std::move(tell));
  co_return id.error();
}

awaitable<bool> AuditLogExports::deliver_one() {
  const auto now = now_ms();
  auto look = [now](db::Tx& tx) { return store::has_due_log_export(tx, now); };
  const bool due = co_await tools_.db.lookup(std::move(look));
  if (!due) co_return false;
  auto take = [now](db::Tx& tx) { return store::take_due_log_export(tx, now, now + kLease); };
  auto of = co_await tools_.db.write(std::move(take));
  if (!of) co_return false;
  const auto uuid = of->export_.uuid;
  const auto attempts = static_cast<std::size_t>(of->export_.attempts);
  const auto expires = of->export_.expires_ms;
  const auto called = co_await call(std::move(*of));
  if (!called) co_return false;  // it comes again after the lease, here or on another node
  const bool told = *called;
  const bool last = attempts > kWaits.size();
  if (!told && last) log::warn("the call-back of a log export failed for the last time", {{"export", uuid}});
  auto note = [&](db::Tx& tx) {
    if (told) {
      store::finish_log_export(tx, uuid, now_ms() + kHourMs);
    } else if (last) {
      store::finish_log_export(tx, uuid, expires);
    } else {
      store::put_log_export_back(tx, uuid, now + kWaits[attempts - 1]);
    }
    return true;
  };
  co_await tools_.db.write(std::move(note));
  co_return true;
}

awaitable<std::optional<bool>> AuditLogExports::call(store::NamedLogExport of) {
  const auto& wanted = of.export_;
  const auto code = tools_.secrets.open(wanted.sealed_code, sealed_for(wanted.uuid));
  if (!code) {
    log::error("a log export's code cannot be read", {{"export", wanted.uuid}});
    co_return false;
  }
  const json::Object body{{"export_id", wanted.uuid},
                          {"start_time", log_date(wanted.start_ms)},
                          {"end_time", log_date(wanted.end_ms)},
                          {"namespace", of.ns},
                          {"repository", repository_or_null(of)},
                          {"exported_data_url", address_of(wanted, *code)},
                          {"status", "success"}};
  net::HttpRequest request;
  request.method = "POST";
  request.url = wanted.callback_url.value_or("");
  request.headers = {{"Content-Type", "application/json"}};
  request.body = json::to_text(body);
  auto reply = co_await client_->fetch(std::move(request));
  if (!reply && reply.error().code == Errc::unavailable) co_return std::nullopt;
  if (!reply) {
    log::warn("the call-back of a log export failed", {{"export", wanted.uuid}, {"detail", reply.error().message}});
    co_return false;
  }
  co_return reply->status == 200;
}

awaitable<std::int64_t> AuditLogExports::delete_expired(int limit) {
  auto job = [now = now_ms(), limit](db::Tx& tx) { return store::delete_expired_log_exports(tx, now, limit); };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<std::shared_ptr<LogExportFile>>> AuditLogExports::open(std::string code) {
  const auto hash = hash_of(code);
  auto find = [&hash](db::Tx& tx) { return store::find_log_export(tx, hash, now_ms()); };
  auto found = co_await tools_.db.lookup(std::move(find));
  if (!found) co_return Error{Errc::not_found, "Not Found"};
  co_return std::make_shared<LogExportFile>(tools_.db, std::move(*found));
}

}  // namespace wharf::service
