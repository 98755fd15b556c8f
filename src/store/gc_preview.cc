#include "store/gc_preview.h"

#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "store/access.h"
#include "store/gc_rows.h"
#include "store/gc_tag_due.h"

namespace wharf::store {
namespace {

constexpr int kPage = 500;

struct ManifestRow {
  std::int64_t repository_id = 0;
  std::string digest;
  std::optional<std::string> subject_digest;
};
BOOST_DESCRIBE_STRUCT(ManifestRow, (), (repository_id, digest, subject_digest))

using Ids = std::unordered_set<std::int64_t>;

class Preview {
 public:
  Preview(db::Tx& tx, TagRules rules, Millis now) : tx_(tx), rules_(rules), now_(now) {}

  Freed run() {
    count_what_was_deleted();
    count_due_tags();
    for (auto at = std::int64_t{0};;) {
      const auto found = find_unheld_manifests(tx_, at, kPage);
      waiting_.insert(waiting_.end(), found.ids.begin(), found.ids.end());
      if (at = found.next; at == 0) break;
    }
    each("preview.queued_manifests", "SELECT manifest_id FROM orphan_manifest", waiting_);
    release_those_about_dead_subjects();
    follow_manifests();
    count_blobs();
    return freed_;
  }

 private:
  /// Adds what the query finds.
  template <class Into, class... P>
  void each(const char* name, const char* sql, Into& into, const P&... parameters) {
    const db::Query query{name, sql};
    const auto ids = tx_.all<std::int64_t>(query, parameters...);
    for (const auto id : ids) into.insert(into.end(), id);
  }

  void count_what_was_deleted() {
    static const db::Query kNamespaces{"preview.namespaces",
                                       "SELECT count(*) FROM account WHERE deleted_ms IS NOT NULL"};
    static const db::Query kTags{"preview.tags_of", "SELECT count(*) FROM tag WHERE repository_id = $1"};
    std::vector<std::int64_t> repositories;
    each("preview.repositories", "SELECT id FROM repository WHERE deleted_ms IS NOT NULL", repositories);
    each("preview.repositories_of_namespaces", R"(
      SELECT r.id FROM account n JOIN repository r ON r.namespace_id = n.id
       WHERE n.deleted_ms IS NOT NULL AND r.deleted_ms IS NULL)",
         repositories);
    freed_.namespaces = tx_.get<std::int64_t>(kNamespaces);
    freed_.repositories = std::ssize(repositories);
    for (const auto id : repositories) {
      dead_repositories_.insert(id);
      freed_.tags += tx_.get<std::int64_t>(kTags, id);
      each("preview.manifests_of", "SELECT id FROM manifest WHERE repository_id = $1", dying_, id);
      each("preview.links_of", "SELECT blob_id FROM repository_blob WHERE repository_id = $1", blobs_, id);
      each("preview.blobs_of", "SELECT DISTINCT blob_id FROM manifest_blob WHERE repository_id = $1", blobs_, id);
    }
  }

  void count_due_tags() {
    static const db::Query kDue{"preview.due_tags", R"(
      SELECT t.manifest_id FROM tag t JOIN repository r ON r.id = t.repository_id JOIN account n ON n.id = r.namespace_id
       WHERE t.repository_id = $1 AND )" WHARF_TAG_DUE("$2", "n.tag_expiration_s", "$3")};
    for (std::int64_t at = 0;;) {
      const auto found = find_repositories_with_due_tags(tx_, at, kPage, rules_, now_);
      for (const auto repository : found.ids) {
        if (dead_repositories_.contains(repository)) continue;
        for (const auto manifest : tx_.all<std::int64_t>(kDue, repository, now_, rules_.immutable_tags_can_expire)) {
          ++freed_.tags;
          waiting_.push_back(manifest);
        }
      }
      if (at = found.next; at == 0) break;
    }
  }

  void release_those_about_dead_subjects() {
    static const db::Query kSubjects{"preview.dead_subjects", R"(
      SELECT d.repository_id, d.digest FROM dead_subject d
       WHERE NOT EXISTS (SELECT 1 FROM manifest s WHERE s.repository_id = d.repository_id AND s.digest = d.digest))"};
    for (const auto& [repository, digest] : tx_.all<std::tuple<std::int64_t, std::string>>(kSubjects)) {
      release_those_about(repository, digest);
    }
  }

  /// The subject goes, and with it what held those that are about it.
  void release_those_about(std::int64_t repository_id, const std::string& digest) {
    static const db::Query kHolds{"preview.referrer_holds", R"(
      SELECT m.id, )" WHARF_TAG_DUE("$3", "n.tag_expiration_s", "$4") R"(
        FROM manifest m JOIN tag t ON t.manifest_id = m.id AND t.hidden JOIN repository r ON r.id = m.repository_id
        JOIN account n ON n.id = r.namespace_id
       WHERE m.repository_id = $1 AND m.subject_digest = $2)"};
    if (dead_repositories_.contains(repository_id)) return;
    dead_subjects_.emplace(repository_id, digest);
    for (const auto& [manifest, due] : tx_.all<std::tuple<std::int64_t, bool>>(kHolds, repository_id, digest, now_,
                                                                               rules_.immutable_tags_can_expire)) {
      if (!due) ++freed_.tags;  // the others were counted
      waiting_.push_back(manifest);
    }
  }

