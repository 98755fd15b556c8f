#pragma once
#include "service/call.h"

namespace wharf::api {

/// listRepositories, createRepository, getRepository, deleteRepository, updateRepo, changeRepoVisibility.
void add_repository_operations(service::OperationTable& table);

}  // namespace wharf::api
