# Adds to an installed tree what it takes from Debian's packages: libraries (not the C library and the compiler's own,
# which every system has), Qt's plug-ins, fonts.
set(prefix $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX})
set(folder ${prefix}/${private_folder})
foreach(plugin platforms/libqxcb.so platforms/libqoffscreen.so imageformats/libqjpeg.so imageformats/libqgif.so imageformats/libqsvg.so
    iconengines/libqsvgicon.so platforminputcontexts/libcomposeplatforminputcontextplugin.so
    platforminputcontexts/libibusplatforminputcontextplugin.so printsupport/libcupsprintersupport.so)
  if(EXISTS ${qt_plugins}/${plugin})
    get_filename_component(kind ${plugin} DIRECTORY)
    file(COPY ${qt_plugins}/${plugin} DESTINATION ${folder}/plugins/${kind})
    list(APPEND plugins ${qt_plugins}/${plugin})
  endif()
endforeach()
file(GET_RUNTIME_DEPENDENCIES RESOLVED_DEPENDENCIES_VAR found UNRESOLVED_DEPENDENCIES_VAR missing
  EXECUTABLES ${program_files} LIBRARIES ${plugins}
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|util|pthread|resolv|gcc_s|stdc\\+\\+|torch_cpu|c10|cudart|cupti)\\.so" "^libgomp\\.so")
foreach(library IN LISTS missing)
  message(FATAL_ERROR "${library} was not found: the archive would not run")
endforeach()
foreach(library IN LISTS found)
  get_filename_component(real ${library} REALPATH)
  get_filename_component(name ${library} NAME)
  file(MAKE_DIRECTORY ${folder})
  file(REMOVE ${folder}/${name})
  file(COPY_FILE ${real} ${folder}/${name})
  unset(rpath)
  unset(runpath)
  file(READ_ELF ${folder}/${name} RPATH rpath RUNPATH runpath)
  if(rpath OR runpath)
    file(RPATH_REMOVE FILE ${folder}/${name})  # else the programs' own RPATH would not be asked for what it needs
  endif()
endforeach()
# Relative to the programs' folder.
file(WRITE ${prefix}/bin/qt.conf "[Paths]\nPrefix = ..\nPlugins = ${private_folder}/plugins\n")
# Fonts for a system without any; the window loads them where they are.
file(GLOB fonts /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf /usr/share/fonts/truetype/noto/NotoSans-Bold.ttf
  /usr/share/fonts/truetype/noto/NotoSans-Italic.ttf /usr/share/fonts/truetype/noto/NotoSans-SemiBold.ttf /usr/share/fonts/truetype/noto/NotoSans-Medium.ttf
  /usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf /usr/share/fonts/truetype/noto/NotoSansMono-Bold.ttf)
if(NOT fonts)
  message(FATAL_ERROR "Noto Sans is not there: apt-get install fonts-noto-core fonts-noto-mono")
endif()
file(COPY ${fonts} DESTINATION ${prefix}/${shared_folder}/fonts)
file(COPY ${source}/LICENSE ${source}/README.md DESTINATION ${prefix})
file(WRITE ${prefix}/${shared_folder}/fonts/fonts.conf "<?xml version=\"1.0\"?>
<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix=\"relative\">.</dir>
  <cachedir prefix=\"xdg\">fontconfig</cachedir>
</fontconfig>
")
file(WRITE ${prefix}/${shared_folder}/fonts/fonts.conf "<?xml version=\"1.0\"?>
<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix=\"relative\">.</dir>
  <cachedir prefix=\"xdg\">fontconfig</cachedir>
</fontconfig>
")
