#pragma once
#include <boost/json/value.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/config.h"

/// The table of keys: parsing, masking, the reference and the warnings all read it.
namespace wharf::app::detail {

/// Where one value stands.
struct Where {
  std::string source;            ///< "config.yaml", "WHARF_LISTEN", "--listen": for messages.
  std::filesystem::path folder;  ///< Relative paths start here.
};

/// What is wrong with a value, after "expected": nothing if it was taken.
using Complaint = std::optional<std::string>;

struct Key {
  std::string_view name;
  std::string_view area;
  std::string_view form;  ///< "true or false", "HOST:PORT": for the reference.
  std::string_view meaning;
  bool secret;
  std::function<Complaint(Config& config, const boost::json::value& value, const Where& where)> set;
  std::function<boost::json::value(const Config& config)> get;
};

/// The keys that Wharf acts on, by area.
std::span<const Key> keys();
const Key* find_key(std::string_view name);

/// The keys that Quay has and Wharf does not act on (yet), sorted. `FEATURE_` ones are in it too.
std::span<const std::string_view> quay_keys();
/// Whether Quay knows `name`: one of quay_keys() or `<NAME>_LOGIN_CONFIG`.
bool is_quay_key(std::string_view name);

/// The known name that is fewest edits away, if it is near enough to be meant; empty otherwise.
std::string_view nearest_key(std::string_view name);

/// `value` as people write it: text bare, the rest as JSON. For a secret only whether there is one.
std::string shown(const boost::json::value& value, bool secret);

/// The password of a URI replaced by ***.
std::string without_password(std::string_view uri);

}  // namespace wharf::app::detail
