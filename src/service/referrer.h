#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "store/manifest.h"

namespace wharf::service {

/// What a manifest that refers to another is about it.
enum class ReferrerKind { signature, attestation, sbom, other };
BOOST_DESCRIBE_ENUM(ReferrerKind, signature, attestation, sbom, other)

/// How it refers: by the subject that it names, or by a tag made of the other's digest, as clients did before.
enum class ReferrerForm { referrer, tag };
BOOST_DESCRIBE_ENUM(ReferrerForm, referrer, tag)

struct ReferrerView {
  store::Referrer manifest;
  ReferrerKind kind = ReferrerKind::other;
  ReferrerForm form = ReferrerForm::referrer;
  std::string tag;  ///< Only of those by tag.
};

/// By artifact type and annotations. Source: cosign, notation, Sigstore bundle, in-toto, SPDX, CycloneDX, Syft.
ReferrerKind referrer_kind(const store::Referrer& manifest);

/// What an index in the tag scheme of older clients ("<algorithm>-<hex>") adds to the referrers of `subject`; those of
/// `artifact_type` alone unless it is "". Those that are among `referrers` already are left out.
void add_tag_scheme(db::Tx& tx, std::int64_t repository_id, const Digest& subject, const std::string& artifact_type,
                    std::vector<store::Referrer>& referrers, Millis now);

/// What the tags "sha256-<hex>.sig", ".att" and ".sbom" of a digest point to. Source: cosign, "Tag-based discovery".
std::vector<ReferrerView> cosign_tags(db::Tx& tx, std::int64_t repository_id, const Digest& subject, Millis now);

}  // namespace wharf::service
