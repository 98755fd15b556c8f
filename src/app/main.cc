#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands_account.h"
#include "app/commands_gc.h"
#include "app/commands_migrate_db.h"
#include "app/commands_migrate_storage.h"
#include "app/commands_scan.h"
#include "app/commands_vulndb.h"
#include "app/config.h"
#include "app/core.h"
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

/// Runs `command` with the users of the configured database, beside a server that may be running on it.
template <class Command>
int with_users(const Common& common, Command command) {
  const auto loaded = common.load();
  if (!loaded) return fail(loaded.error());
  // No blob is touched: the folder is the server's.
  auto core = wharf::app::Core::open(loaded->config, {.memory_blobs = true});
  if (!core) return fail(core.error());
  return command((*core)->services().users);
}

int collect_garbage(const Common& common, const wharf::app::GcCommand& command) {
  const auto loaded = common.load();
  if (!loaded) return fail(loaded.error());
  auto core = wharf::app::Core::open(loaded->config, {});
  if (!core) return fail(core.error());
  return wharf::app::collect_garbage((*core)->services().garbage, command, std::cout, std::cerr);
}

/// Runs `command` on the configured database, beside a server that may be running on it.
template <class Command>
int with_database(const Common& common, Command command) {
  const auto loaded = common.load();
  if (!loaded) return fail(loaded.error());
  auto core = wharf::app::Core::open(loaded->config, {.memory_blobs = true});
  if (!core) return fail(core.error());
  return command((*core)->database());
}

/// With the vulnerability data of the data folder, if there is one: to look at a file none is made.
int scan_path(const Common& common, const wharf::app::ScanCommand& command) {
  const auto loaded = common.load();
  if (!loaded) return fail(loaded.error());
  const auto& config = loaded->config;
  if (config.db_uri.empty() && !std::filesystem::exists(config.data / "wharf.db")) {
    return wharf::app::scan_path(nullptr, command, std::cout, std::cerr);
  }
  auto core = wharf::app::Core::open(config, {.memory_blobs = true});
  if (!core) return fail(core.error());
  return wharf::app::scan_path(&(*core)->database(), command, std::cout, std::cerr);
}

int migrate_storage(const Common& common, const wharf::app::MigrateStorageCommand& command) {
  const auto loaded = common.load();
  if (!loaded) return fail(loaded.error());
  auto core = wharf::app::Core::open(loaded->config, {});
  if (!core) return fail(core.error());
  return wharf::app::migrate_storage(**core, command, std::cout, std::cerr);
}

int migrate_db(const Common& common, const wharf::app::MigrateDbCommand& command) {
  const auto loaded = common.load();
  if (!loaded) return fail(loaded.error());
  return wharf::app::migrate_db(loaded->config, command, std::cout, std::cerr);
}

