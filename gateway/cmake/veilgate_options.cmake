# Warnings, hardening and sanitizers for every target of the project.
add_library(veilgate_options INTERFACE)
target_compile_options(veilgate_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wformat=2 -Wimplicit-fallthrough
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(veilgate_options INTERFACE -Wno-restrict -Wno-array-bounds)  # GCC 12, bugs 105651 and 105329: false alarms in std::string and std::vector
endif()
if(VEILGATE_WERROR)
  target_compile_options(veilgate_options INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(veilgate_options INTERFACE _FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
endif()
if(VEILGATE_SANITIZE)
  target_compile_options(veilgate_options INTERFACE -fsanitize=${VEILGATE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(veilgate_options INTERFACE -fsanitize=${VEILGATE_SANITIZE})
endif()
target_include_directories(veilgate_options INTERFACE ${CMAKE_SOURCE_DIR}/gateway)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
