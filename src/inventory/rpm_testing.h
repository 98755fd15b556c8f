#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Headers of rpm packages for tests.
namespace wharf::inventory {

inline std::string big_endian(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = width - 1; i >= 0; --i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}
inline std::string little_endian(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

struct TestRpm {
  std::string name;
  std::string version = "1";
  std::string release = "1";
  std::optional<std::uint32_t> epoch{};
  std::string arch = "x86_64";
  std::string source_rpm{};
  std::string vendor{};
  std::string module{};
  std::vector<std::string> folders{};
  std::vector<std::pair<std::uint32_t, std::string>> files{};  ///< The number of its folder, and its name.
};

inline std::string test_rpm_header(const TestRpm& rpm) {
  std::string index, data;
  std::uint32_t entries = 0;
  const auto add = [&](std::uint32_t tag, std::uint32_t type, std::uint32_t count, const std::string& value) {
    while (type == 4 && data.size() % 4 != 0) data.push_back('\0');
    index += big_endian(tag, 4) + big_endian(type, 4) + big_endian(data.size(), 4) + big_endian(count, 4);
    data += value;
    ++entries;
  };
  const auto text = [&](std::uint32_t tag, const std::string& value) {
    if (!value.empty()) add(tag, 6, 1, value + '\0');
  };
  text(1000, rpm.name);
  text(1001, rpm.version);
  text(1002, rpm.release);
  if (rpm.epoch) add(1003, 4, 1, big_endian(*rpm.epoch, 4));
  text(1011, rpm.vendor);
  text(1022, rpm.arch);
  text(1044, rpm.source_rpm);
  text(5096, rpm.module);
  if (!rpm.files.empty()) {
    std::string folders, names, numbers;
    for (const auto& it : rpm.folders) folders += it + '\0';
    for (const auto& [folder, name] : rpm.files) {
      numbers += big_endian(folder, 4);
      names += name + '\0';
    }
    const auto count = static_cast<std::uint32_t>(rpm.files.size());
    add(1116, 4, count, numbers);
    add(1117, 8, count, names);
    add(1118, 8, static_cast<std::uint32_t>(rpm.folders.size()), folders);
  }
  return big_endian(entries, 4) + big_endian(data.size(), 4) + index + data;
}

}  // namespace wharf::inventory
