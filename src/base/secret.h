#pragma once
#include <string_view>

namespace wharf {

/// Whether two secrets (tokens, codes, hashes of them) are the same, in a time that does not depend on where they
/// differ. The only way in which they are compared.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace wharf
