#include "inventory/program.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "inventory/rpm_testing.h"

namespace wharf::inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kBase = 0x400000;

/// An ELF file with one writable segment that is the whole file, and a section.
std::string elf(const std::string& name, const std::string& content, bool big = false) {
  const auto number = [&](std::uint64_t value, int width) {
    return big ? big_endian(value, width) : little_endian(value, width);
  };
  const std::string names = std::string(1, '\0') + name + '\0';
  const std::uint64_t content_at = 128, names_at = content_at + content.size();
  const std::uint64_t sections_at = names_at + names.size();
  std::string file = std::string(
                         "\x7f"
                         "ELF\x02") +
                     (big ? '\2' : '\1') + '\1' + std::string(9, '\0');
  file += number(2, 2) + number(62, 2) + number(1, 4) + number(kBase, 8) + number(64, 8) + number(sections_at, 8) +
          number(0, 4) + number(64, 2) + number(56, 2) + number(1, 2) + number(64, 2) + number(3, 2) + number(2, 2);
  file += number(1, 4) + number(6, 4) + number(0, 8) + number(kBase, 8) + number(kBase, 8) + number(sections_at, 8) +
          number(sections_at, 8) + number(4096, 8);
  file.resize(content_at);
  file += content + names;
  const auto section = [&](std::uint64_t at_name, std::uint64_t type, std::uint64_t at, std::uint64_t size) {
    return number(at_name, 4) + number(type, 4) + number(0, 8) + number(0, 8) + number(at, 8) + number(size, 8) +
           number(0, 8) + number(1, 8) + number(0, 8);
  };
  return file + section(0, 0, 0, 0) + section(1, 1, content_at, content.size()) + section(0, 3, names_at, names.size());
}

/// "kind name version" of each package.
std::vector<std::string> told(const std::string& bytes) {
  Finds finds;
  MemorySource source(bytes);
  const auto done = read_program(source, "usr/bin/x", finds);
  std::vector<std::string> all;
  for (const auto& it : finds.packages()) {
    all.push_back(std::string(boost::describe::enum_to_string(it.kind, "?")) + ' ' + it.name + ' ' + it.version);
  }
  if (!done) all.push_back("error: " + done.error().message);
  return all;
}

const std::string kMark(16, '\x30');
const std::string kModules = kMark +
                             "path\tacme.com/tool\nmod\tacme.com/tool\t(devel)\t\n"
                             "dep\tgolang.org/x/text\tv0.3.5\th1:abc=\n"
                             "dep\tgithub.com/old/name\tv1.0.0\th1:def=\n=>\tgithub.com/new/name\tv1.1.0\th1:ghi=\n"
                             "build\t-compiler=gc\n" +
                             kMark;
std::string with_length(const std::string& text) {
  std::string length;
  std::size_t size = text.size();
  for (; size >= 0x80; size >>= 7) length.push_back(static_cast<char>(0x80 | (size & 0x7f)));
  return length + static_cast<char>(size) + text;
}
std::string build_info(const std::string& go, const std::string& modules) {
  std::string info = "\xff Go buildinf:" + std::string("\x08\x02", 2);
  info.resize(32);
  return info + with_length(go) + with_length(modules);
}
const auto kAll = ElementsAre("go stdlib 1.20.14", "go acme.com/tool (devel)", "go golang.org/x/text v0.3.5",
                              "go github.com/new/name v1.1.0");

TEST(GoProgram, ListsItsModulesAndTheReplacements) {
  EXPECT_THAT(told(elf(".go.buildinfo", build_info("go1.20.14", kModules))), kAll);
  // Without the section it stands somewhere in the data.
  EXPECT_THAT(told(elf(".data", std::string(64, 'x') + build_info("go1.20.14", kModules))), kAll);
}

TEST(GoProgram, IsReadInItsOlderFormToo) {
  for (const bool big : {false, true}) {
    const auto number = [&](std::uint64_t value) { return big ? big_endian(value, 8) : little_endian(value, 8); };
    const std::string go = "go1.16.5";
    const std::uint64_t at = kBase + 128;  // where the section's content begins
    std::string info = "\xff Go buildinf:" + std::string("\x08", 1) + (big ? '\1' : '\0');
    info += number(at + 32) + number(at + 48);
    info += number(at + 64) + number(go.size());
    info += number(at + 64 + go.size()) + number(kModules.size());
    info += go + kModules;
    EXPECT_THAT(told(elf(".go.buildinfo", info, big)),
                ElementsAre("go stdlib 1.16.5", "go acme.com/tool (devel)", "go golang.org/x/text v0.3.5",
                            "go github.com/new/name v1.1.0"));
  }
}

