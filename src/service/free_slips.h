#pragma once
#include <string_view>

namespace wharf::service {

/// How often a name that nobody has may fail before it must wait. Names are no secret (anybody may ask for a user by
/// name), so that there is room for a slip where no account's row counts; Quay never lets such names wait. An e-mail
/// address is one, and waits as that of a user does.
inline int free_slips(std::string_view name) { return name.find('@') == std::string_view::npos ? 4 : 0; }

}  // namespace wharf::service
