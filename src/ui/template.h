#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

/// Pages that are made for one reader: the templates of `pages/`, filled.
namespace wharf::ui {

/// What stands in the place of each `{{MARK}}`: HTML.
using Marks = std::vector<std::pair<std::string_view, std::string>>;

/// The template with each `{{MARK}}` replaced by its HTML; what is put in is not looked at again.
std::string filled(std::string_view name, const Marks& marks);

/// The page, which nobody keeps. It loads styles and images from here and nothing else, but for what `policy` adds:
/// "form-action 'none'".
http::Response page(std::string html, const std::string& policy);

}  // namespace wharf::ui
