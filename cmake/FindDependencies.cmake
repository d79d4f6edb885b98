# Everything from outside. What is missing is named together with the package that brings it.

set(SWITCHYARD_MISSING "")
macro(switchyard_need found what package)
  if(NOT ${found})
    list(APPEND SWITCHYARD_MISSING "  ${what}: apt-get install ${package}")
  endif()
endmacro()

find_package(Threads REQUIRED)
find_package(nlohmann_json QUIET)
switchyard_need(nlohmann_json_FOUND "nlohmann-json" nlohmann-json3-dev)
find_package(CLI11 QUIET)
switchyard_need(CLI11_FOUND "CLI11" libcli11-dev)
find_package(spdlog QUIET)
switchyard_need(spdlog_FOUND "spdlog" libspdlog-dev)
find_package(yaml-cpp QUIET)
switchyard_need(yaml-cpp_FOUND "yaml-cpp" libyaml-cpp-dev)
find_package(SQLite3 QUIET)
switchyard_need(SQLite3_FOUND "SQLite" libsqlite3-dev)
find_package(OpenSSL QUIET COMPONENTS Crypto)
switchyard_need(OPENSSL_FOUND "OpenSSL's libcrypto" libssl-dev)
find_path(SWITCHYARD_XXHASH_INCLUDE xxhash.h)  # its code is all in the header
switchyard_need(SWITCHYARD_XXHASH_INCLUDE "xxHash" libxxhash-dev)
find_package(Freetype QUIET)
switchyard_need(FREETYPE_FOUND "FreeType" libfreetype-dev)
find_path(SWITCHYARD_HNSWLIB_INCLUDE hnswlib/hnswlib.h)  # all in the headers
switchyard_need(SWITCHYARD_HNSWLIB_INCLUDE "hnswlib" libhnswlib-dev)
find_path(SWITCHYARD_HARFBUZZ_INCLUDE hb.h PATH_SUFFIXES harfbuzz)
find_library(SWITCHYARD_HARFBUZZ harfbuzz)
switchyard_need(SWITCHYARD_HARFBUZZ "HarfBuzz" libharfbuzz-dev)

