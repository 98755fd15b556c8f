#include "service/service_key.h"

#include <algorithm>
#include <limits>

#include "auth/access.h"
#include "auth/jwt.h"
#include "service/audit.h"
#include "service/user_notification.h"
#include "store/account.h"
#include "store/user_notification.h"

namespace wharf::service {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestNotes = 4096;
constexpr std::size_t kLargestMetadata = 16 * 1024;
constexpr std::int64_t kMostPending = 500;
constexpr std::int64_t kLatestSecond = 253'402'300'799;  // the end of the year 9999
constexpr std::int64_t kLongestRotation = 10 * 366 * 86'400LL;
constexpr Millis kReplacedLifeMs = 24 * 3'600'000LL;  // as long as others may keep a key that they were served
constexpr std::int64_t kDeletedAtOnce = 500;
constexpr const char* kSubmitted = "service_key_submitted";

Error invalid(std::string message) { return {Errc::invalid_request, std::move(message)}; }
Error not_found() { return {Errc::not_found, "Not Found"}; }
Error read_only() { return {Errc::read_only, "The registry is read-only"}; }
Error refused() { return {Errc::denied, "The signer may not do this"}; }

bool all_of(std::string_view text, std::string_view extra, bool upper) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z') ||
           extra.find(c) != std::string_view::npos;
  });
}

/// `^[a-z0-9_]+$`, and not the nodes'.
Result<void> check_service(const std::string& service) {
  if (service.empty() || service.size() > kLongestName || !all_of(service, "_", false)) {
    return invalid("service: must have 1 to 255 lower-case letters, digits and '_'");
  }
  if (service == store::kNodeService) return invalid("service: the keys of this one are the registry's own");
  return {};
}

/// `^[\s a-zA-Z0-9\-_:/]*$`
Result<void> check_name(const std::string& name) {
  if (name.size() > kLongestName || !all_of(name, " \t\r\n\f\v-_:/", true)) {
    return invalid("name: must have at most 255 letters, digits, spaces, '-', '_', ':' and '/'");
  }
  return {};
}

bool is_kid(std::string_view kid) { return !kid.empty() && kid.size() <= kLongestName && all_of(kid, "-_", true); }

/// The end in milliseconds; nothing for never. Errors: invalid_request for what is over, and what no date can say.
Result<std::optional<Millis>> expiry_of(const std::optional<std::int64_t>& seconds) {
  if (!seconds) return std::optional<Millis>();
  if (*seconds > kLatestSecond || *seconds * 1000 <= now_ms()) return invalid("expiration: must be in the future");
  return std::optional<Millis>(*seconds * 1000);
}

json::Object object_of(const std::string& text) {
  auto value = json::parse(text);
  return value && value->is_object() ? std::move(value->get_object()) : json::Object();
}

json::Value date_of(const std::optional<Millis>& at) { return at ? json::Value(http_date(*at)) : json::Value(nullptr); }

json::Object metadata_of(const store::ServiceKey& key) {
  return {{"kid", key.kid}, {"service", key.service}, {"name", key.name}, {"expiration_date", date_of(key.expires_ms)}};
}

ServiceKeyView view_of(const store::ServiceKey& key) {
  ServiceKeyView view{.name = key.name,
                      .kid = key.kid,
                      .service = key.service,
                      .jwk = object_of(key.jwk),
                      .metadata = object_of(key.metadata),
                      .created_date = http_date(key.created_ms),
                      .expiration_date = {},
                      .rotation_duration = {},
                      .approval = {}};
  if (key.expires_ms) view.expiration_date.emplace(http_date(*key.expires_ms));
  if (key.rotation_s) view.rotation_duration.emplace(*key.rotation_s);
  if (key.approval_type) {
    KeyApproval approval{.approver = {},
                         .approval_type = *key.approval_type,
                         .approved_date = http_date(key.approved_ms.value_or(key.created_ms)),
                         .notes = key.notes};
    if (key.approver) {
      approval.approver.emplace(
          KeyApprover{.name = *key.approver,
                      .username = *key.approver,
                      .kind = "user",
                      .avatar = make_avatar(AvatarKind::user, *key.approver, key.approver_email)});
    }
    view.approval.emplace(std::move(approval));
  }
  return view;
}

/// The RSA key of a row that we wrote; nothing for a node's.
std::optional<auth::RsaKey> key_of(const store::ServiceKey& row) {
  auto key = auth::RsaKey::from_jwk(object_of(row.jwk));
  if (!key) return std::nullopt;
  return *key;
}

/// The key id in the token's header, whatever else is wrong with it; "" for none.
std::string unchecked_kid(std::string_view bearer) {
  std::string kid;
  const auto note = [&kid](std::string_view id) -> const auth::RsaKey* {
    kid = id;
    return nullptr;
  };
  // Without a key it goes no further than the header.
  if (auth::jwt::verify_rs256(bearer, note)) return {};
  return kid;
}

