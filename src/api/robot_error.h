#pragma once
#include "base/error.h"

namespace wharf::api {

/// Quay answers 400, not 404, for a robot that is not there; the contract has 404 for one operation alone.
inline Error as_bad_request(Error error) {
  if (error.code == Errc::not_found) error.code = Errc::invalid_request;
  return error;
}

}  // namespace wharf::api