# OpenCV by library, not by its CMake package: that one wants every module installed, and only these three
# are linked (highgui would bring Qt 5 into the process).
find_path(SWITCHYARD_OPENCV_INCLUDE opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
find_library(SWITCHYARD_OPENCV_CORE opencv_core)
find_library(SWITCHYARD_OPENCV_IMGPROC opencv_imgproc)
find_library(SWITCHYARD_OPENCV_IMGCODECS opencv_imgcodecs)
switchyard_need(SWITCHYARD_OPENCV_IMGCODECS "OpenCV" "libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev")
find_path(SWITCHYARD_TURBOJPEG_INCLUDE turbojpeg.h)
find_library(SWITCHYARD_TURBOJPEG turbojpeg)
switchyard_need(SWITCHYARD_TURBOJPEG "libjpeg-turbo's TurboJPEG" libturbojpeg0-dev)
find_path(SWITCHYARD_SENTENCEPIECE_INCLUDE sentencepiece_processor.h)
find_library(SWITCHYARD_SENTENCEPIECE sentencepiece)
find_library(SWITCHYARD_SENTENCEPIECE_TRAIN sentencepiece_train)
switchyard_need(SWITCHYARD_SENTENCEPIECE_TRAIN "SentencePiece" libsentencepiece-dev)
find_path(SWITCHYARD_GLOO_INCLUDE gloo/context.h)
switchyard_need(SWITCHYARD_GLOO_INCLUDE "Gloo's headers" libgloo-dev)
find_path(SWITCHYARD_PUGIXML_INCLUDE pugixml.hpp)
find_library(SWITCHYARD_PUGIXML pugixml)
switchyard_need(SWITCHYARD_PUGIXML "pugixml" libpugixml-dev)

find_path(SWITCHYARD_HTTPLIB_INCLUDE httplib.h)
find_library(SWITCHYARD_HTTPLIB cpp-httplib)
switchyard_need(SWITCHYARD_HTTPLIB "cpp-httplib" libcpp-httplib-dev)

find_path(SWITCHYARD_BACKWARD_INCLUDE backward.hpp)
switchyard_need(SWITCHYARD_BACKWARD_INCLUDE "backward-cpp" libbackward-cpp-dev)
find_path(SWITCHYARD_DW_INCLUDE elfutils/libdw.h)
find_library(SWITCHYARD_DW dw)
if(NOT SWITCHYARD_DW_INCLUDE)
  unset(SWITCHYARD_DW CACHE)
endif()
switchyard_need(SWITCHYARD_DW "elfutils' libdw" libdw-dev)

if(SWITCHYARD_GUI)
  find_package(Qt6 QUIET COMPONENTS Core Gui Widgets PrintSupport Svg Test)
  switchyard_need(Qt6_FOUND "Qt 6" "qt6-base-dev qt6-svg-dev")
  # The programs alone: Qt's CMake package of them is part of a far larger Debian package.
  find_program(SWITCHYARD_LRELEASE lrelease HINTS /usr/lib/qt6/bin NO_DEFAULT_PATH)
  find_program(SWITCHYARD_LRELEASE NAMES lrelease-qt6 lrelease6)
  switchyard_need(SWITCHYARD_LRELEASE "Qt 6's lrelease" qt6-l10n-tools)
  find_package(QCustomPlotQt6 QUIET)
  switchyard_need(QCustomPlotQt6_FOUND "QCustomPlot for Qt 6" libqcustomplot-dev)
  find_path(SWITCHYARD_QSCINTILLA_INCLUDE Qsci/qsciscintilla.h PATHS /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}/qt6 PATH_SUFFIXES qt6)
  find_library(SWITCHYARD_QSCINTILLA qscintilla2_qt6)
  switchyard_need(SWITCHYARD_QSCINTILLA "QScintilla for Qt 6" libqscintilla2-qt6-dev)
endif()

# LibTorch: the PyPI wheel, by path. Its own TorchConfig.cmake asks for a CUDA toolkit, and libtorch.so drags
# CUDA in, so the two CPU libraries are named here.
if(NOT SWITCHYARD_LIBTORCH)
  if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(SWITCHYARD_LIBTORCH "$ENV{XDG_CACHE_HOME}/switchyard/libtorch-cpu")
  else()
    set(SWITCHYARD_LIBTORCH "$ENV{HOME}/.cache/switchyard/libtorch-cpu")
  endif()
endif()
set(TORCH_LIB ${SWITCHYARD_LIBTORCH}/torch/lib)
if(NOT EXISTS ${TORCH_LIB}/libtorch_cpu.so)
  list(APPEND SWITCHYARD_MISSING "  LibTorch in ${SWITCHYARD_LIBTORCH}: bash installer/setup.sh")
endif()

if(SWITCHYARD_MISSING)
  list(JOIN SWITCHYARD_MISSING "\n" missing)
  message(FATAL_ERROR "These are missing (bash installer/setup.sh installs all of them):\n${missing}\n")
endif()

add_library(switchyard_opencv INTERFACE)
target_include_directories(switchyard_opencv SYSTEM INTERFACE ${SWITCHYARD_OPENCV_INCLUDE})
target_link_libraries(switchyard_opencv INTERFACE ${SWITCHYARD_OPENCV_IMGCODECS} ${SWITCHYARD_OPENCV_IMGPROC} ${SWITCHYARD_OPENCV_CORE})

add_library(switchyard_turbojpeg INTERFACE)
target_include_directories(switchyard_turbojpeg SYSTEM INTERFACE ${SWITCHYARD_TURBOJPEG_INCLUDE})
target_link_libraries(switchyard_turbojpeg INTERFACE ${SWITCHYARD_TURBOJPEG})