/// Whether `key` signed the submission's token for its service and for us.
Result<void> check_token(const KeySubmission& wanted, const auth::RsaKey& key) {
  const auto find = [&key](std::string_view) { return &key; };
  const auto claims = auth::jwt::verify_rs256(wanted.bearer, find);
  if (!claims) return Error{Errc::invalid_request, "The token is not valid", claims.error().detail};
  const auth::jwt::TimeRules rules{.leeway_s = 30, .max_life_s = 3660};
  if (const auto times = auth::jwt::check_times(*claims, now_ms(), rules); !times) {
    return Error{Errc::invalid_request, "The token is not valid now", times.error().detail};
  }
  const auto is = [&claims](std::string_view name, std::string_view text) {
    const auto* value = claims->if_contains(name);
    return value != nullptr && value->is_string() && std::string_view(value->get_string()) == text;
  };
  if (!is("iss", wanted.service)) return invalid("The token's issuer is not the service");
  if (!is("aud", wanted.audience)) return invalid("The token's audience is not this registry");
  return {};
}

}  // namespace

bool ServiceKeyService::is_lapsed(const store::ServiceKey& key) const {
  return !key.approval_type && key.created_ms + tools_.settings.unapproved_key_s * 1000 <= now_ms();
}

std::optional<store::ServiceKey> ServiceKeyService::find(db::Tx& tx, const std::string& kid) const {
  if (!is_kid(kid)) return std::nullopt;
  auto key = store::find_service_key(tx, kid);
  if (key && is_lapsed(*key)) key.reset();
  return key;
}

awaitable<Result<ServiceKeyViews>> ServiceKeyService::list(auth::Principal who) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  auto job = [](db::Tx& tx) { return store::list_all_service_keys(tx); };
  const auto keys = co_await tools_.db.read(std::move(job));
  ServiceKeyViews views;
  for (const auto& key : keys) {
    if (!is_lapsed(key)) views.keys.push_back(view_of(key));
  }
  co_return views;
}

awaitable<Result<ServiceKeyView>> ServiceKeyService::view(auth::Principal who, std::string kid) {
  if (auto ok = auth::require_superuser(who, true); !ok) co_return ok.error();
  auto job = [this, kid](db::Tx& tx) { return find(tx, kid); };
  const auto key = co_await tools_.db.read(std::move(job));
  if (!key) co_return not_found();
  co_return view_of(*key);
}

awaitable<Result<MadeServiceKey>> ServiceKeyService::create(auth::Principal who, Result<NewServiceKey> wanted) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!wanted) co_return wanted.error();
  store::ServiceKey row{.service = wanted->service, .name = wanted->name.value_or("")};
  if (auto ok = check_service(row.service); !ok) co_return ok.error();
  if (auto ok = check_name(row.name); !ok) co_return ok.error();
  const auto expires = expiry_of(wanted->expiration);
  if (!expires) co_return expires.error();
  row.expires_ms = *expires;
  row.metadata = json::to_text(wanted->metadata.value_or(json::Object()));
  row.notes = wanted->notes.value_or("");
  if (row.metadata.size() > kLargestMetadata) co_return invalid("metadata: is larger than 16 KiB");
  if (row.notes.size() > kLongestNotes) co_return invalid("notes: are longer than 4096 bytes");

  auto make = [] { return auth::RsaKeyPair::make(); };
  const auto pair = co_await run_on(tools_.passwords, std::move(make));
  row.kid = pair.key.kid();
  row.jwk = json::to_text(pair.key.jwk());
  row.created_ms = now_ms();
  row.approval_type = "Super User API";
  row.approver_id = who.account_id;
  row.approved_ms = row.created_ms;
  auto job = [who, row](db::Tx& tx) -> Result<bool> {
    store::insert_service_key(tx, row);
    auto metadata = metadata_of(row);
    audit(tx, who, "service_key_approve", {}, metadata);
    metadata["preshared"] = true;
    metadata["auto_approved"] = true;
    audit(tx, who, "service_key_create", {}, std::move(metadata));
    return true;
  };
  const auto kept = co_await tools_.db.write(std::move(job));
  if (!kept) co_return kept.error();
  co_return MadeServiceKey{.kid = row.kid,
                           .name = row.name,
                           .service = row.service,
                           .public_key = pair.key.to_pem(),
                           .private_key = pair.private_pem};
}

