#include "service/referrer.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "auth/access.h"
#include "base/json.h"
#include "service/manifest.h"
#include "store/tag.h"

namespace wharf::service {
namespace {

constexpr std::string_view kList = "referrers";
constexpr int kReferrersAPage = 100;
constexpr std::size_t kMostByTag = 500;
constexpr std::int64_t kReferrersAPageBytes = 1024 * 1024;

struct Suffix {
  std::string_view text;
  ReferrerKind kind;
};
constexpr std::array kSuffixes = {Suffix{".sig", ReferrerKind::signature}, Suffix{".att", ReferrerKind::attestation},
                                  Suffix{".sbom", ReferrerKind::sbom}};

bool has(const std::string& text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

/// What a statement that is signed along is about; "" where there is none.
std::string predicate_of(const store::Referrer& manifest) {
  const auto parsed = json::parse(manifest.annotations);
  const auto* notes = parsed ? parsed->if_object() : nullptr;
  if (!notes) return {};
  for (const auto* key : {"dev.sigstore.bundle.predicateType", "in-toto.io/predicate-type", "predicateType"}) {
    const auto* value = notes->if_contains(key);
    if (value && value->is_string()) return std::string(value->get_string());
  }
  return {};
}

}  // namespace

ReferrerKind referrer_kind(const store::Referrer& manifest) {
  const auto type = manifest.artifact_type.value_or("");
  const auto predicate = predicate_of(manifest);
  if (has(type, {"spdx", "cyclonedx", "vnd.syft", "cosign.artifact.sbom"})) return ReferrerKind::sbom;
  if (has(predicate, {"spdx.dev", "cyclonedx.org"})) return ReferrerKind::sbom;
  if (has(type, {"vnd.in-toto", "vnd.dsse", "cosign.artifact.att"})) return ReferrerKind::attestation;
  // A bundle without a statement, or with that of "cosign sign", is a signature and nothing more.
  const bool bundle = has(type, {"vnd.dev.sigstore.bundle"});
  if (bundle && !predicate.empty() && !has(predicate, {"cosign/sign"})) return ReferrerKind::attestation;
  if (bundle || has(type, {"cosign.artifact.sig", "vnd.cncf.notary.signature", "cosign.simplesigning"})) {
    return ReferrerKind::signature;
  }
  return ReferrerKind::other;
}

void add_tag_scheme(db::Tx& tx, std::int64_t repository_id, const Digest& subject, const std::string& artifact_type,
                    std::vector<store::Referrer>& referrers, Millis now) {
  // Source: OCI distribution-spec 1.1, "Referrers Tag Schema": 64 characters of the digest, whatever its algorithm.
  const auto name = std::string(subject.algorithm()) + '-' + std::string(subject.hex().substr(0, 64));
  const auto tag = store::find_tag(tx, repository_id, name, now);
  if (!tag || !tag->is_list) return;
  const auto content = store::manifest_content(tx, tag->manifest_id);
  auto parsed = json::parse(content.value_or("null"));
  const auto* object_or_null = parsed ? parsed->if_object() : nullptr;
  const auto* manifests = object_or_null ? object_or_null->if_contains("manifests") : nullptr;
  if (!manifests || !manifests->is_array()) return;
  std::unordered_set<std::string> known;
  for (const auto& row : referrers) known.insert(row.digest);
  for (const auto& entry : manifests->get_array()) {
    const auto& object = entry.get_object();  // checked when it was pushed, as is its size
    const auto text = [&](std::string_view key) {
      const auto* value = object.if_contains(key);
      return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    store::Referrer row{0, text("mediaType"), text("digest"), object.at("size").get_int64(), {}, "{}"};
    if (auto type = text("artifactType"); !type.empty()) row.artifact_type = std::move(type);
    if (const auto* notes = object.if_contains("annotations"); notes && notes->is_object()) {
      row.annotations = json::to_text(*notes);
    }
    if (!artifact_type.empty() && row.artifact_type != artifact_type) continue;
    if (!known.insert(row.digest).second) continue;
    referrers.push_back(std::move(row));
  }
}

std::vector<ReferrerView> cosign_tags(db::Tx& tx, std::int64_t repository_id, const Digest& subject, Millis now) {
  const auto name = std::string(subject.algorithm()) + '-' + std::string(subject.hex());
  std::vector<ReferrerView> views;
  for (const auto& suffix : kSuffixes) {
    auto tag_name = name + std::string(suffix.text);
    const auto tag = store::find_tag(tx, repository_id, tag_name, now);
    auto manifest = tag ? store::find_referrer(tx, tag->manifest_id) : std::nullopt;
    if (manifest) views.push_back({std::move(*manifest), suffix.kind, ReferrerForm::tag, std::move(tag_name)});
  }
  return views;
}

awaitable<Result<ReferrerViewPage>> ManifestService::list_referrers(auth::Principal who, RepoName name,
                                                                    std::string digest, std::string page) {
  const auto now = now_ms();
  const auto after_id = pages_.read(kList, page, now);
  auto read = [&](db::Tx& tx) -> Result<ReferrerViewPage> {
    const auto access = auth::require(tx, who, name, auth::Action::read);
    if (!access) return access.error();
    const Error not_found{Errc::not_found, "Not Found"};
    const auto subject = Digest::parse(digest);
    if (!subject) return not_found;
    const auto repository_id = access->repository_id();
    if (!store::find_visible_manifest(tx, repository_id, *subject, now)) return not_found;
    store::ReferrerFilter filter{repository_id, subject->text(), "", after_id};
    filter.limit = kReferrersAPage;
    filter.limit_bytes = kReferrersAPageBytes;
    auto found = store::list_referrers(tx, filter, now);
    ReferrerViewPage result;
    if (found.more) result.next_page = pages_.make(kList, found.referrers.back().id, now);
    const auto by_subject = found.referrers.size();
    std::vector<ReferrerView> by_tag;
    if (after_id == 0) {
      add_tag_scheme(tx, repository_id, *subject, "", found.referrers, now);
      if (found.referrers.size() > by_subject + kMostByTag) found.referrers.resize(by_subject + kMostByTag);
      by_tag = cosign_tags(tx, repository_id, *subject, now);
    }
    const auto index_tag = std::string(subject->algorithm()) + '-' + std::string(subject->hex().substr(0, 64));
    for (auto& row : found.referrers) {
      ReferrerView view{.manifest = std::move(row)};
      view.kind = referrer_kind(view.manifest);
      if (result.referrers.size() >= by_subject) {
        view.form = ReferrerForm::tag;
        view.tag = index_tag;
      }
      result.referrers.push_back(std::move(view));
    }
    for (auto& view : by_tag) {
      const auto same = [&](const ReferrerView& other) { return other.manifest.digest == view.manifest.digest; };
      if (std::ranges::none_of(result.referrers, same)) result.referrers.push_back(std::move(view));
    }
    return result;
  };
  co_return co_await db_.read(std::move(read));
}

}  // namespace wharf::service