TEST(GoProgram, HasTheVersionOfGoAsAdvisoriesHaveIt) {
  const std::pair<std::string, std::string> kVersions[] = {{"go1.21rc2", "1.21.0-rc.2"},
                                                           {"go1.19beta1", "1.19.0-beta.1"},
                                                           {"go1.18", "1.18"},
                                                           {"go1.20.4 X:boringcrypto", "1.20.4"},
                                                           {"devel go1.22-abcdef", "devel"}};
  for (const auto& [go, version] : kVersions) {
    EXPECT_THAT(told(elf(".go.buildinfo", build_info(go, ""))), ElementsAre("go stdlib " + version));
  }
}

TEST(GoProgram, DamagedInformationIsNone) {
  const auto whole = build_info("go1.20.14", kModules);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    for (const auto& it : told(elf(".go.buildinfo", whole.substr(0, size))))
      EXPECT_THAT(it, testing::StartsWith("go "));
  }
  std::string pointers = "\xff Go buildinf:" + std::string("\x08\x00", 2) + std::string(16, '\xff');
  EXPECT_THAT(told(elf(".go.buildinfo", pointers)), IsEmpty());
}

std::string deflated(const std::string& plain) {
  uLongf size = compressBound(plain.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()), plain.size());
  packed.resize(size);
  return packed;
}

TEST(GoProgram, KeepsTheNameOfAModuleThatAFolderReplaces) {
  const auto modules = kMark +
                       "path\ta.com/t\nmod\ta.com/t\tv1.2.3\t\ndep\tb.com/x\tv1.0.0\n=>\t./x\t(devel)\t\n"
                       "dep\tb.com/y\tv1.0.0\n=>\t../y\t\n" +
                       kMark;
  EXPECT_THAT(told(elf(".go.buildinfo", build_info("go1.26.8", modules))),
              ElementsAre("go stdlib 1.26.8", "go a.com/t v1.2.3", "go b.com/x (devel)", "go b.com/y (devel)"));
}

TEST(GoProgram, MayBeLargerThanWhatIsHeld) {
  // The information stands behind the first 128 MiB, in two pieces as they are read.
  const std::string info = build_info("go1.20.14", kModules);
  for (const std::size_t at : {std::size_t{128} << 20, (std::size_t{128} << 20) - 32, std::size_t{140} << 20}) {
    std::string bytes = elf(".text", "x");
    bytes.resize(at);
    bytes += info + std::string(9 << 20, 'x');
    EXPECT_THAT(told(bytes), testing::Contains("go golang.org/x/text v0.3.5")) << at;
  }
}

TEST(RustProgram, ListsItsCrates) {
  const auto crates = deflated(R"({"packages": [
      {"name": "app", "version": "0.1.0", "source": "local", "root": true},
      {"name": "tokio", "version": "1.8.0", "source": "crates.io"},
      {"name": "cc", "version": "1.0.0", "source": "crates.io", "kind": "build"}]})");
  EXPECT_THAT(told(elf(".dep-v0", crates)), ElementsAre("cargo app 0.1.0", "cargo tokio 1.8.0"));
  EXPECT_THAT(told(elf(".dep-v0", crates.substr(0, 20))), ElementsAre("error: A damaged list of crates"));
  EXPECT_THAT(told(elf(".dep-v0", deflated(std::string(20'000'000, ' ')))),
              ElementsAre("error: A damaged list of crates"));
}

TEST(Program, OthersHaveNothing) {
  EXPECT_THAT(told(elf(".text", "x")), IsEmpty());
  EXPECT_THAT(told("#!/bin/sh\necho 1\n"), IsEmpty());
  EXPECT_THAT(told(""), IsEmpty());
  EXPECT_THAT(told("MZ" + std::string(300, '\xff')), IsEmpty());
  EXPECT_THAT(told(std::string("\xcf\xfa\xed\xfe", 4) + std::string(300, '\xff')), IsEmpty());
  EXPECT_THAT(told(std::string("\x7f"
                               "ELF\x02\x01",
                               6) +
                   std::string(300, '\xff')),
              IsEmpty());
}

TEST(Program, IsReadUpToWhereItIsCutOff) {
  const auto whole = elf(".go.buildinfo", build_info("go1.20.14", kModules));
  for (std::size_t size = 0; size < whole.size(); size += 7) told(whole.substr(0, size));
}

}  // namespace
}  // namespace wharf::inventory