add_library(switchyard_sentencepiece INTERFACE)
target_include_directories(switchyard_sentencepiece SYSTEM INTERFACE ${SWITCHYARD_SENTENCEPIECE_INCLUDE})
target_link_libraries(switchyard_sentencepiece INTERFACE ${SWITCHYARD_SENTENCEPIECE_TRAIN} ${SWITCHYARD_SENTENCEPIECE})

add_library(switchyard_harfbuzz INTERFACE)
target_include_directories(switchyard_harfbuzz SYSTEM INTERFACE ${SWITCHYARD_HARFBUZZ_INCLUDE})
target_link_libraries(switchyard_harfbuzz INTERFACE ${SWITCHYARD_HARFBUZZ})

# Whoever includes httplib.h defines what Debian built the library with: its classes have other members without.
add_library(switchyard_httplib INTERFACE)
target_include_directories(switchyard_httplib SYSTEM INTERFACE ${SWITCHYARD_HTTPLIB_INCLUDE})
target_link_libraries(switchyard_httplib INTERFACE ${SWITCHYARD_HTTPLIB})
set(SWITCHYARD_HTTPLIB_DEFINITIONS CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)

# Backtraces of a rank that crashes, with names and lines.
add_library(switchyard_backward INTERFACE)
target_include_directories(switchyard_backward SYSTEM INTERFACE ${SWITCHYARD_BACKWARD_INCLUDE} ${SWITCHYARD_DW_INCLUDE})
target_link_libraries(switchyard_backward INTERFACE ${SWITCHYARD_DW})

add_library(switchyard_pugixml INTERFACE)
target_include_directories(switchyard_pugixml SYSTEM INTERFACE ${SWITCHYARD_PUGIXML_INCLUDE})
target_link_libraries(switchyard_pugixml INTERFACE ${SWITCHYARD_PUGIXML})

add_library(switchyard_torch INTERFACE)
target_include_directories(switchyard_torch SYSTEM INTERFACE ${SWITCHYARD_LIBTORCH}/torch/include
  ${SWITCHYARD_LIBTORCH}/torch/include/torch/csrc/api/include ${SWITCHYARD_GLOO_INCLUDE})
target_compile_definitions(switchyard_torch INTERFACE USE_C10D_GLOO USE_DISTRIBUTED)
# at::parallel_for is a plain loop in code that is compiled without OpenMP; one OpenMP library, LibTorch's own.
target_compile_options(switchyard_torch INTERFACE -fopenmp)
target_link_libraries(switchyard_torch INTERFACE ${TORCH_LIB}/libtorch_cpu.so ${TORCH_LIB}/libc10.so ${TORCH_LIB}/libgomp.so.1 Threads::Threads)
# libtorch_cpu needs CUPTI and the CUDA run time by name; its own RPATH finds them in the wheels' folders. CMake adds the
# RPATH of LibTorch itself to what is built, and takes it away from what is installed.
target_link_options(switchyard_torch INTERFACE -Wl,--allow-shlib-undefined -Wl,--disable-new-dtags -Wl,-rpath-link,${TORCH_LIB})

if(SWITCHYARD_GUI)
  add_library(switchyard_qscintilla INTERFACE)
  target_include_directories(switchyard_qscintilla SYSTEM INTERFACE ${SWITCHYARD_QSCINTILLA_INCLUDE})
  target_link_libraries(switchyard_qscintilla INTERFACE ${SWITCHYARD_QSCINTILLA} Qt6::Widgets Qt6::PrintSupport)
endif()

find_path(SWITCHYARD_NCCL_INCLUDE nccl.h PATHS ${SWITCHYARD_LIBTORCH}/../nccl/nvidia/nccl/include NO_DEFAULT_PATH)
file(GLOB SWITCHYARD_CUDA_INCLUDE ${SWITCHYARD_LIBTORCH}/nvidia/*/include ${SWITCHYARD_LIBTORCH}/../nccl/nvidia/cu*/include)
