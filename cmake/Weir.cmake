# Compilers, warnings and the two functions that the build is made of.

option(WEIR_TESTS "build the tests" ON)
option(WEIR_WERROR "warnings are errors" ON)
option(WEIR_FUZZ "build the fuzz targets (clang)" OFF)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_INCLUDE_DIRECTORIES_PROJECT_BEFORE ON)

find_package(PkgConfig REQUIRED)
# On Debian 12 yyjson and llhttp lie in build/deps (scripts/deps), where the system has none.
foreach(triple IN ITEMS x86_64-linux-gnu aarch64-linux-gnu)
  set(dir ${PROJECT_SOURCE_DIR}/build/deps/usr/lib/${triple})
  if(IS_DIRECTORY ${dir})
    set(ENV{PKG_CONFIG_PATH} "${dir}/pkgconfig:$ENV{PKG_CONFIG_PATH}")
    list(APPEND CMAKE_BUILD_RPATH ${dir})
  endif()
endforeach()
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(crypto REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(uv REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(sqlite REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(hs REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(yyjson REQUIRED IMPORTED_TARGET yyjson)
pkg_check_modules(llhttp REQUIRED IMPORTED_TARGET libllhttp)
find_package(Threads REQUIRED)

add_library(weir_flags INTERFACE)
target_compile_definitions(weir_flags INTERFACE _GNU_SOURCE WEIR_VERSION="${PROJECT_VERSION}")
target_include_directories(weir_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(weir_flags INTERFACE Threads::Threads m)
set(c_only "$<COMPILE_LANGUAGE:C>")
target_compile_options(weir_flags INTERFACE
  "$<${c_only}:SHELL:-include ${PROJECT_SOURCE_DIR}/src/base/banned.h>"
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wcast-qual -Wpointer-arith -Wwrite-strings
  -Wundef -Wformat=2 -Wformat-security -Wdouble-promotion -Wimplicit-fallthrough -Wvla -Walloca
  -Wdate-time -Wframe-larger-than=16384
  -fPIE -fno-common -fno-strict-aliasing -fstack-protector-strong -fno-omit-frame-pointer)
foreach(flag IN ITEMS -Wstrict-prototypes -Wold-style-definition -Wmissing-prototypes
                      -Wnested-externs -Wredundant-decls -Wunused-const-variable)
  target_compile_options(weir_flags INTERFACE "$<${c_only}:${flag}>")
endforeach()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  foreach(flag IN ITEMS -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init
                        -Walloc-zero -Wformat-overflow=2 -Wformat-signedness -Wcast-align=strict
                        -Wunused-macros -Wshift-overflow=2 -ftrivial-auto-var-init=zero)
    target_compile_options(weir_flags INTERFACE "$<${c_only}:${flag}>")
  endforeach()
else()
  foreach(flag IN ITEMS -Wshorten-64-to-32 -Wcomma -Wconditional-uninitialized -Wextra-semi-stmt
                        -Wloop-analysis -Wheader-hygiene -Wno-gnu-statement-expression)
    target_compile_options(weir_flags INTERFACE "$<${c_only}:${flag}>")
  endforeach()
endif()
if(WEIR_WERROR)
  target_compile_options(weir_flags INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(weir_flags INTERFACE -D_FORTIFY_SOURCE=2)
endif()
target_link_options(weir_flags INTERFACE -Wl,-z,relro,-z,now)

# One folder under src/ = one module. DEPS is the whole list of what it may call (src/LAYERS).
function(weir_module name)
  cmake_parse_arguments(M "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.c
       ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp ${PROJECT_SOURCE_DIR}/src/${name}/*.S)
  if(NOT sources)
    message(FATAL_ERROR "src/${name} has no sources")
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC weir_flags ${M_DEPS} PRIVATE ${M_LIBS})
  if(WEIR_FUZZ)
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

function(weir_program name source)
  cmake_parse_arguments(M "" "" "DEPS" ${ARGN})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE weir_flags ${M_DEPS})
endfunction()

# One cmocka binary; links only the modules named, so that an undeclared dependency does not link.
function(weir_test name)
  cmake_parse_arguments(M "" "" "DEPS;SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${M_SOURCES})
  pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
  target_link_libraries(${name} PRIVATE weir_flags ${M_DEPS} ${M_LIBS} PkgConfig::cmocka)
  target_compile_definitions(${name} PRIVATE WEIR_SOURCE="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()