awaitable<Result<ServiceKeyView>> ServiceKeyService::change(auth::Principal who, std::string kid,
                                                            Result<ServiceKeyChange> wanted) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!wanted) co_return wanted.error();
  auto job = [this, who, kid, change = *wanted](db::Tx& tx) -> Result<ServiceKeyView> {
    tx.lock("service keys");
    auto key = find(tx, kid);
    if (!key) return not_found();
    if (auto ok = check_service(key->service); !ok) return ok.error();
    const auto before = *key;
    if (change.name) {
      if (auto ok = check_name(*change.name); !ok) return ok.error();
      key->name = *change.name;
    }
    if (change.metadata) {
      auto merged = object_of(key->metadata);
      for (const auto& [name, value] : *change.metadata) merged[name] = value;
      key->metadata = json::to_text(merged);
      if (key->metadata.size() > kLargestMetadata) return invalid("metadata: is larger than 16 KiB");
    }
    if (change.expiration) {
      const auto expires = expiry_of(*change.expiration);
      if (!expires) return expires.error();
      key->expires_ms = *expires;
    }
    store::update_service_key(tx, *key);
    if (key->expires_ms != before.expires_ms) {
      auto metadata = metadata_of(*key);
      metadata["old_expiration_date"] = date_of(before.expires_ms);
      audit(tx, who, "service_key_extend", {}, std::move(metadata));
    }
    if (key->name != before.name || key->metadata != before.metadata) {
      audit(tx, who, "service_key_modify", {}, metadata_of(*key));
    }
    return view_of(*key);
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> ServiceKeyService::remove(auth::Principal who, std::string kid) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  auto job = [this, who, kid](db::Tx& tx) -> Result<bool> {
    const auto key = find(tx, kid);
    if (!key) return not_found();
    store::delete_service_key(tx, kid);
    store::delete_user_notifications(tx, kSubmitted, kid);
    audit(tx, who, "service_key_delete", {}, metadata_of(*key));
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> ServiceKeyService::approve(auth::Principal who, std::string kid, Result<std::string> notes) {
  if (auto ok = auth::require_superuser(who); !ok) co_return ok.error();
  if (!notes) co_return notes.error();
  if (notes->size() > kLongestNotes) co_return invalid("notes: are longer than 4096 bytes");
  auto job = [this, who, kid, text = *notes](db::Tx& tx) -> Result<bool> {
    auto key = find(tx, kid);
    if (!key) return not_found();
    key->approval_type = "Super User API";
    key->approver_id = who.account_id;
    key->approved_ms = now_ms();
    key->notes = text;
    if (!store::approve_service_key(tx, *key)) return false;
    store::delete_user_notifications(tx, kSubmitted, kid);
    audit(tx, who, "service_key_approve", {}, metadata_of(*key));
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<PublishedKey> ServiceKeyService::published(std::string service, std::string kid) {
  auto job = [this, kid](db::Tx& tx) { return find(tx, kid); };
  const auto key = co_await tools_.db.read(std::move(job));
  PublishedKey found;
  if (!key || key->service != service) co_return found;
  if (!key->approval_type) {
    found.state = PublishedKey::State::pending;
  } else if (key->expires_ms && *key->expires_ms <= now_ms()) {
    found.state = PublishedKey::State::expired;
  } else {
    found.state = PublishedKey::State::good;
    found.jwk = object_of(key->jwk);
    found.expires_ms = key->expires_ms.value_or(std::numeric_limits<Millis>::max());
  }
  co_return found;
}

void ServiceKeyService::tell_superusers(db::Tx& tx, const store::ServiceKey& key) const {
  const json::Object metadata{{"kid", key.kid}, {"service", key.service}, {"name", key.name}};
  for (const auto id : store::list_superusers(tx)) notify_user(tx, id, kSubmitted, metadata, key.kid);
  for (const auto& name : tools_.settings.super_users) {
    const auto account = store::find_account(tx, name);
    if (!account || account->kind != store::AccountKind::user || account->superuser) continue;
    notify_user(tx, account->id, kSubmitted, metadata, key.kid);
  }
}

Result<bool> ServiceKeyService::take(db::Tx& tx, const KeySubmission& wanted, const auth::RsaKey& key) const {
  const auto signer_kid = unchecked_kid(wanted.bearer);
  const bool self_signed = signer_kid == key.kid();
  tx.lock("service keys");
  store::ServiceKey row{.kid = key.kid(), .service = wanted.service, .jwk = json::to_text(key.jwk())};
  row.created_ms = now_ms();
  const auto expires = expiry_of(wanted.expiration);
  if (!expires) return expires.error();
  row.expires_ms = *expires;
  row.rotation_s = wanted.rotation;
  json::Object metadata{{"ip", wanted.address}};
  std::optional<store::ServiceKey> signer;
  if (self_signed) {
    if (auto ok = check_token(wanted, key); !ok) return ok.error();
  } else {
    signer = find(tx, signer_kid);
    const auto signing = signer && signer->service == wanted.service && signer->approval_type &&
                                 (!signer->expires_ms || *signer->expires_ms > now_ms())
                             ? key_of(*signer)
                             : std::nullopt;
    if (!signing) return refused();
    if (auto ok = check_token(wanted, *signing); !ok) return ok.error();
    metadata["created_by"] = "Key Rotation";
    row.name = signer->name;
    if (!row.rotation_s) row.rotation_s = signer->rotation_s;
    row.approval_type = "Key Rotation";
    row.approved_ms = row.created_ms;
  }
  row.metadata = json::to_text(metadata);
  if (const auto known = store::find_service_key(tx, row.kid)) {
    if (known->service != row.service) return refused();
    if (!is_lapsed(*known)) return known->approval_type.has_value();  // sent once more
    store::delete_service_key(tx, row.kid);
  }
  if (self_signed && store::count_pending_service_keys(tx) >= kMostPending) {
    return Error{Errc::too_many_attempts, "Too many keys wait for approval"};
  }
  store::insert_service_key(tx, row);
  auto told = metadata_of(row);
  told["preshared"] = false;
  told["ip"] = wanted.address;
  if (self_signed) {
    audit(tx, {}, "service_key_create", {}, std::move(told));
    tell_superusers(tx, row);
    return false;
  }
  const auto last = row.created_ms + kReplacedLifeMs;
  if (!signer->expires_ms || *signer->expires_ms > last) {
    signer->expires_ms = last;
    store::update_service_key(tx, *signer);
  }
  told["signer_kid"] = signer->kid;
  audit(tx, {}, "service_key_rotate", {}, std::move(told));
  return true;
}

awaitable<Result<bool>> ServiceKeyService::submit(KeySubmission wanted) {
  if (tools_.settings.read_only) co_return read_only();
  if (auto ok = check_service(wanted.service); !ok) co_return ok.error();
  if (wanted.bearer.empty()) co_return invalid("A Bearer token must speak for the key");
  if (wanted.rotation && (*wanted.rotation <= 0 || *wanted.rotation > kLongestRotation)) {
    co_return invalid("rotation: must be a number of seconds");
  }
  auto parsed = json::parse(wanted.body, 4);
  if (!parsed || !parsed->is_object()) co_return invalid("The body must be a JWK");
  const auto key = auth::RsaKey::from_jwk(parsed->get_object());
  if (!key) co_return key.error();
  // Nobody gives a key another's name, or one that a node will want.
  if (key->kid() != wanted.kid) co_return invalid("The key id is not the key's RFC 7638 thumbprint");
  auto job = [this, wanted, key = *key](db::Tx& tx) { return take(tx, wanted, key); };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<Result<bool>> ServiceKeyService::withdraw(KeySubmission wanted) {
  if (tools_.settings.read_only) co_return read_only();
  if (auto ok = check_service(wanted.service); !ok) co_return ok.error();
  if (wanted.bearer.empty()) co_return invalid("A Bearer token must speak for the key");
  auto job = [this, wanted](db::Tx& tx) -> Result<bool> {
    tx.lock("service keys");
    const auto signer = find(tx, unchecked_kid(wanted.bearer));
    const bool alive = signer && (!signer->expires_ms || *signer->expires_ms > now_ms());
    const bool may = alive && signer->service == wanted.service && (signer->kid == wanted.kid || signer->approval_type);
    const auto signing = may ? key_of(*signer) : std::nullopt;
    if (!signing) return refused();
    if (auto ok = check_token(wanted, *signing); !ok) return ok.error();
    const auto key = find(tx, wanted.kid);
    if (!key || key->service != wanted.service) return not_found();
    store::delete_service_key(tx, key->kid);
    store::delete_user_notifications(tx, kSubmitted, key->kid);
    auto told = metadata_of(*key);
    told["ip"] = wanted.address;
    told["signer_kid"] = signer->kid;
    audit(tx, {}, "service_key_delete", {}, std::move(told));
    return true;
  };
  co_return co_await tools_.db.write(std::move(job));
}

awaitable<std::int64_t> ServiceKeyService::remove_old() {
  const auto now = now_ms();
  const auto pending_before = now - tools_.settings.unapproved_key_s * 1000;
  const auto expired_before = now - tools_.settings.expired_key_s * 1000;
  std::int64_t removed = 0;
  for (std::int64_t last = kDeletedAtOnce; last == kDeletedAtOnce; removed += last) {
    auto job = [pending_before, expired_before](db::Tx& tx) {
      const auto kids = store::delete_old_service_keys(tx, pending_before, expired_before, kDeletedAtOnce);
      for (const auto& kid : kids) store::delete_user_notifications(tx, kSubmitted, kid);
      return std::ssize(kids);
    };
    last = co_await tools_.db.write(std::move(job));
  }
  co_return removed;
}

}  // namespace wharf::service
