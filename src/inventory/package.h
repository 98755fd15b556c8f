#pragma once
#include <boost/describe.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What is installed in an image, as the databases and files of its layers tell it.
namespace wharf::inventory {

/// Whose package it is: the form of its database, and the rules for its names and versions.
BOOST_DEFINE_ENUM_CLASS(Kind, dpkg, apk, rpm, pypi, npm, go, gem, maven, cargo, composer, nuget)

/// Whether a distribution's package manager keeps it, in one database for many; others lie in a file each.
constexpr bool of_distribution(Kind kind) { return kind == Kind::dpkg || kind == Kind::apk || kind == Kind::rpm; }

/// One package that is installed. Every text is valid UTF-8 and at most `kLongestText` bytes.
struct Package {
  Kind kind = Kind::dpkg;
  std::string name{};            ///< As its database writes it; Maven: "group:artifact"; Go: the module's path.
  std::string version{};         ///< Whole, as its kind compares it: "1:2.3-4+b1", rpm "[epoch:]version-release".
  std::string source_name{};     ///< dpkg, apk (origin), rpm: what it was built from; never empty for these.
  std::string source_version{};  ///< dpkg, apk: its version. rpm: version-release without the epoch, or empty.
  std::string arch{};            ///< As its database writes it; empty where it has none.
  std::string module{};          ///< rpm: the label of its module, "name:stream:version:context:arch".
  std::string vendor{};          ///< rpm: who built it, "Red Hat, Inc.".
  std::string location{};        ///< Path of its database or file, without a slash in front: "var/lib/dpkg/status".
  friend bool operator==(const Package&, const Package&) = default;
};
BOOST_DESCRIBE_STRUCT(Package, (), (kind, name, version, source_name, source_version, arch, module, vendor, location))

/// The distribution that a layer is of, from os-release or what stands in its place. All empty: none is known.
struct Distribution {
  std::string id{};           ///< "debian", "ubuntu", "alpine", "rhel", "centos", "ol", "amzn", …; lower case.
  std::string version_id{};   ///< "12", "22.04", "3.18.4"; empty for rolling and unreleased ones.
  std::string codename{};     ///< "bookworm"; empty where there is none.
  std::string name{};         ///< "Debian GNU/Linux".
  std::string pretty_name{};  ///< "Debian GNU/Linux 12 (bookworm)".
  std::string id_like{};      ///< "rhel fedora", nearest first.
  std::string cpe{};          ///< "cpe:/o:redhat:enterprise_linux:9::baseos"
  std::vector<std::string> content_sets{};  ///< Red Hat: the repositories its packages came from, as images tell it.
  friend bool operator==(const Distribution&, const Distribution&) = default;
};
BOOST_DESCRIBE_STRUCT(Distribution, (), (id, version_id, codename, name, pretty_name, id_like, cpe, content_sets))

inline constexpr std::size_t kLongestText = 1024;

/// A short stand-in for a package of a language and where it lies.
std::uint64_t package_hash(const Package& package);

/// A package's name in the one form that its kind takes for equal: PyPI's, Composer's and NuGet's differ in case
/// and, for PyPI, in `-`, `_` and `.`; the others' are what they are.
std::string normal_name(Kind kind, std::string_view name);

}  // namespace wharf::inventory
