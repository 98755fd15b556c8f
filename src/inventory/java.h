#pragma once
#include <string_view>

#include "inventory/archive.h"
#include "inventory/finds.h"

/// Java's archives, with those that lie in them.
namespace wharf::inventory {

/// .jar, .war, .ear, .jpi, .hpi
bool is_jar(std::string_view path);

/// What an archive says it is: by META-INF/maven/…/pom.properties, of which one that was put together from others has
/// several; else by META-INF/MANIFEST.MF; else by its file name. An archive in it has the location "a.jar!/lib/b.jar".
/// Memory: a buffer for each level, of which there are at most six. Errors: invalid_request if it is no zip archive.
Result<void> read_jar(Source& content, std::string_view path, Budget& budget, Finds& finds);

/// The file of a layer that a location is in: "a.jar" of "a.jar!/lib/b.jar".
inline std::string_view file_of_location(std::string_view location) { return location.substr(0, location.find("!/")); }

/// Python's zipped eggs.
bool is_egg(std::string_view path);
Result<void> read_egg(Source& content, std::string_view path, Budget& budget, Finds& finds);

}  // namespace wharf::inventory
