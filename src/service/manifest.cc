#include "service/manifest.h"

#include <algorithm>
#include <unordered_set>

#include "auth/access.h"
#include "base/clock.h"
#include "db/outage.h"
#include "service/referrer.h"
#include "service/repository_event.h"
#include "service/retry.h"
#include "service/tag_rules.h"
#include "store/access.h"
#include "store/blob.h"
#include "store/label.h"
#include "store/repository.h"
#include "store/scan.h"
#include "store/tag.h"
#include "vuln/statement.h"

namespace wharf::service {
namespace {

constexpr int kReferrersAPage = 500;
constexpr int kTagsAPiece = 100;
// Configurations are a few KiB; a push does not wait for more.
constexpr std::int64_t kMostConfigBytes = 1024 * 1024;
constexpr std::int64_t kReferrersAPageBytes = 4 * 1024 * 1024;  // the bound of the specification for one answer

std::string text_of(const Reference& reference) {
  const auto* tag = std::get_if<std::string>(&reference);
  return tag ? *tag : std::get<Digest>(reference).text();
}

Error immutable_refusal(const std::string& tag) {
  return {Errc::tag_immutable, "tag '" + tag + "' is immutable", {}, tag};
}

std::vector<Digest> distinct_blobs(const ManifestDocument& document) {
  std::vector<Digest> digests;
  if (document.config) digests.push_back(document.config->digest);
  for (const auto& layer : document.layers) {
    if (!layer.is_foreign()) digests.push_back(layer.digest);
  }
  std::ranges::sort(digests);
  digests.erase(std::ranges::unique(digests).begin(), digests.end());
  return digests;
}

/// The rows of the blobs that a manifest names. Foreign layers are taken along when they are here.
Result<std::vector<std::int64_t>> blobs_of(db::Tx& tx, std::int64_t repository_id, const ManifestDocument& document,
                                           Millis now) {
  const auto wanted = distinct_blobs(document);
  std::vector<std::int64_t> ids;
  std::unordered_set<std::string> seen;
  for (auto& blob : store::find_visible_blobs(tx, repository_id, wanted, now)) {
    ids.push_back(blob.id);
    seen.insert(std::move(blob.digest));
  }
  for (const auto& digest : wanted) {
    if (!seen.contains(digest.text())) {
      return Error{Errc::manifest_blob_unknown, "Unknown blob `" + digest.text() + "`", {}, digest.text()};
    }
  }
  std::vector<Digest> foreign;
  for (const auto& layer : document.layers) {
    if (layer.is_foreign()) foreign.push_back(layer.digest);
  }
  for (const auto& blob : store::find_visible_blobs(tx, repository_id, foreign, now)) ids.push_back(blob.id);
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

struct Children {
  std::vector<store::NewChild> rows;
  std::int64_t layers_size_bytes = 0;
};

/// The manifests that a list names, which must be here unless sparse lists are allowed.
Result<Children> children_of(db::Tx& tx, std::int64_t repository_id, const ManifestDocument& document, bool sparse,
                             Millis now) {
  Children children;
  for (const auto& child : document.children) {
    const auto known = store::find_manifest(tx, repository_id, child.digest);
    // What was deleted is not here for the client, whether or not its row is still kept.
    if (!sparse && !(known && store::is_manifest_alive(tx, known->id, now))) {
      return Error{Errc::manifest_invalid, "Unknown manifest `" + child.digest.text() + "`", {}, child.digest.text()};
    }
    children.rows.push_back({child.digest.text(), known ? std::optional(known->id) : std::nullopt});
    if (!known) continue;
    if (known->size_bytes != child.size_bytes) {
      return Error{Errc::manifest_invalid,
                   "The size given for manifest `" + child.digest.text() + "` is not its size",
                   {},
                   child.digest.text()};
    }
    // Layers' sizes are what clients say of them.
    if (known->layers_size_bytes > kMostContentBytes - children.layers_size_bytes) {
      return Error{Errc::manifest_invalid, "Manifest invalid: the sizes add up to too much"};
    }
    children.layers_size_bytes += known->layers_size_bytes;
  }
  return children;
}

/// A manifest and its children.
std::vector<Digest> family_of(const ManifestDocument& document, const Digest& own) {
  std::vector<Digest> digests = {own};
  for (const auto& child : document.children) digests.push_back(child.digest);
  return digests;
}

/// Whether it is, or holds, a document about vulnerabilities in its subject.
bool tells_of_vulnerabilities(const ManifestDocument& document) {
  if (document.artifact_type && vuln::is_statement_type(*document.artifact_type)) return true;
  return std::ranges::any_of(document.layers,
                             [](const Descriptor& layer) { return vuln::is_statement_type(layer.media_type); });
}

/// Everything that one push writes. `now` is the time of all of it. Answers what the tag became.
Result<TagRules> write_push(db::Tx& tx, const store::RepositoryHead& repository, const ManifestDocument& document,
                            store::NewManifest manifest, const std::vector<store::Label>& labels,
                            const Reference& reference, const Settings& settings, Millis now) {
  // An index and a child of it that come at once: one of the two sees the other.
  if (settings.features.sparse_index) store::lock_family(tx, repository.id, family_of(document, manifest.digest));
  auto blobs = blobs_of(tx, repository.id, document, now);
  if (!blobs) return blobs.error();
  auto children = children_of(tx, repository.id, document, settings.features.sparse_index, now);
  if (!children) return children.error();
  manifest.repository_id = repository.id;
  manifest.layers_size_bytes = document.is_list ? children->layers_size_bytes : document.layers_size_bytes();
  const auto added = store::add_manifest(tx, manifest, now);
  store::add_manifest_blobs(tx, added.id, repository.id, *blobs);
  if (added.is_new) {
    store::add_labels(tx, added.id, labels);
    store::add_manifest_children(tx, added.id, children->rows);
    store::adopt_orphan(tx, repository.id, manifest.digest, added.id);
    // What the image's makers say of it changes what it is known for.
    if (document.subject && tells_of_vulnerabilities(document)) {
      store::want_scan_of(tx, repository.id, document.subject->digest.text(), now);
    }
    store::add_scan(tx, added.id, document.is_scannable() ? store::ScanStatus::queued : store::ScanStatus::unsupported,
                    now);
  }
  if (const auto* tag = std::get_if<std::string>(&reference)) {
    const auto rules =
        rules_for_tag(tx, settings, {repository.namespace_id, repository.id, *tag, added.id, manifest.is_list}, now);
    const store::NewTag wanted{.repository_id = repository.id,
                               .name = *tag,
                               .manifest_id = added.id,
                               .end_ms = rules.end_ms,
                               .immutable = rules.immutable};
    if (store::set_tag(tx, wanted, now)) return rules;
    return immutable_refusal(*tag);
  }
  const auto hold_until = document.subject ? store::kForever : now + settings.push_temp_tag_seconds * Millis{1000};
  store::hold_manifest(tx, repository.id, added.id, hold_until, now);
  return TagRules{};
}

/// For so long after the database went away nobody is told what a tag was: if this node alone cannot reach it, others
/// know what the tag is, and whoever stands before them has taken this one out by then.
constexpr std::chrono::seconds kTagSilence{10};

/// The digest under which the bytes are kept: what the client named, or their sha256.
Result<Digest> digest_of(const Reference& reference, std::string_view content) {
  const auto* wanted = std::get_if<Digest>(&reference);
  auto actual = Digest::of(content, wanted ? wanted->algorithm() : "sha256");
  if (wanted && actual != *wanted) {
    return Error{Errc::digest_invalid, "The digest does not match the manifest", {}, wanted->text()};
  }
  return actual;
}

}  // namespace

std::optional<Result<PulledManifest>> ManifestService::remembered(const RegistryCaller& who, const RepoName& name,
                                                                  const Reference& reference) {
  if (!memory_.on()) return std::nullopt;
  if (std::holds_alternative<std::string>(reference) && db::time_away(db_) < kTagSilence) return std::nullopt;
  const auto known = memory_.manifest(name, text_of(reference), now_ms());
  // To a stranger what is hidden looks like what is not known.
  if (!known || pull_refusal(who, name, known->row.repository_id, known->row.is_public)) {
    if (!who) return registry_refusal();
    return std::nullopt;
  }
  auto content = cache_.find(*known->row.manifest_id, *known->row.digest);
  if (!content) return std::nullopt;
  return PulledManifest{.namespace_id = known->row.namespace_id,
                        .repository_id = known->row.repository_id,
                        .manifest_id = *known->row.manifest_id,
                        .digest = *known->row.digest,
                        .media_type = *known->row.media_type,
                        .content = std::move(content),
                        .as_of_ms = known->at_ms};
}

awaitable<Result<PulledManifest>> ManifestService::pull(RegistryCaller who, RepoName name, Reference reference) {
  auto find = [&](db::Tx& tx) -> Result<PulledManifest> {
    const auto now = now_ms();
    const auto* tag = std::get_if<std::string>(&reference);
    const auto row = tag ? store::find_manifest_by_tag(tx, name, *tag, now)
                         : store::find_manifest_by_digest(tx, name, std::get<Digest>(reference), now);
    memory_.keep(name, text_of(reference), row, now);
    const auto id = row ? std::optional(row->repository_id) : std::nullopt;
    if (auto refused = pull_refusal(who, name, id, row && row->is_public)) return *refused;
    if (!row->manifest_id || !row->alive.value_or(false)) {
      const auto asked = tag ? *tag : std::get<Digest>(reference).text();
      if (tag && store::was_tag(tx, row->repository_id, *tag, now)) {
        return Error{Errc::tag_expired,
                     "Tag " + asked + " was deleted or has expired. To pull, revive via time machine",
                     {},
                     asked};
      }
      return Error{Errc::manifest_unknown, "manifest unknown", {}, asked};
    }
    PulledManifest pulled{.namespace_id = row->namespace_id,
                          .repository_id = row->repository_id,
                          .manifest_id = *row->manifest_id,
                          .digest = *row->digest,
                          .media_type = *row->media_type,
                          .content = cache_.find(*row->manifest_id, *row->digest)};
    if (!pulled.content) {
      auto content = store::manifest_content(tx, *row->manifest_id);
      if (!content) return Error{Errc::manifest_unknown, "manifest unknown", {}, *row->digest};
      pulled.content = std::make_shared<const std::string>(std::move(*content));
      cache_.add(*row->manifest_id, *row->digest, pulled.content);
      if (memory_.on()) {
        memory_.keep_blobs(name, *row->manifest_id, store::blobs_of_manifest(tx, *row->manifest_id), now);
      }
    }
    return pulled;
  };
  auto known = [&] { return remembered(who, name, reference); };
  co_return co_await look_up_or_remember(db_, std::move(find), std::move(known));
}

awaitable<Result<PushedManifest>> ManifestService::push(RegistryCaller who, Origin origin, RepoName name,
                                                        Reference reference, std::string content_type,
                                                        std::string content) {
  if (!is_granted(who, name, true)) co_return registry_refusal();
  if (const auto* tag = std::get_if<std::string>(&reference); tag && !is_tag_name(*tag)) {
    co_return Error{Errc::tag_invalid, "The tag's name is invalid", {}, *tag};
  }
  auto digest = digest_of(reference, content);
  if (!digest) co_return digest.error();
  auto parsed = parse_manifest(content_type, content);
  if (!parsed) co_return parsed.error();
  const auto& document = *parsed;

  store::NewManifest manifest{.digest = *digest, .media_type = document.media_type, .content = std::move(content)};
  manifest.is_list = document.is_list;
  if (document.config) manifest.config_media_type = document.config->media_type;
  manifest.artifact_type = document.artifact_type;
  if (document.subject) manifest.subject_digest = document.subject->digest.text();
  manifest.annotations = json::to_text(document.annotations);
  const auto config = co_await read_config(document.config, kMostConfigBytes);
  // What it says decides when a tag ends: a manifest is not taken without it because the store is away.
  if (!config) co_return config.error();
  const auto labels = imported_labels(document.annotations, *config);
  manifest.platform = platform_of_image(*config);

  auto write = [&](db::Tx& tx) -> Result<std::int64_t> {
    auto repository = find_for_push(tx, settings_, who, name);
    if (!repository) return repository.error();
    auto done = write_push(tx, *repository, document, manifest, labels, reference, settings_, now_ms());
    if (!done) return done.error();
    json::Object metadata{{"mediaType", document.media_type}};
    if (const auto* tag = std::get_if<std::string>(&reference)) {
      metadata["tag"] = *tag;
      const auto performer = who ? std::string_view(who->who.name) : std::string_view();
      queue_repository_event(tx, repository->id, "repo_push", {{"updated_tags", json::Array{json::Value(*tag)}}},
                             performer, now_ms());
    } else {
      metadata["manifest_digest"] = digest->text();
    }
    const LogPlace place{repository->namespace_id, repository->id};
    audit_registry(tx, who, origin, "push_repo", place, name, std::move(metadata));
    if (done->by_policy) {
      audit_registry(tx, who, origin, "tag_made_immutable_by_policy", place, name,
                     {{"tag", std::get<std::string>(reference)}, {"immutable", true}});
    }
    return repository->id;
  };
  auto written = co_await write_again(db_, std::move(write));
  if (!written) co_return written.error();
  pushed_bytes_.fetch_add(static_cast<std::uint64_t>(document.layers_size_bytes()), std::memory_order_relaxed);
  co_return PushedManifest{*written, *digest, manifest.subject_digest};
}

awaitable<Result<bool>> ManifestService::remove(RegistryCaller who, Origin origin, RepoName name, Reference reference) {
  // A digest may have any number of tags: so many at a time, that no push waits for all of them.
  bool first = true;
  auto write = [&](db::Tx& tx) -> Result<bool> {
    auto repository = find_for_push(tx, settings_, who, name);
    if (!repository) return repository.error();
    const auto now = now_ms();
    std::vector<store::TagOfManifest> tags;
    std::int64_t manifest_id = 0;
    std::string digest_text;
    if (const auto* tag = std::get_if<std::string>(&reference)) {
      store::lock_tag(tx, repository->id, *tag);
      const auto live = store::find_tag(tx, repository->id, *tag, now);
      if (!live) return Error{Errc::manifest_unknown, "manifest unknown", {}, *tag};
      manifest_id = live->manifest_id;
      tags.push_back({*tag, false, live->immutable});
      digest_text = live->digest;
    } else {
      const auto& digest = std::get<Digest>(reference);
      digest_text = digest.text();
      const auto manifest = store::find_manifest(tx, repository->id, digest);
      if (manifest) manifest_id = manifest->id;
      if (manifest) tags = store::tags_of_manifest(tx, repository->id, manifest->id, kTagsAPiece, now);
      const auto immutable = manifest && first ? store::immutable_tag_of_manifest(tx, manifest->id, now) : std::nullopt;
      if (immutable) return immutable_refusal(*immutable);
      const bool lingers = manifest && store::forget_moves(tx, manifest->id, now);
      if (tags.empty() && !first) return false;
      if (tags.empty() && !lingers) return Error{Errc::manifest_unknown, "manifest unknown", {}, digest.text()};
    }
    for (const auto& tag : tags) {
      if (tag.immutable) return immutable_refusal(tag.name);
    }
    // A tag that a push has moved to another manifest meanwhile is that push's.
    std::vector<std::string> ended;
    for (const auto& tag : tags) {
      if (store::end_tag(tx, repository->id, tag.name, now, manifest_id) && !tag.hidden) ended.push_back(tag.name);
    }
    if (!ended.empty()) {
      for (auto& tag : store::end_signatures(tx, repository->id, manifest_id, digest_text, now)) {
        ended.push_back(std::move(tag));
      }
    }
    const LogPlace place{repository->namespace_id, repository->id};
    for (const auto& tag : ended) {
      audit_registry(tx, who, origin, "delete_tag", place, name, {{"tag", tag}, {"digest", digest_text}});
    }
    if (ended.empty() && first) audit_registry(tx, who, origin, "delete_tag", place, name, {{"digest", digest_text}});
    return std::ssize(tags) == kTagsAPiece;
  };
  for (bool more = true; more; first = false) {
    auto piece = write;
    const auto ended = co_await db_.write(std::move(piece));
    if (!ended) co_return ended.error();
    more = *ended;
  }
  co_return true;
}

awaitable<Result<ReferrersPage>> ManifestService::referrers(RegistryCaller who, RepoName name, Digest subject,
                                                            std::string artifact_type, std::int64_t after_id) {
  auto read = [&](db::Tx& tx) -> Result<ReferrersPage> {
    ReferrersPage page;
    auto repository = find_for_pull(tx, who, name);
    // Nothing can refer to what was never pushed, which is an answer and not an error.
    if (!repository && repository.error().code == Errc::repo_unknown) return page;
    if (!repository) return repository.error();
    const auto now = now_ms();
    store::ReferrerFilter filter{repository->id, subject.text(), artifact_type, after_id};
    filter.limit = kReferrersAPage;
    filter.limit_bytes = kReferrersAPageBytes;
    auto found = store::list_referrers(tx, filter, now);
    if (found.more) page.next_after = found.referrers.back().id;
    page.referrers = std::move(found.referrers);
    if (after_id == 0) add_tag_scheme(tx, repository->id, subject, artifact_type, page.referrers, now);
    return page;
  };
  co_return co_await db_.read(std::move(read));
}

awaitable<Result<std::vector<std::string>>> ManifestService::tags(RegistryCaller who, RepoName name, std::string last,
                                                                  int limit) {
  auto read = [&](db::Tx& tx) -> Result<std::vector<std::string>> {
    auto repository = find_for_pull(tx, who, name);
    if (!repository) return repository.error();
    if (limit <= 0) return std::vector<std::string>();
    return store::list_tag_names(tx, repository->id, last, limit + 1, now_ms());
  };
  co_return co_await db_.read(std::move(read));
}

awaitable<Result<std::vector<std::string>>> ManifestService::catalog(RegistryCaller who, std::string last, int limit) {
  store::RepositoryFilter filter;
  filter.oldest_first = false;
  const auto slash = last.find('/');
  filter.after_ns = last.substr(0, slash);
  if (slash != std::string::npos) filter.after_name = last.substr(slash + 1);
  filter.with_public = settings_.features.public_catalog;
  filter.limit = limit;
  std::int64_t account = 0;
  if (who && who->who.has(auth::ScopeSet::repo_read)) {
    account = who->who.account_id;
    const bool super = who->who.superuser && who->who.has(auth::ScopeSet::super_user);
    filter.everything = super || auth::sees_everything(who->who);
  }
  auto read = [&](db::Tx& tx) -> Result<std::vector<std::string>> {
    std::vector<std::string> names;
    if (account == 0 && !filter.with_public) return names;
    for (const auto& row : store::list_repositories(tx, account, filter, now_ms())) {
      names.push_back(row.ns + '/' + row.name);
    }
    return names;
  };
  co_return co_await db_.read(std::move(read));
}

}  // namespace wharf::service
