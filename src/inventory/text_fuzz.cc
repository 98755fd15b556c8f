#include "inventory/apk.h"
#include "inventory/distribution.h"
#include "inventory/dpkg.h"
#include "inventory/fuzzing.h"
#include "inventory/gem.h"
#include "inventory/lists.h"
#include "inventory/npm.h"
#include "inventory/python.h"
#include "inventory/rpm.h"

/// The files of text that a layer may have: the first byte says whose reader gets the rest.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace wharf::inventory;
  using Reader = wharf::Result<void> (*)(std::string_view, std::string_view, Finds&);
  constexpr Reader kReaders[] = {read_content_manifest, read_dpkg_status,     read_dpkg_list,   read_apk_database,
                                 read_rpm_manifest,     read_python_metadata, read_npm_package, read_npm_lock,
                                 read_gemspec,          read_composer_list,   read_dotnet_list, read_cargo_lock};
  constexpr std::string_view kReleases[] = {"etc/os-release",     "etc/alpine-release", "etc/lsb-release",
                                            "etc/oracle-release", "etc/photon-release", "etc/SuSE-release",
                                            "etc/issue",          "etc/debian_version", "etc/redhat-release"};
  if (size == 0) return 0;
  const auto text = fuzz_text(data + 1, size - 1);
  Finds finds;
  const std::size_t choice = data[0] % (std::size(kReaders) + std::size(kReleases));
  if (choice < std::size(kReaders)) {
    (void)kReaders[choice](text, "a/path", finds);
    for (const auto& it : finds.packages()) must_be_sound(it);
  } else {
    const auto path = kReleases[choice - std::size(kReaders)];
    must_be_sound(find_distribution({{std::string(path), std::string(text)}}));
    must_be_sound(find_distribution({{"etc/os-release", "ID=alpine"}, {"etc/apk/repositories", std::string(text)}}));
  }
  return 0;
}
