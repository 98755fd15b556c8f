#pragma once
#include <boost/describe.hpp>

namespace wharf::api {

/// {"success": true}: how Quay confirms some changes.
struct Success {
  bool success = true;
};
BOOST_DESCRIBE_STRUCT(Success, (), (success))

}  // namespace wharf::api
