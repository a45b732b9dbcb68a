#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

namespace veilgate::store {

/// A statement with its parameters bound (copied), in order.
template <typename... Args>
SQLite::Statement prepared(SQLite::Database& db, const char* sql, const Args&... args) {
  SQLite::Statement statement(db, sql);
  if constexpr (sizeof...(args) > 0) SQLite::bind(statement, args...);
  return statement;
}

}  // namespace veilgate::store
