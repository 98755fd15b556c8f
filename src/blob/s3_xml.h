#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace wharf::blob {

/// S3's replies are flat: what is wanted of them is the text of an element, and the elements of a list.

/// The text of the first element `name` in `xml`, with the five entities and numeric references read; "" without one.
std::string xml_text(std::string_view xml, std::string_view name);
/// What stands inside each element `name`, in order. Elements of the same name do not nest.
std::vector<std::string_view> xml_elements(std::string_view xml, std::string_view name);
/// Whether the whole of `xml` is an S3 error.
bool s3_is_error(std::string_view xml);
/// `text` for between two tags.
std::string xml_escape(std::string_view text);

}  // namespace wharf::blob
