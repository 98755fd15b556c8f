#include "api/capabilities.h"

namespace wharf::api {
namespace {

using service::Call;

struct NoParameters {};
BOOST_DESCRIBE_STRUCT(NoParameters, (), ())

/// Image indexes that name images which are not there.
struct SparseManifests {
  bool supported = false;
  std::vector<std::string> required_architectures;
  bool optional_architectures_allowed = false;
};
BOOST_DESCRIBE_STRUCT(SparseManifests, (), (supported, required_architectures, optional_architectures_allowed))

struct Capabilities {
  SparseManifests sparse_manifests;
  std::vector<std::string> mirror_architectures;
};
BOOST_DESCRIBE_STRUCT(Capabilities, (), (sparse_manifests, mirror_architectures))

awaitable<Result<Capabilities>> get_capabilities(Call& call, NoParameters) {
  const bool sparse = call.services.settings.features.sparse_index;
  Capabilities capabilities;
  capabilities.sparse_manifests.supported = sparse;
  capabilities.sparse_manifests.optional_architectures_allowed = sparse;
  capabilities.mirror_architectures = {"amd64", "arm64", "ppc64le", "s390x"};
  co_return capabilities;
}

}  // namespace

void add_capabilities_operations(service::OperationTable& table) {
  table.add({.id = "getRegistryCapabilities",
             .path = "/api/v1/registry/capabilities",
             .summary = "What this registry can do beyond the standard.",
             .tag = "Registry",
             .anonymous = true},
            get_capabilities);
}

}  // namespace wharf::api
