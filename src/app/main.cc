#include <CLI/CLI.hpp>
#include <iostream>

#include "app/config.h"
#include "app/operations.h"
#include "app/serve.h"
#include "http/openapi.h"

namespace {

using wharf::app::ConfigSources;
using wharf::app::LoadedConfig;

constexpr int kFailed = 1;

/// What every command that has a configuration takes.
struct Common {
  std::string file, data, listen;
  std::vector<std::string> set;

  void add_to(CLI::App& command, bool serves) {
    command.add_option("--config", file, "Configuration file (YAML, Quay's keys)");
    command.add_option("--data", data, "Data folder; by default ./data");
    if (serves) command.add_option("--listen", listen, "HOST:PORT; port 0 takes any that is free");
    command.add_option("--set", set, "KEY=VALUE: one key of the configuration; may be given again")->take_all();
  }

  wharf::Result<LoadedConfig> load() const {
    ConfigSources sources;
    sources.file = file;
    sources.environment = wharf::app::process_environment();
    if (!data.empty()) sources.flags.emplace_back("DATA", data);
    if (!listen.empty()) sources.flags.emplace_back("LISTEN", listen);
    for (const auto& pair : set) {
      const auto equals = pair.find('=');
      if (equals == std::string::npos) {
        return wharf::Error{wharf::Errc::invalid_request, "--set " + pair + ": must be KEY=VALUE"};
      }
      sources.flags.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return wharf::app::load_config(sources);
  }
};

int fail(const wharf::Error& error) {
  std::cerr << "wharf: " << error.message << '\n';
  return kFailed;
}

int check_config(const Common& common) {
  const auto loaded = common.load();
  if (!loaded) return fail(loaded.error());
  for (const auto& warning : loaded->warnings) std::cerr << "warning: " << warning << '\n';
  for (const auto& [key, value] : wharf::app::describe_config(loaded->config)) {
    std::cout << key << ": " << value << '\n';
  }
  return 0;
}

int print_openapi() {
  wharf::service::OperationTable table;
  wharf::app::add_all_operations(table);
  const wharf::json::Value document = wharf::http::openapi_document(wharf::http::documented(table), table.schemas());
  std::cout << wharf::json::to_text(document) << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Wharf, a container registry", "wharf");
  program.require_subcommand(1);
  program.set_version_flag("--version", std::string("wharf ") + WHARF_VERSION);
  int status = 0;

  Common common;
  auto* serve = program.add_subcommand("serve", "Run the registry");
  common.add_to(*serve, true);
  serve->callback([&] {
    auto loaded = common.load();
    status = loaded ? wharf::app::serve(std::move(*loaded), std::cout) : fail(loaded.error());
  });

  auto* version = program.add_subcommand("version", "Print the version");
  version->callback([] { std::cout << "wharf " << WHARF_VERSION << '\n'; });

  auto* config = program.add_subcommand("config", "Look at the configuration");
  config->require_subcommand(1);
  auto* check = config->add_subcommand("check", "Check the configuration and print what is in force; secrets masked");
  common.add_to(*check, true);
  check->callback([&] { status = check_config(common); });
  auto* reference = config->add_subcommand("reference", "Print every key with its form, default and meaning");
  reference->callback([] { std::cout << wharf::app::config_reference_markdown(); });

  auto* openapi = program.add_subcommand("openapi", "Print the OpenAPI document");
  openapi->callback([&] { status = print_openapi(); });

  CLI11_PARSE(program, argc, argv);
  return status;
}
