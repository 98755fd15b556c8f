#pragma once
#include <string>
#include <string_view>

namespace wharf::inventory {

/// The group of a jar that does not name its own: most of what is not built with Maven (Spring, Tomcat, Kotlin,
/// Elasticsearch …) carries no pom.properties. By the path in a local repository of Maven or Gradle, else by the
/// names under which such projects publish; empty where neither tells.
std::string group_of_artifact(std::string_view artifact, std::string_view version, std::string_view path);

}  // namespace wharf::inventory
