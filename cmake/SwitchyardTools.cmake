# Helpers used by every CMakeLists.txt of the tree.

find_program(SWITCHYARD_CCACHE ccache)
if(SWITCHYARD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need these two, else ccache refuses them.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${SWITCHYARD_CCACHE})
endif()

# Our own code: warnings, warnings as errors, include root.
add_library(switchyard_options INTERFACE)
target_include_directories(switchyard_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(switchyard_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wno-missing-field-initializers)
if(SWITCHYARD_WERROR)
  target_compile_options(switchyard_options INTERFACE -Werror)
endif()
target_compile_definitions(switchyard_options INTERFACE SWITCHYARD_VERSION="${PROJECT_VERSION}" QT_NO_KEYWORDS)
target_link_options(switchyard_options INTERFACE -Wl,--as-needed)
if(SWITCHYARD_SANITIZE)
  target_compile_options(switchyard_options INTERFACE -fsanitize=${SWITCHYARD_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(switchyard_options INTERFACE -fsanitize=${SWITCHYARD_SANITIZE})
endif()

# switchyard_sources(<target> <dir>...): adds every .cpp below the folders, found anew at each build.
function(switchyard_sources target)
  foreach(dir IN LISTS ARGN)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
    target_sources(${target} PRIVATE ${files})
  endforeach()
endfunction()
