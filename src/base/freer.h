#pragma once

namespace wharf {

/// Lets a unique_ptr own what a C library gives back through `Free`: `unique_ptr<BIO, Freer<BIO_free_all>>`.
template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* it) const {
    Free(it);
  }
};

}  // namespace wharf
