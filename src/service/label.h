#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/principal.h"
#include "base/names.h"
#include "service/tools.h"
#include "store/label.h"

namespace wharf::service {

struct NewLabel {
  std::string key;
  std::string value;
  std::optional<std::string> media_type;  ///< None: as the value looks.
};

/// Lower-case letters and digits, with single '-' and '.' between them; at most 255. For labels that the API adds.
bool is_label_key(std::string_view key);

/// Labels of manifests that a tag shows (itself, or an index above); others are not found. What the image brings along
/// is there from its push on and stays. Source: Quay, "manifest".
class LabelService {
 public:
  explicit LabelService(const Tools& tools) : tools_(tools) {}

  /// Those whose key starts with `filter`, in any case; oldest first.
  /// Errors: those of auth::require for reading, not_found.
  awaitable<Result<std::vector<store::Label>>> list(auth::Principal who, RepoName name, std::string digest,
                                                    std::string filter);
  /// Errors: those of auth::require for reading, not_found.
  awaitable<Result<store::Label>> get(auth::Principal who, RepoName name, std::string digest, std::string uuid);

  /// A key may be there already. `label` may be the body's error: it is told only to those who may.
  /// Errors: those of require_writable; invalid_request for a bad or reserved key, a value over 64 KiB, another media
  /// type, and when the manifest has 1000 labels or 1 Mi characters of them; not_found.
  awaitable<Result<store::Label>> add(auth::Principal who, RepoName name, std::string digest, Result<NewLabel> label);
  /// Errors: those of require_writable; not_found; invalid_request for a label that the API did not add.
  awaitable<Result<bool>> remove(auth::Principal who, RepoName name, std::string digest, std::string uuid);

 private:
  const Tools tools_;
};

}  // namespace wharf::service
