// SPDX-License-Identifier: MIT
// Preloaded into a program (LD_PRELOAD), this makes its calls on chosen files fail, or ends it at one of them.
//
//   FAULT_UNDER     only files whose path starts so; nothing is touched without it
//   FAULT_MATCH     only paths that hold this text
//   FAULT_CALLS     only these, e.g. "fsync,write"; kinds: open write sync rename unlink truncate mkdir (default: all)
//   FAULT_RANK      only in the process whose RANK is this
//   FAULT_AT        the first call that is hit, counted from 1 over all processes
//   FAULT_TIMES     how many are hit from there on (default 1, 0 = all)
//   FAULT_ACTION    kill: SIGKILL, in the middle of a write; killrun: the parent too; else an errno: EIO, ENOSPC
//   FAULT_COUNTER   a file of at least 8 bytes that counts the calls of all processes
//   FAULT_LOG       a file that gets a line for every call: number, "hit" or "-", call, path
//
// It knows the C library's functions, by whatever thread they are called; not io_uring, nor system calls made by hand.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

template <class Function>
Function real(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

struct Plan {
    const char *under, *match, *calls, *action;
    bool here;
    unsigned long at, times;
    std::atomic<unsigned long>* counter = nullptr;
    int log = -1;

    static const char* get(const char* name) {
        const char* value = std::getenv(name);
        return value != nullptr ? value : "";
    }
    static unsigned long number(const char* name, unsigned long otherwise) {
        const char* value = get(name);
        return *value != '\0' ? std::strtoul(value, nullptr, 10) : otherwise;
    }
    Plan()
        : under(get("FAULT_UNDER")),
          match(get("FAULT_MATCH")),
          calls(get("FAULT_CALLS")),
          action(get("FAULT_ACTION")),
          here(*get("FAULT_RANK") == '\0' || std::strcmp(get("FAULT_RANK"), get("RANK")) == 0),
          at(number("FAULT_AT", 0)),
          times(number("FAULT_TIMES", 1)) {
        static std::atomic<unsigned long> own{0};
        counter = &own;
        static const auto open_file = real<int (*)(const char*, int, ...)>("open");
        if (const int fd = open_file(get("FAULT_COUNTER"), O_RDWR | O_CLOEXEC); fd >= 0) {
            void* shared = mmap(nullptr, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            if (shared != MAP_FAILED) counter = static_cast<std::atomic<unsigned long>*>(shared);
        }
        if (*get("FAULT_LOG") != '\0')
            log = open_file(get("FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    }
};

Plan& plan() {
    static Plan all;
    return all;
}

/// Whether the word stands in the list of words with commas between them.
bool listed(const char* list, const char* word) {
    const std::size_t length = std::strlen(word);
    for (const char* at = list; (at = std::strstr(at, word)) != nullptr; at += length) {
        if ((at == list || at[-1] == ',') && (at[length] == '\0' || at[length] == ',')) return true;
    }
    return false;
}

/// 0: the call goes on. Else an errno that it fails with, or -1: the process ends at it.
int hit(const char* kind, const char* call, const char* path) {
    Plan& p = plan();
    if (*p.under == '\0' || !p.here || std::strncmp(path, p.under, std::strlen(p.under)) != 0) return 0;
    if (std::strstr(path, p.match) == nullptr || (*p.calls != '\0' && !listed(p.calls, kind))) return 0;
    const unsigned long number = p.counter->fetch_add(1) + 1;
    const bool now = p.at > 0 && number >= p.at && (p.times == 0 || number < p.at + p.times);
    if (p.log >= 0) {
        char line[4300];
        const int size = std::snprintf(line, sizeof line, "%lu %s %s %s\n", number, now ? "hit" : "-", call, path);
        static const auto write_log = real<ssize_t (*)(int, const void*, std::size_t)>("write");
        [[maybe_unused]] const ssize_t wrote = write_log(p.log, line, static_cast<std::size_t>(size));
    }
    if (!now) return 0;
    if (std::strncmp(p.action, "kill", 4) == 0) return -1;
    return std::strcmp(p.action, "ENOSPC") == 0 ? ENOSPC : EIO;
}

[[noreturn]] void end() {
    if (std::strcmp(plan().action, "killrun") == 0) kill(getppid(), SIGKILL);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/// True: the call is not to be made, errno is set.
bool fails(const char* kind, const char* call, const char* path) {
    const int what = hit(kind, call, path);
    if (what < 0) end();
    errno = what != 0 ? what : errno;
    return what != 0;
}

struct Path {
    char text[4200];
    /// Of an open file.
    explicit Path(int fd) {
        char link[40];
        std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        const ssize_t size = readlink(link, text, sizeof text - 1);
        text[size > 0 ? size : 0] = '\0';
    }
    /// Of a name, relative to an open folder.
    Path(int folder, const char* name) {
        if (name[0] == '/') {
            std::snprintf(text, sizeof text, "%s", name);
        } else if (folder != AT_FDCWD) {
            const Path parent(folder);
            std::snprintf(text, sizeof text, "%.2000s/%.2000s", parent.text, name);
        } else {
            char current[2000];
            std::snprintf(text, sizeof text, "%s/%.2000s", getcwd(current, sizeof current) != nullptr ? current : "",
                          name);
        }
    }
};

bool failsOn(const char* kind, const char* call, int fd) {
    const int saved = errno;
    const Path path(fd);
    errno = saved;
    return fails(kind, call, path.text);
}

/// A write that the process ends in the middle of, for `half` to do.
template <class Half>
bool writeFails(const char* call, int fd, Half&& half) {
    const int saved = errno;
    const Path path(fd);
    errno = saved;
    const int what = hit("write", call, path.text);
    if (what < 0) {
        half();
        end();
    }
    if (what != 0) errno = what;
    return what != 0;
}

}  // namespace

// NOLINTBEGIN: the C library's names and types
#define REAL(name, type) static const auto call = real<type>(#name)

extern "C" {

#define OPEN(name)                                                                                \
    int name(const char* path, int flags, ...) {                                                  \
        va_list rest;                                                                             \
        va_start(rest, flags);                                                                    \
        const mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;    \
        va_end(rest);                                                                             \
        if ((flags & O_CREAT) != 0 && fails("open", #name, Path(AT_FDCWD, path).text)) return -1; \
        REAL(name, int (*)(const char*, int, ...));                                               \
        return call(path, flags, mode);                                                           \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                            \
    int name(int folder, const char* path, int flags, ...) {                                    \
        va_list rest;                                                                           \
        va_start(rest, flags);                                                                  \
        const mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;  \
        va_end(rest);                                                                           \
        if ((flags & O_CREAT) != 0 && fails("open", #name, Path(folder, path).text)) return -1; \
        REAL(name, int (*)(int, const char*, int, ...));                                        \
        return call(folder, path, flags, mode);                                                 \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name)                                                                            \
    FILE* name(const char* path, const char* mode) {                                           \
        if (mode[0] != 'r' && fails("open", #name, Path(AT_FDCWD, path).text)) return nullptr; \
        REAL(name, FILE* (*)(const char*, const char*));                                       \
        return call(path, mode);                                                               \
    }
FOPEN(fopen)
FOPEN(fopen64)

ssize_t write(int fd, const void* data, size_t size) {
    REAL(write, ssize_t(*)(int, const void*, size_t));
    if (writeFails("write", fd, [&] { call(fd, data, size / 2); })) return -1;
    return call(fd, data, size);
}

#define PWRITE(name, offset_type)                                                    \
    ssize_t name(int fd, const void* data, size_t size, offset_type at) {            \
        REAL(name, ssize_t (*)(int, const void*, size_t, offset_type));              \
        if (writeFails(#name, fd, [&] { call(fd, data, size / 2, at); })) return -1; \
        return call(fd, data, size, at);                                             \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int fd, const iovec* parts, int count) {
    REAL(writev, ssize_t(*)(int, const iovec*, int));
    if (writeFails("writev", fd, [&] { call(fd, parts, count / 2); })) return -1;
    return call(fd, parts, count);
}

#define PWRITEV(name, offset_type)                                                     \
    ssize_t name(int fd, const iovec* parts, int count, offset_type at) {              \
        REAL(name, ssize_t (*)(int, const iovec*, int, offset_type));                  \
        if (writeFails(#name, fd, [&] { call(fd, parts, count / 2, at); })) return -1; \
        return call(fd, parts, count, at);                                             \
    }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

ssize_t copy_file_range(int in, off64_t* in_at, int out, off64_t* out_at, size_t size, unsigned flags) {
    REAL(copy_file_range, ssize_t(*)(int, off64_t*, int, off64_t*, size_t, unsigned));
    if (writeFails("copy_file_range", out, [&] { call(in, in_at, out, out_at, size / 2, flags); })) return -1;
    return call(in, in_at, out, out_at, size, flags);
}

#define SENDFILE(name, offset_type)                                                  \
    ssize_t name(int out, int in, offset_type* at, size_t size) {                    \
        REAL(name, ssize_t (*)(int, int, offset_type*, size_t));                     \
        if (writeFails(#name, out, [&] { call(out, in, at, size / 2); })) return -1; \
        return call(out, in, at, size);                                              \
    }
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)

#define SYNC(name)                                 \
    int name(int fd) {                             \
        if (failsOn("sync", #name, fd)) return -1; \
        REAL(name, int (*)(int));                  \
        return call(fd);                           \
    }
SYNC(fsync)
SYNC(fdatasync)
SYNC(syncfs)

int sync_file_range(int fd, off64_t at, off64_t size, unsigned flags) {
    if (failsOn("sync", "sync_file_range", fd)) return -1;
    REAL(sync_file_range, int (*)(int, off64_t, off64_t, unsigned));
    return call(fd, at, size, flags);
}

int rename(const char* from, const char* to) {
    if (fails("rename", "rename", Path(AT_FDCWD, to).text)) return -1;
    REAL(rename, int (*)(const char*, const char*));
    return call(from, to);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
    if (fails("rename", "renameat", Path(to_folder, to).text)) return -1;
    REAL(renameat, int (*)(int, const char*, int, const char*));
    return call(from_folder, from, to_folder, to);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
    if (fails("rename", "renameat2", Path(to_folder, to).text)) return -1;
    REAL(renameat2, int (*)(int, const char*, int, const char*, unsigned));
    return call(from_folder, from, to_folder, to, flags);
}

int link(const char* from, const char* to) {
    if (fails("rename", "link", Path(AT_FDCWD, to).text)) return -1;
    REAL(link, int (*)(const char*, const char*));
    return call(from, to);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
    if (fails("rename", "linkat", Path(to_folder, to).text)) return -1;
    REAL(linkat, int (*)(int, const char*, int, const char*, int));
    return call(from_folder, from, to_folder, to, flags);
}

#define REMOVE(name)                                                      \
    int name(const char* path) {                                          \
        if (fails("unlink", #name, Path(AT_FDCWD, path).text)) return -1; \
        REAL(name, int (*)(const char*));                                 \
        return call(path);                                                \
    }
REMOVE(unlink)
REMOVE(rmdir)
REMOVE(remove)

int unlinkat(int folder, const char* path, int flags) {
    if (fails("unlink", "unlinkat", Path(folder, path).text)) return -1;
    REAL(unlinkat, int (*)(int, const char*, int));
    return call(folder, path, flags);
}

int mkdir(const char* path, mode_t mode) {
    if (fails("mkdir", "mkdir", Path(AT_FDCWD, path).text)) return -1;
    REAL(mkdir, int (*)(const char*, mode_t));
    return call(path, mode);
}

int mkdirat(int folder, const char* path, mode_t mode) {
    if (fails("mkdir", "mkdirat", Path(folder, path).text)) return -1;
    REAL(mkdirat, int (*)(int, const char*, mode_t));
    return call(folder, path, mode);
}

#define TRUNCATE(name, offset_type)                    \
    int name(int fd, offset_type size) {               \
        if (failsOn("truncate", #name, fd)) return -1; \
        REAL(name, int (*)(int, offset_type));         \
        return call(fd, size);                         \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define FALLOCATE(name, offset_type)                               \
    int name(int fd, int mode, offset_type at, offset_type size) { \
        if (failsOn("truncate", #name, fd)) return -1;             \
        REAL(name, int (*)(int, int, offset_type, offset_type));   \
        return call(fd, mode, at, size);                           \
    }
FALLOCATE(fallocate, off_t)
FALLOCATE(fallocate64, off64_t)

// These return the error instead of setting errno.
#define POSIX_FALLOCATE(name, offset_type)                  \
    int name(int fd, offset_type at, offset_type size) {    \
        if (failsOn("truncate", #name, fd)) return errno;   \
        REAL(name, int (*)(int, offset_type, offset_type)); \
        return call(fd, at, size);                          \
    }
POSIX_FALLOCATE(posix_fallocate, off_t)
POSIX_FALLOCATE(posix_fallocate64, off64_t)

}  // extern "C"
// NOLINTEND
