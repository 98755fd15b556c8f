#include <fmt/format.h>

#include "app/config_keys.h"

namespace wharf::app {
namespace {

constexpr std::string_view kIntroduction = R"(# Configuration

Wharf reads `config.yaml` with the key names of Red Hat Quay. A value is taken from, the first that has it:

1. the command line: `--listen`, `--data`;
2. the environment: `WHARF_` and the key (`WHARF_LISTEN`); lists as JSON or with commas, maps as
   JSON; an empty variable counts as not given;
3. `QUAY_OVERRIDE_CONFIG` in the environment: a JSON object of keys;
4. the file of `--config` or `WHARF_CONFIG`, else `config.yaml` in the data folder;
5. the default.

Relative paths in the file start at the file's folder, others at the working directory. A wrong value stops the start
with the reason. A key that Quay knows and Wharf does not act on is named in a warning, and so is an unknown one.

## The first user without a browser

Read from the environment alone, at a start on a database without users; with users they have no effect. One user is
made, however many nodes start at once. Where SUPER_USERS names nobody it is a superuser. Neither password nor token is
ever logged; the token is kept as a hash.

| variable | meaning |
|---|---|
| `WHARF_INIT_USER` | The user's name. Without it the others have no effect. |
| `WHARF_INIT_PASSWORD` or `WHARF_INIT_PASSWORD_FILE` | The password, or a file whose first line is it. |
| `WHARF_INIT_EMAIL` | The e-mail address. Not given: none. |
| `WHARF_INIT_TOKEN` or `WHARF_INIT_TOKEN_FILE` | An API token of every scope: 40 letters and digits. Not given: none. |
| `WHARF_INIT_TOKEN_EXPIRES` | How long it is good, such as 90d. Not given: 1y. |
)";

/// `text` in a table's cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result.push_back('\\');
    result.push_back(c);
  }
  return result;
}

}  // namespace

std::string config_reference_markdown() {
  std::string page(kIntroduction);
  const Config defaults;
  std::string_view area;
  for (const auto& key : detail::keys()) {
    if (key.area != area) {
      area = key.area;
      page += fmt::format("\n## {}\n\n| key | value | default | meaning |\n|---|---|---|---|\n", area);
    }
    const auto value = detail::shown(key.get(defaults), key.secret);
    page += fmt::format("| `{}` | {} | {} | {} |\n", key.name, cell(key.form),
                        value.empty() ? "" : '`' + cell(value) + '`', cell(key.meaning));
  }
  page += "\n## Keys of Quay without effect here\n\n";
  std::string line;
  for (const auto name : detail::quay_keys()) {
    if (line.size() + name.size() + 4 > 118) {
      page += line + '\n';
      line.clear();
    }
    line += fmt::format("{}`{}`", line.empty() ? "" : " ", name);
  }
  page += line + "\n\nAnd every key that ends with `_LOGIN_CONFIG`.\n";
  return page;
}

}  // namespace wharf::app
