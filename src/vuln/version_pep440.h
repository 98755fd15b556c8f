#pragma once
#include "vuln/version.h"

namespace wharf::vuln {

/// Python: `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]` in every spelling that PEP 440 normalises; what is none of
/// these is no version.
Order compare_pep440(std::string_view left, std::string_view right);

}  // namespace wharf::vuln