  void follow_manifests() {
    static const db::Query kRow{"preview.manifest",
                                "SELECT repository_id, digest, subject_digest FROM manifest WHERE id = $1"};
    while (!waiting_.empty()) {
      const auto id = waiting_.back();
      waiting_.pop_back();
      if (dying_.contains(id)) continue;
      const auto row = tx_.one<ManifestRow>(kRow, id);
      if (!row || has_tag(id, *row) || has_parent(id)) continue;
      dying_.insert(id);
      each("preview.children", "SELECT child_id FROM manifest_child WHERE manifest_id = $1 AND child_id IS NOT NULL",
           waiting_, id);
      std::vector<std::int64_t> blobs;
      each("preview.blobs", "SELECT blob_id FROM manifest_blob WHERE manifest_id = $1", blobs, id);
      blobs_.insert(blobs.begin(), blobs.end());
      if (is_pushed_to(row->repository_id)) kept_.insert(blobs.begin(), blobs.end());
      release_those_about(row->repository_id, row->digest);
    }
    freed_.manifests = std::ssize(dying_);
  }

  bool has_tag(std::int64_t manifest_id, const ManifestRow& row) {
    static const db::Query kTag{"preview.lasting_tag", R"(
      SELECT 1 FROM tag t JOIN repository r ON r.id = t.repository_id JOIN account n ON n.id = r.namespace_id
       WHERE t.manifest_id = $1 AND NOT ($2 AND t.hidden)
         AND NOT (n.enabled AND )" WHARF_TAG_DUE("$3", "n.tag_expiration_s", "$4") ") LIMIT 1"};
    const bool released =
        row.subject_digest && dead_subjects_.contains(std::pair(row.repository_id, *row.subject_digest));
    return tx_.one<std::int64_t>(kTag, manifest_id, released, now_, rules_.immutable_tags_can_expire).has_value();
  }

  bool has_parent(std::int64_t manifest_id) {
    static const db::Query kParents{"preview.parents", "SELECT manifest_id FROM manifest_child WHERE child_id = $1"};
    return has_other(kParents, manifest_id);
  }

  /// Whether `query` of `id` finds a manifest that stays.
  bool has_other(const db::Query& query, std::int64_t id) {
    const std::array values{db::to_value(id)};
    bool other = false;
    tx_.visit(query, values, [&](db::RowReader& row) {
      other = !dying_.contains(row.integer(0));
      return !other;
    });
    return other;
  }

  bool is_pushed_to(std::int64_t repository_id) {
    static const db::Query kPushed{"preview.pushed_to", R"(
      SELECT 1 WHERE EXISTS (SELECT 1 FROM upload WHERE repository_id = $1)
                  OR EXISTS (SELECT 1 FROM repository_blob WHERE repository_id = $1 AND expires_ms > $2))"};
    const auto [at, is_new] = pushed_to_.try_emplace(repository_id, false);
    if (is_new) at->second = tx_.one<std::int64_t>(kPushed, repository_id, now_).has_value();
    return at->second;
  }

  void count_blobs() {
    static const db::Query kSize{"preview.blob_size", "SELECT size_bytes FROM blob WHERE id = $1"};
    static const db::Query kManifests{"preview.manifests_with",
                                      "SELECT manifest_id FROM manifest_blob WHERE blob_id = $1"};
    static const db::Query kLeft{"preview.left_removals", R"(
      SELECT count(*), COALESCE(sum(size_bytes), 0) FROM blob_removal WHERE removed_ms IS NULL AND lease_ms <= $1)"};
    each("preview.queued_blobs", "SELECT blob_id FROM orphan_blob", blobs_);
    each("preview.expired_links", "SELECT blob_id FROM repository_blob WHERE expires_ms <= $1", blobs_, now_);
    for (std::int64_t at = 0;;) {
      const auto found = find_unheld_blobs(tx_, at, kPage);
      blobs_.insert(found.ids.begin(), found.ids.end());
      if (at = found.next; at == 0) break;
    }
    for (const auto id : blobs_) {
      if (kept_.contains(id) || has_link(id) || has_other(kManifests, id)) continue;
      ++freed_.blobs;
      freed_.bytes += tx_.get<std::int64_t>(kSize, id);
    }
    const auto [count, bytes] = tx_.get<std::tuple<std::int64_t, std::int64_t>>(kLeft, now_);
    freed_.blobs += count;
    freed_.bytes += bytes;
  }

  bool has_link(std::int64_t blob_id) {
    static const db::Query kLinks{"preview.links",
                                  "SELECT repository_id FROM repository_blob WHERE blob_id = $1 AND expires_ms > $2"};
    for (const auto repository : tx_.all<std::int64_t>(kLinks, blob_id, now_)) {
      if (!dead_repositories_.contains(repository)) return true;
    }
    return false;
  }

  db::Tx& tx_;
  const TagRules rules_;
  const Millis now_;
  Freed freed_;
  Ids dead_repositories_;
  Ids dying_;                          ///< Manifests that go.
  Ids kept_;                           ///< Blobs of theirs that stay for those who push just now.
  std::vector<std::int64_t> waiting_;  ///< Manifests to look at.
  Ids blobs_;                          ///< Blobs to look at.
  std::set<std::pair<std::int64_t, std::string>> dead_subjects_;
  std::unordered_map<std::int64_t, bool> pushed_to_;
};

}  // namespace

Freed preview_collection(db::Tx& tx, TagRules rules, Millis now) { return Preview(tx, rules, now).run(); }

}  // namespace wharf::store
