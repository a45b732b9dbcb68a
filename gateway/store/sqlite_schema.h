#pragma once
#include <SQLiteCpp/SQLiteCpp.h>

#include "base/hash.h"
#include "base/result.h"

namespace veilgate::store {

/// Creates the tables in a new file, or checks that the file is a store of a version that is known: Config error
/// otherwise. A forged audit head does not stop the opening, so that the verifier can name it; it stops every write.
Result<void> prepare_schema(SQLite::Database& db, const SecretKey& key);

}  // namespace veilgate::store
