#include "inventory/apk.h"

#include "inventory/path.h"
#include "inventory/text.h"

namespace wharf::inventory {
namespace {

struct Record {
  std::string_view name, version, arch, origin;
};

void add(const Record& record, std::string_view path, Finds& finds) {
  finds.add({.kind = Kind::apk,
             .name = std::string(record.name),
             .version = std::string(record.version),
             .source_name = std::string(record.origin.empty() ? record.name : record.origin),
             .source_version = std::string(record.version),
             .arch = std::string(record.arch),
             .location = std::string(path)});
}

}  // namespace

bool is_apk_database(std::string_view path) {
  return path == "lib/apk/db/installed" || path == "usr/lib/apk/db/installed";
}

Result<void> read_apk_database(std::string_view text, std::string_view path, Finds& finds) {
  Record record;
  std::string_view folder;
  Lines lines(text);
  while (auto line = lines.next()) {
    if (trimmed(*line).empty()) {
      add(record, path, finds);
      record = {};
      folder = {};
      continue;
    }
    if (line->size() < 2 || (*line)[1] != ':') continue;
    const std::string_view value = trimmed(line->substr(2));
    switch (line->front()) {
      case 'P':
        record.name = value;
        break;
      case 'V':
        record.version = value;
        break;
      case 'A':
        record.arch = value;
        break;
      case 'o':
        record.origin = value;
        break;
      case 'F':
        folder = value;
        break;
      case 'R':
        if (value.size() + folder.size() < kLongestText)
          finds.own(std::string(folder) + '/' + std::string(value), record.name);
        break;
      default:
        break;
    }
  }
  add(record, path, finds);
  return {};
}

}  // namespace wharf::inventory