int print_openapi(bool discovery) {
  wharf::service::OperationTable table;
  wharf::app::add_all_operations(table);
  const auto all = wharf::http::documented(table);
  const wharf::json::Value document =
      discovery ? wharf::http::discovery_document(all, table.schemas(), "http://localhost", true)
                : wharf::http::openapi_document(all, table.schemas());
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

  auto* user = program.add_subcommand("user", "Users, without asking the API");
  user->require_subcommand(1);
  wharf::app::UserCreateCommand user_create;
  auto* create = user->add_subcommand("create", "Make a user");
  create->add_option("name", user_create.name, "User name")->required();
  create->add_flag("--password-stdin", user_create.password_stdin,
                   "Read the password from the first line of standard input; otherwise one is made and shown");
  create->add_option("--email", user_create.email, "E-mail address");
  create->add_flag("--superuser", user_create.superuser, "Make a superuser");
  create->add_flag("--json", user_create.json, "Answer in JSON");
  common.add_to(*create, false);
  create->callback([&] {
    status = with_users(common, [&](auto& users) {
      return wharf::app::create_user(users, user_create, std::cin, std::cout, std::cerr);
    });
  });
  wharf::app::UserListCommand user_list;
  auto* list = user->add_subcommand("list", "List the users");
  list->add_flag("--json", user_list.json, "Answer in JSON");
  common.add_to(*list, false);
  list->callback([&] {
    status =
        with_users(common, [&](auto& users) { return wharf::app::list_users(users, user_list, std::cout, std::cerr); });
  });

  wharf::app::UserPasswordCommand user_password;
  auto* password = user->add_subcommand("password", "Set a user's password");
  password->add_option("name", user_password.name, "User name")->required();
  password->add_flag("--password-stdin", user_password.password_stdin,
                     "Read the password from the first line of standard input; otherwise one is made and shown");
  password->add_flag("--json", user_password.json, "Answer in JSON");
  common.add_to(*password, false);
  password->callback([&] {
    status = with_users(common, [&](auto& users) {
      return wharf::app::set_user_password(users, user_password, std::cin, std::cout, std::cerr);
    });
  });
  wharf::app::UserEnableCommand user_enable;
  const auto add_enable = [&](const char* name, const char* what, bool enabled) {
    auto* command = user->add_subcommand(name, what);
    command->add_option("name", user_enable.name, "User name")->required();
    command->add_flag("--json", user_enable.json, "Answer in JSON");
    common.add_to(*command, false);
    command->callback([&, enabled] {
      user_enable.enabled = enabled;
      status = with_users(
          common, [&](auto& users) { return wharf::app::enable_user(users, user_enable, std::cout, std::cerr); });
    });
  };
  add_enable("disable", "Let a user in no more, by no means", false);
  add_enable("enable", "Let a disabled user in again", true);

  auto* token = program.add_subcommand("token", "Tokens for the API, without asking it");
  token->require_subcommand(1);
  wharf::app::TokenCreateCommand token_create;
  auto* mint = token->add_subcommand("create", "Make a token that acts for a user");
  mint->add_option("--user", token_create.user, "User name")->required();
  mint->add_option("--scope", token_create.scope, "What it may do; by default everything that the user may");
  mint->add_option("--expires", token_create.expires, "How long it is good, such as 90d or 1y")->capture_default_str();
  mint->add_option("--name", token_create.name, "What it is for");
  mint->add_flag("--json", token_create.json, "Answer in JSON");
  common.add_to(*mint, false);
  mint->callback([&] {
    status = with_users(
        common, [&](auto& users) { return wharf::app::create_token(users, token_create, std::cout, std::cerr); });
  });

  auto* gc = program.add_subcommand("gc", "Free what nothing holds any more; beside a running server, too");
  wharf::app::GcCommand gc_command;
  gc->add_flag("--dry-run", gc_command.dry_run, "Say what would be freed, and change nothing");
  gc->add_flag("--json", gc_command.json, "Answer in JSON");
  common.add_to(*gc, false);
  gc->callback([&] { status = collect_garbage(common, gc_command); });

  auto* migrate =
      program.add_subcommand("migrate-db", "Move the database of a stopped server from SQLite to PostgreSQL");
  wharf::app::MigrateDbCommand migrate_command;
  migrate->add_option("--to", migrate_command.to, "postgresql://USER:PASSWORD@HOST/NAME, an empty database")
      ->envname("WHARF_MIGRATE_TO")
      ->required();
  migrate->add_flag("--json", migrate_command.json, "Answer in JSON");
  common.add_to(*migrate, false);
  migrate->callback([&] { status = migrate_db(common, migrate_command); });

  auto* move =
      program.add_subcommand("migrate-storage", "Move blobs to another storage location; beside running servers, too");
  wharf::app::MigrateStorageCommand move_command;
  move->add_option("--to", move_command.to, "The location that they go to, as DISTRIBUTED_STORAGE_CONFIG names it")
      ->required();
  move->add_option("--from", move_command.from, "Only what lies in this location; by default all that is elsewhere");
  move->add_flag("--keep", move_command.keep, "Leave the bytes where they were, too, for good");
  move->add_option("--limit", move_command.limit, "Move so many blobs at most")->check(CLI::PositiveNumber);
  move->add_option("--parallel", move_command.parallel, "So many blobs at a time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  move->add_flag("--json", move_command.json, "Answer in JSON");
  common.add_to(*move, false);
  move->callback([&] { status = migrate_storage(common, move_command); });

  auto* vulndb = program.add_subcommand("vulndb", "What is known of vulnerabilities; beside a running server, too");
  vulndb->require_subcommand(1);
  wharf::app::VulndbUpdateCommand vulndb_update;
  auto* update = vulndb->add_subcommand("update", "Read feeds as they are published and put them in force");
  update
      ->add_option("--from", vulndb_update.from,
                   "Files, folders and URLs of feeds, or their names: debian, alpine:v3.20, osv:npm, …")
      ->required();
  update->add_flag("--json", vulndb_update.json, "Answer in JSON");
  common.add_to(*update, false);
  update->callback([&] {
    status = with_database(common, [&](auto& database) {
      return wharf::app::update_vulndb(database, vulndb_update, std::cout, std::cerr);
    });
  });
  wharf::app::VulndbStatusCommand vulndb_status;
  auto* feeds = vulndb->add_subcommand("status", "List the feeds in force");
  feeds->add_flag("--json", vulndb_status.json, "Answer in JSON");
  common.add_to(*feeds, false);
  feeds->callback([&] {
    status = with_database(
        common, [&](auto& database) { return wharf::app::show_vulndb(database, vulndb_status, std::cout, std::cerr); });
  });
  wharf::app::VulndbFileCommand vulndb_file;
  const auto add_vulndb_file = [&](const char* name, const char* what, auto run) {
    auto* command = vulndb->add_subcommand(name, what);
    command->add_option("file", vulndb_file.file, "The file")->required();
    command->add_flag("--json", vulndb_file.json, "Answer in JSON");
    common.add_to(*command, false);
    command->callback([&, run] {
      status = with_database(common, [&](auto& database) { return run(database, vulndb_file, std::cout, std::cerr); });
    });
  };
  add_vulndb_file("export", "Write all feeds in force to one file, for machines without a way out",
                  wharf::app::export_vulndb);
  add_vulndb_file("import", "Put the feeds of an exported file in force", wharf::app::import_vulndb);
  wharf::app::VulndbRemoveCommand vulndb_remove;
  auto* remove = vulndb->add_subcommand("remove", "Take a feed out of force");
  remove->add_option("feed", vulndb_remove.feed, "The feed's name, as status lists it")->required();
  remove->add_flag("--json", vulndb_remove.json, "Answer in JSON");
  common.add_to(*remove, false);
  remove->callback([&] {
    status = with_database(common, [&](auto& database) {
      return wharf::app::remove_from_vulndb(database, vulndb_remove, std::cout, std::cerr);
    });
  });

  auto* scan = program.add_subcommand("scan", "Look into an image or a file system on this disk");
  wharf::app::ScanCommand scan_command;
  scan->add_option("path", scan_command.path,
                   "An OCI layout, an archive of docker or podman save, the tar of a file system, or its folder")
      ->required();
  scan->add_option("--format", scan_command.format, "table, json, sarif, cyclonedx or spdx")->capture_default_str();
  scan->add_option("--fail-on", scan_command.fail_on,
                   "Exit with 3 when something of this severity or worse is found: low, medium, high, critical");
  scan->add_flag("--fixable-only", scan_command.fixable_only, "Leave out what no fix is known for");
  scan->add_flag("--packages", scan_command.packages, "List the packages, too");
  scan->add_flag("--quiet", scan_command.quiet, "Show no progress");
  common.add_to(*scan, false);
  scan->callback([&] { status = scan_path(common, scan_command); });

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
  bool discovery = false;
  openapi->add_flag("--discovery", discovery, "In the form of Quay's discovery, with the internal operations");
  openapi->callback([&] { status = print_openapi(discovery); });

  CLI11_PARSE(program, argc, argv);
  return status;
}
