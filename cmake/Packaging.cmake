# What `cmake --install` puts where, and the Debian packages of CPack. Two components: `program`, and `nccl` for GPUs;
# `portable` adds to the program's tree what a machine without Qt lacks (installer/package.sh makes an archive of it).
include(GNUInstallDirs)
set(SWITCHYARD_PRIVATE lib/switchyard)  # private, so not in the multi-arch folder that other programs link from
set(SWITCHYARD_SHARE ${CMAKE_INSTALL_DATADIR}/switchyard)

set(programs switchyard switchyard-worker)
if(SWITCHYARD_GUI)
  list(APPEND programs switchyard-workbench)
endif()
set_target_properties(${programs} PROPERTIES INSTALL_RPATH "$ORIGIN/../${SWITCHYARD_PRIVATE}")
# RPATH, not RUNPATH: what the libraries of the portable archive need is looked for there too.
foreach(program IN LISTS programs)
  target_link_options(${program} PRIVATE -Wl,--disable-new-dtags)
endforeach()
# The same in the build folder for those that need no other there: CMake would fill the room with empty entries, which
# stand for the current folder.
list(REMOVE_ITEM programs switchyard-worker)
set_target_properties(${programs} PROPERTIES BUILD_RPATH "$ORIGIN/../${SWITCHYARD_PRIVATE}")
list(APPEND programs switchyard-worker)
install(TARGETS ${programs} RUNTIME COMPONENT program)
install(DIRECTORY configs DESTINATION ${SWITCHYARD_SHARE} COMPONENT program)
install(DIRECTORY resources/demo DESTINATION ${SWITCHYARD_SHARE}/resources COMPONENT program)

# LibTorch's CPU libraries, and what these are linked with from the wheels.
file(GLOB cuda_runtime ${SWITCHYARD_LIBTORCH}/nvidia/*/lib/libcudart.so.13 ${SWITCHYARD_LIBTORCH}/nvidia/*/lib/libcupti.so.13)
install(CODE "set(private_folder ${SWITCHYARD_PRIVATE})\nset(strip ${CMAKE_STRIP})
set(private_libraries ${TORCH_LIB}/libtorch_cpu.so ${TORCH_LIB}/libc10.so ${TORCH_LIB}/libgomp.so.1 ${cuda_runtime})"
  COMPONENT program)
install(SCRIPT cmake/InstallPrivateLibraries.cmake COMPONENT program)

if(TARGET switchyard_nccl)
  set_target_properties(switchyard_nccl PROPERTIES INSTALL_RPATH "$ORIGIN:$ORIGIN/cuda/torch/lib")
  install(TARGETS switchyard_nccl LIBRARY DESTINATION ${SWITCHYARD_PRIVATE} COMPONENT nccl)
endif()

# Desktop: an entry in menus, what software centres show, the type of a run's file, icons.
if(SWITCHYARD_GUI)
  install(FILES resources/desktop/org.switchyard.workbench.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications COMPONENT program)
  install(FILES resources/desktop/org.switchyard.workbench.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo COMPONENT program)
  install(FILES resources/desktop/switchyard.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages COMPONENT program)
  set(icons ${CMAKE_INSTALL_DATADIR}/icons/hicolor)
  install(FILES resources/desktop/switchyard.svg DESTINATION ${icons}/scalable/apps COMPONENT program)
  find_program(SWITCHYARD_RSVG rsvg-convert)
  if(SWITCHYARD_RSVG)
    foreach(size 16 24 32 48 64 128 256)
      set(png ${CMAKE_BINARY_DIR}/icons/${size}/switchyard.png)
      add_custom_command(OUTPUT ${png} DEPENDS ${CMAKE_SOURCE_DIR}/resources/desktop/switchyard.svg
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/icons/${size}
        COMMAND ${SWITCHYARD_RSVG} -w ${size} -h ${size} ${CMAKE_SOURCE_DIR}/resources/desktop/switchyard.svg -o ${png})
      list(APPEND pngs ${png})
      install(FILES ${png} DESTINATION ${icons}/${size}x${size}/apps COMPONENT program)
    endforeach()
    add_custom_target(switchyard_icons ALL DEPENDS ${pngs})
  else()
    message(STATUS "Icons: as SVG alone (apt-get install librsvg2-bin draws the PNG ones)")
  endif()
endif()

# Pages of man and completions, which the program writes from its own definition of the command line.
install(CODE "set(switchyard $<TARGET_FILE:switchyard>)\nset(manuals ${CMAKE_SOURCE_DIR}/resources/man)\nset(version ${PROJECT_VERSION})
set(share ${CMAKE_INSTALL_DATADIR})\nset(with_window ${SWITCHYARD_GUI})" COMPONENT program)
install(SCRIPT cmake/InstallManuals.cmake COMPONENT program)

# Licences of what comes along.
set(doc ${CMAKE_INSTALL_DATADIR}/doc/switchyard)
install(FILES installer/debian/copyright DESTINATION ${doc} COMPONENT program)
install(FILES installer/debian/copyright DESTINATION ${doc}-nccl COMPONENT nccl)
install(CODE "set(libtorch ${SWITCHYARD_LIBTORCH})\nset(changes ${CMAKE_SOURCE_DIR}/installer/debian/changelog)
set(overrides ${CMAKE_SOURCE_DIR}/installer/debian/switchyard.lintian-overrides)\nset(doc ${doc})\nset(of_program TRUE)" COMPONENT program)
install(SCRIPT cmake/InstallDebianFiles.cmake COMPONENT program)
install(CODE "set(changes ${CMAKE_SOURCE_DIR}/installer/debian/changelog)
set(overrides ${CMAKE_SOURCE_DIR}/installer/debian/switchyard-nccl.lintian-overrides)\nset(doc ${doc}-nccl)\nset(of_program FALSE)" COMPONENT nccl)
install(SCRIPT cmake/InstallDebianFiles.cmake COMPONENT nccl)

# A tree that runs from any folder: libraries, Qt's plug-ins, fonts.
if(SWITCHYARD_GUI)
  get_target_property(qt_core Qt6::Core LOCATION)
  get_filename_component(qt_libraries ${qt_core} DIRECTORY)
  install(CODE "set(private_folder ${SWITCHYARD_PRIVATE})\nset(shared_folder ${SWITCHYARD_SHARE})\nset(torch_folder ${TORCH_LIB})
set(program_files $<TARGET_FILE:switchyard> $<TARGET_FILE:switchyard-worker> $<TARGET_FILE:switchyard-workbench>)
set(qt_plugins ${qt_libraries}/qt6/plugins)\nset(source ${CMAKE_SOURCE_DIR})\nset(cuda_runtime ${cuda_runtime})" COMPONENT portable EXCLUDE_FROM_ALL)
  install(SCRIPT cmake/InstallPortable.cmake COMPONENT portable EXCLUDE_FROM_ALL)
endif()

# All that the packages hold, without the tests of a folder that has them.
add_custom_target(package_contents DEPENDS ${programs})
foreach(target switchyard_nccl switchyard_icons)
  if(TARGET ${target})
    add_dependencies(package_contents ${target})
  endif()
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME switchyard)
set(CPACK_PACKAGE_VENDOR "The Switchyard authors")
set(CPACK_PACKAGE_CONTACT "The Switchyard authors <switchyard@users.noreply.example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "workbench for sparse mixture-of-experts models")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_OUTPUT_FILE_PREFIX ${CMAKE_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME switchyard)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
file(GLOB cuda_folders ${SWITCHYARD_LIBTORCH}/nvidia/*/lib)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${TORCH_LIB} ${cuda_folders})
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "fonts-noto-core, fonts-noto-mono, bash-completion")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "switchyard-nccl, fonts-noto-color-emoji, unicode-cldr-core, tuxpaint-stamps-default, librsvg2-bin, qt6-wayland")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Trains sparse mixture-of-experts models of text and images in background
processes, one for each processor or GPU, and shows while they learn where
their routers send every token and patch: a window, a command line and the
worker. LibTorch's libraries for processors come along in a private folder.")
if(TARGET switchyard_nccl)
  list(APPEND CPACK_COMPONENTS_ALL nccl)
  set(CPACK_DEBIAN_NCCL_PACKAGE_NAME switchyard-nccl)
  set(CPACK_DEBIAN_NCCL_PACKAGE_DEPENDS "switchyard (= ${PROJECT_VERSION}-1), libc6 (>= 2.34), libgcc-s1 (>= 3.0), libstdc++6 (>= 12)")
  set(CPACK_DEBIAN_NCCL_PACKAGE_SUGGESTS python3-pip)
  set(CPACK_COMPONENT_NCCL_DESCRIPTION "Trainings of Switchyard on NVIDIA GPUs, with NCCL between ranks.
The plug-in loads LibTorch's CUDA libraries, which this package does not hold:
/usr/share/doc/switchyard-nccl/README.Debian says how to fetch them from PyPI.")
endif()
include(CPack)
